// conform resume: runs the rest of pending cases that are due.

import ArgumentParser
import ConformanceModel
import Execution
import FoundationEssentials
import Glibc
import Reporting
import RunEvents
import ScenarioFiles

struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Runs the rest of the cases that wait for the wall clock, as far as they are due.",
    discussion: """
      Can be repeated, and run on another machine with copies of run.jsonl and pending.jsonl. The reports are written \
      anew into the folder of the log. If \(PendingKey.variable) was set during the run, the same key is needed again.
      """
  )

  @Argument(help: "The run log.")
  var log = "Reports/run.jsonl"

  @OptionGroup var target: TrustedTarget

  @Option(name: .long, help: "The documents to judge by, as in the run: patchworks or oauth.")
  var profile: Profile?

  @OptionGroup var arguments: RunArguments

  func validate() throws {
    try arguments.check(log: log)
    if let file = target.target { try arguments.checkInputs(log: log, target: file, pack: [], []) }
  }

  func run() async throws {
    let status: ExitStatus
    do {
      status = try await resume()
    } catch let error as ReportError {
      throw StartError(.usageError, error.description)
    }
    if status != .conforms { throw status.exitCode }
  }

  private func resume() async throws -> ExitStatus {
    // before anything is read: another process may be running what is due
    let lock = try ReportsLock.ofLog(log)
    defer { withExtendedLifetime(lock) {} }
    let record = try RunLog(path: log)
    try target.require(for: record)
    var environment = ProcessInfo.processInfo.environment
    let file = PendingFile(beside: log, key: try PendingKey(environment))
    let waiting = record.numbers.filter { record.verdict($0) == .pending }
    guard !waiting.isEmpty else {
      // left by a run that was killed after its last case
      file.remove()
      Output.write("no case is pending")
      return ExitStatus(record, isStrict: arguments.strict)
    }
    let contents = try file.read()
    let states = try PendingCases(contents, record, waiting).states
    let now = WallClock.now
    let due = states.filter { $0.due <= now }
    guard !due.isEmpty, let lock else {
      let next = states.map(\.due).min().map { "\($0)" } ?? "no time"
      Output.write("nothing is due yet: the next of \(states.count.counted("pending case")) is due at \(next)")
      return ExitStatus(record, isStrict: arguments.strict)
    }
    let (plan, library) = try load(states, knowing: Set(record.requirements.map(\.id)))
    var settled = arguments
    settled.adopt(plan.target)
    try arguments.report.check(in: Path.folder(of: self.log)) {
      Library.inputFiles(states.compactMap(\.planned?.file))
    }
    environment = try TargetVariables.values(for: plan.target)
    guard plan.target.fingerprint(environment: environment) == contents.header.target else {
      throw StartError(
        .usageError,
        "\(plan.target.place.file): the bindings of the target have changed since the run, or it is another target; "
          + "run again; nothing was sent")
    }
    file.restore(contents, without: Set(contents.states.keys).subtracting(waiting))
    var session = RunSession(
      plan: plan, scenarios: library?.scenarios ?? [], arguments: settled, logPath: log,
      options: try settled.options(packVersion: nil))
    session.options.runsPart = true
    session.resumption = RunSession.Resumption(
      due: due, invariants: try PendingCases.invariants(of: record), pending: file, lock: lock)
    return try await session.run()
  }

  /// The scenarios of the pending cases, as far as their files exist.
  private func load(_ states: [PendingState], knowing requirements: Set<String>) throws -> (Plan, Library?) {
    var files: [String] = []
    for file in states.compactMap(\.planned?.file) where !files.contains(file) && Library.hasFile(file) {
      files.append(file)
    }
    guard !files.isEmpty else {
      var target = try target.load()
      if let profile { target.profile = profile }
      return (Plan(scenarios: [], requirements: [], target: target, allowsSideEffects: true), nil)
    }
    var (library, target) = try PackFiles.load(files, knowing: requirements, target: target.target ?? "")
    if let profile { target.profile = profile }
    return (
      Plan(
        scenarios: library.scenarios, requirements: library.requirements, invariants: library.invariants,
        target: target, allowsSideEffects: true), library
    )
  }
}

extension ReportsLock {
  /// The lock of the folder of a log; `nil` if there is no log.
  ///
  /// - Throws: `StartError` if another process is writing there.
  static func ofLog(_ log: String) throws(StartError) -> ReportsLock? {
    guard access(log, F_OK) == 0 else { return nil }
    do throws(ReportError) { return try ReportsLock(folder: Path.folder(of: log)) } catch {
      throw StartError(.couldNotRun, error.description)
    }
  }
}
