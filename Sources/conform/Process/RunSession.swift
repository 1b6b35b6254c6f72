// Starts what has to be started, plays, ends it again, and renders the reports.

import ArgumentParser
import ConformanceModel
import Execution
import Foundation
import HTTPModel
import HTTPTransport
import JSONValue
import Redaction
import ReferenceService
import Reporting
import RunEvents

struct RunSession {
  let plan: Plan
  let arguments: RunArguments
  /// The run log; the reports go beside it.
  let logPath: String
  let options: RunOptions
  /// What the run is compared with, and fails by.
  var gate: RegressionGate?
  /// The cases to go on with, instead of playing the whole plan.
  var resumed: [PendingState]?
  /// Cases that stay pending.
  var later: [PendingState] = []
  /// Of the folder of the reports, where it is held already.
  var lock: ReportsLock?

  private var reports: String { Path.folder(of: logPath) }

  func play() async throws -> Status {
    try SelectionOptions.requireVariables(of: plan.target)
    if case .prompt = plan.target.clients, !Terminal.isThere {
      Output.error(Terminal.missingReason)
      return .usageError
    }
    let (lock, log) = try openLog()
    // until the reports are made: they are to be of this run's log
    defer { withExtendedLifetime(lock) {} }
    let pending = PendingFile(beside: log.path)
    if resumed == nil { pending.remove() }
    for state in later { pending.add(state) }
    do {
      return try await play(log, pending)
    } catch let error as TargetError {
      Output.error(error.message)
    } catch let error as TransportError {
      Output.error(error.message)
    }
    return .couldNotRun
  }

  private func openLog() throws -> (ReportsLock, RunLogWriter) {
    do throws(ReportError) {
      for folder in [reports, arguments.report.history].compactMap(\.self) {
        try ReportFolder.make(folder)
      }
      let lock = if let lock { lock } else { try ReportsLock(folder: reports) }
      gate?.keepBaseline(from: logPath)
      return (lock, try RunLogWriter(path: logPath, continuing: resumed != nil))
    } catch {
      Output.error("\(error.description); choose another folder with --reports or --history")
      throw Status.couldNotRun.exitCode
    }
  }

  private func play(_ log: RunLogWriter, _ pending: PendingFile) async throws -> Status {
    switch plan.target.launch {
    case nil: return try await play(log, pending, launched: [:])
    case .referenceService:
      try OpenFiles.require(OpenFiles.ofReferenceService)
      return try await withReferenceService(ReferenceServiceConfiguration(managerKey: RunSession.randomKey)) {
        service in
        try await play(
          log, pending,
          launched: ["service": ["url": .string(service.url), "manager-key": .string(service.managerKey)]])
      }
    case .command(let launch):
      let folder = try LaunchFolder()
      defer { folder.remove() }
      let values: [String: JSON] = ["port": .int(try LaunchedTarget.freePort()), "folder": .string(folder.path)]
      return try await play(log, pending, launched: values, launch: launch, folder: folder.path)
    }
  }

  private func play(
    _ log: RunLogWriter, _ pending: PendingFile, launched: [String: JSON], launch: Target.LaunchCommand? = nil,
    folder: String = ""
  ) async throws -> Status {
    let redactor = SecretRedactor()
    if let key = launched["service"]?["manager-key"]?.string { redactor.register(key, as: "MANAGER_KEY") }
    let (client, jobs) = try makeClient()
    var options = options
    options.jobs = jobs
    let session = try TargetSession(
      target: plan.target, client: client, redactor: redactor, environment: ProcessInfo.processInfo.environment,
      launched: launched,
      runID: String(UInt32.random(in: 0 ... .max), radix: 36))
    // a report on the standard output stands there alone
    let output = arguments.report.takesOutput ? STDERR_FILENO : STDOUT_FILENO
    let console = Console(style: style) { Output.emit($0, to: output) }
    let stopping = StopBefore()
    Signals.listen { name in
      stopping.stop("interrupted by \(name)")
      session.giveUp()
    }
    let target: LaunchedTarget?
    do {
      target = try await launch.asyncMap {
        try await LaunchedTarget.start(
          $0, session: session, at: options.start, folder: folder, output: "\(reports)/target.log")
      }
    } catch {
      await client.shutdown()
      guard let reason = stopping.reason else { throw error }
      Output.error("\(reason) before the target was ready")
      return .interrupted
    }
    let runner = Runner(
      plan: plan, session: session, options: options, clock: target?.clock,
      listeners: [LogListener(log: log) { stopping.stop($0.description) }, ConsoleListener(console: console)])
    stopping.pass { runner.stop($0) }
    let watch = Task { if let end = await target?.unexpectedEnd(session) { runner.stop(end) } }
    let park: @Sendable (PendingState) -> Void = { pending.add($0) }
    let unusable = if let resumed { await runner.resume(resumed, park: park) } else { await runner.run(park: park) }
    watch.cancel()
    await target?.stop()
    await client.shutdown()
    return try finish(log, console, pending, unusable)
  }

  /// A client with as many connections as the cases at work may want, or as there may be; there are then fewer cases at work.
  private func makeClient() throws -> (HTTPClient, jobs: Int) {
    var transport = arguments.transport.options
    let wanted = max(options.jobs, transport.maxConnections)
    let room = try OpenFiles.connections(wanted, hasBothEnds: plan.target.launch == .referenceService)
    if room < options.jobs {
      Output.error(
        "note: no more than \(room) of \(options.jobs) cases are at work at a time, since no more files may be open; see ulimit -n"
      )
    }
    transport.maxConnections = min(wanted, room)
    transport.maxOpenConnections = room
    return (try HTTPClient(transport), min(options.jobs, room))
  }

  private var style: Console.Style {
    var isPrompted = false
    if case .prompt = plan.target.clients { isPrompted = true }
    // a progress line would write over the questions
    return .init(
      isTerminal: Output.isTerminal(STDOUT_FILENO) && !isPrompted, hasColours: Output.wantsColours,
      isVerbose: arguments.verbose)
  }

  /// Renders the reports from the log, and says how it ended.
  private func finish(_ log: RunLogWriter, _ console: Console, _ pending: PendingFile, _ unusable: TargetError?) throws
    -> Status
  {
    var logIsWhole = true
    guard log.isInItsPlace else {
      console.clearProgress()
      Output.error(
        "\(log.path): is another file now than the one that this run wrote; its folder was replaced during the run, and no report of the run can be made"
      )
      return .couldNotRun
    }
    for write in [log.close, pending.write] {
      do throws(ReportError) { try write() } catch {
        // what reached the disk can still be told
        console.clearProgress()
        Output.error(error.description)
        logIsWhole = false
      }
    }
    do throws(ReportError) {
      let record = try RunLog(path: log.path)
      console.clearProgress()
      let (history, files, failures) = arguments.report.publish(record, in: reports)
      try console.finish(record, history: history, reports: files + [log.path])
      for failure in failures { Output.error(failure.description) }
      if let unusable { Output.error(unusable.message) }
      let comparison = try gate?.compare(record, in: reports, isAlone: !arguments.report.takesOutput)
      return logIsWhole && failures.isEmpty ? status(record, unusable, comparison) : .couldNotRun
    } catch {
      console.clearProgress()
      Output.error(error.description)
      return .couldNotRun
    }
  }

  private func status(_ log: RunLog, _ unusable: TargetError?, _ comparison: Comparison?) -> Status {
    guard log.summary?.aborted == nil else { return RunSession.status(log, strict: arguments.strict) }
    if unusable != nil { return .couldNotRun }
    // where all was skipped, nothing was compared either
    if let comparison, log.count(.skipped) < log.caseCount {
      return RegressionGate.status(comparison, isStrict: arguments.strict)
    }
    return RunSession.status(log, strict: arguments.strict)
  }

  /// What the run of a log means for whoever started it.
  static func status(_ log: RunLog, strict: Bool) -> Status {
    if let aborted = log.summary?.aborted { return aborted.hasPrefix("interrupted") ? .interrupted : .couldNotRun }
    if log.count(.failed) > 0 { return .failed }
    if log.count(.errored) > 0 { return .couldNotRun }
    if strict, log.count(.warned) > 0 {
      Output.error("by --strict a warning fails the run: \(log.count(.warned)) of \(log.caseCount) cases warned")
      return .failed
    }
    // of a shard that got nothing, or nothing that applies, the others tell
    if log.run.shards?.isMerged == false { return .conforms }
    guard log.count(.passed) + log.count(.warned) + log.count(.pending) > 0 else {
      Output.error("nothing was played: every selected case was skipped")
      return .usageError
    }
    return .conforms
  }

  static var randomKey: String {
    String((0..<4).map { _ in String(UInt64.random(in: 0 ... .max), radix: 36) }.joined())
  }
}

/// A signal that comes before the run can be stopped stops it as soon as it can.
private final class StopBefore: Sendable {
  private let state = Locked<(reason: String?, stop: (@Sendable (String) -> Void)?)>((nil, nil))

  var reason: String? { state.withLock { $0.reason } }

  func stop(_ reason: String) {
    let stop = state.withLock { state in
      state.reason = state.reason ?? reason
      return state.stop
    }
    stop?(reason)
  }

  func pass(_ stop: @escaping @Sendable (String) -> Void) {
    let reason = state.withLock { state in
      state.stop = stop
      return state.reason
    }
    if let reason { stop(reason) }
  }
}

extension Optional {
  fileprivate func asyncMap<Result>(_ body: (Wrapped) async throws -> Result) async rethrows -> Result? {
    guard let self else { return nil }
    return try await body(self)
  }
}

/// Writes what happens into the run log; a case that has started or ended is on the disk.
private struct LogListener: EventListener {
  let log: RunLogWriter
  /// What cannot be told any more need not be asked of the target either.
  let failed: @Sendable (ReportError) -> Void

  func handle(_ event: Event, line: [UInt8]) {
    switch event {
    case .stepFinished, .planned: log.append(line, flush: false)
    // the start of a case takes the plan to the disk before its first request
    default: log.append(line, flush: true)
    }
    if let failure = log.failure { failed(failure) }
  }
}

private struct ConsoleListener: EventListener {
  let console: Console

  func handle(_ event: Event, line: [UInt8]) { console.handle(event, line: line) }
}
