// conform run: loads everything, starts what has to be started, plays, and renders the reports.

import ArgumentParser
import Conformance
import Foundation
import HTTPTransport
import ReferenceService
import Reporting
import Runner
import ScenarioFiles

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Plays scenarios against a target, and writes reports.")

  @OptionGroup var selection: Selection
  @OptionGroup var transport: TransportArguments

  @Option(name: .long, help: "The folder for run.jsonl and junit.xml.")
  var reports = "Reports"

  @Option(name: .shortAndLong, help: "How many cases are at work at a time.")
  var jobs = 16

  @Option(name: .long, help: "Play the cases in another order, the same for the same number.")
  var shuffle: UInt64?

  @Option(name: .long, help: "Where simulated time starts, in RFC 3339.")
  var start = Instant.documented.description

  @Flag(help: "A warning makes the run fail.")
  var strict = false

  @Flag(name: .shortAndLong, help: "Show a line for each passed case too.")
  var verbose = false

  func validate() throws {
    guard (1...10_000).contains(jobs) else { throw ValidationError("--jobs must be from 1 to 10000") }
    guard Instant(rfc3339: start) != nil else { throw ValidationError("--start must be an instant such as 2022-07-20T10:03:08Z") }
    try transport.check()
  }

  func run() async throws {
    let (plan, _) = try selection.load()
    let log = try openLog()
    let status: Status
    do {
      status = try await play(plan, log)
    } catch let error as TargetError {
      Output.complain(error.message)
      status = .couldNotRun
    } catch let error as TransportError {
      Output.complain(error.message)
      status = .couldNotRun
    }
    if status != .conforms { throw status.exitCode }
  }

  private func openLog() throws -> RunLogWriter {
    do {
      try FileManager.default.createDirectory(atPath: reports, withIntermediateDirectories: true)
      return try RunLogWriter(path: "\(reports)/run.jsonl")
    } catch {
      let reason = (error as? ReportError)?.description ?? "\(reports) cannot be made: \(error.localizedDescription)"
      Output.complain("\(reason); choose another folder with --reports")
      throw Status.couldNotRun.exitCode
    }
  }

  /// Starts the reference service where the target asks for it, and plays.
  private func play(_ plan: Plan, _ log: RunLogWriter) async throws -> Status {
    guard plan.target.launch == .referenceService else { return try await play(plan, log, service: [:]) }
    return try await withReferenceService(ReferenceServiceConfiguration(managerKey: Run.randomKey)) { service in
      try await play(plan, log, service: ["url": .string(service.url), "manager-key": .string(service.managerKey)])
    }
  }

  private func play(_ plan: Plan, _ log: RunLogWriter, service: [String: JSON]) async throws -> Status {
    let redactor = Redactor()
    for case .string(let key) in [service["manager-key"] ?? .null] { redactor.register(key, as: "MANAGER_KEY") }
    let client = try HTTPClient(transport.options)
    let session = try TargetSession(
      target: plan.target, client: client, redactor: redactor, environment: ProcessInfo.processInfo.environment, service: service,
      runID: String(UInt32.random(in: 0 ... .max), radix: 36))
    let console = Console(
      style: .init(isTerminal: Output.isTerminal(STDOUT_FILENO), hasColours: Output.wantsColours, isVerbose: verbose)
    ) { Output.emit($0) }
    let runner = Runner(plan: plan, session: session, options: options, listeners: [LogListener(log: log), ConsoleListener(console: console)])
    Signals.listen { name in runner.stop("interrupted by \(name)") }
    let unusable = await runner.run()
    await client.shutdown()
    return try finish(log, console, unusable)
  }

  private var options: RunOptions {
    var options = RunOptions()
    options.jobs = jobs
    options.shuffle = shuffle
    options.start = Instant(rfc3339: start) ?? .documented
    options.version = Conform.version
    options.host = Run.hostName
    options.command = ["conform"] + CommandLine.arguments.dropFirst()
    return options
  }

  /// The machine's own name, without asking any name service.
  private static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Renders the reports from the log, and says how it ended.
  private func finish(_ log: RunLogWriter, _ console: Console, _ unusable: TargetError?) throws -> Status {
    var logIsWhole = true
    do throws(ReportError) { try log.close() } catch {
      // what reached the disk can still be told
      console.clearProgress()
      Output.complain(error.description)
      logIsWhole = false
    }
    do throws(ReportError) {
      let record = try RunLog(path: log.path)
      let junit = "\(reports)/junit.xml"
      try JUnitReport(record).write(to: junit)
      try console.finish(record, reports: [junit, log.path])
      if let unusable { Output.complain(unusable.message) }
      return logIsWhole ? status(record, unusable) : .couldNotRun
    } catch {
      console.clearProgress()
      Output.complain(error.description)
      return .couldNotRun
    }
  }

  private func status(_ log: RunLog, _ unusable: TargetError?) -> Status {
    if log.summary?.aborted != nil { return .interrupted }
    if unusable != nil { return .couldNotRun }
    if log.count(.failed) > 0 { return .failed }
    if log.count(.errored) > 0 { return .couldNotRun }
    if strict, log.count(.warned) > 0 { return .failed }
    guard log.count(.passed) + log.count(.warned) + log.count(.pending) > 0 else {
      Output.complain("nothing was played: every selected case was skipped")
      return .wrongFiles
    }
    return .conforms
  }

  static var randomKey: String {
    String((0..<4).map { _ in String(UInt64.random(in: 0 ... .max), radix: 36) }.joined())
  }
}

/// Writes what happens into the run log; a case that has ended is on the disk.
private struct LogListener: EventListener {
  let log: RunLogWriter

  func heard(_ event: Event, line: [UInt8]) {
    switch event {
    case .stepPlayed, .planned, .caseStarted: log.append(line, flush: false)
    default: log.append(line, flush: true)
    }
  }
}

private struct ConsoleListener: EventListener {
  let console: Console

  func heard(_ event: Event, line: [UInt8]) { console.heard(event, line: line) }
}
