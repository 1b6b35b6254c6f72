// One run from its start to its reports.

import ConformanceModel
import Execution
import Glibc
import HTTPModel
import JSONValue
import Reporting
import RunEvents

/// Starts the target, runs the cases, stops the target, and writes the reports.
struct RunSession {
  let plan: Plan
  /// All scenarios of the pack, selected or not.
  let scenarios: [Scenario]
  let arguments: RunArguments
  /// The run log; the reports go into its folder.
  let logPath: String
  var options: RunOptions
  /// The comparison with a baseline, which then decides the exit status.
  var gate: RegressionGate?
  /// Whether the launched target runs on after the run, until a signal.
  var keepsTarget = false
  /// Whether the run itself and its result are printed.
  var isQuiet = false
  /// Stops the run.
  var stopping = EarlyStop()
  /// Sees the events before the log does.
  var observer: (any EventListener)?
  /// An event to write into the log before the end of the run.
  var lastEvent: @Sendable () -> Event? = { nil }
  /// Whether the reports may be made before the end of the run is certain. `lastEvent` must be `nil` then.
  var draftsReports = false
  /// The cases to resume, instead of the whole plan.
  var resumption: Resumption?

  /// What `conform resume` continues.
  struct Resumption {
    var due: [PendingState]
    /// The former records of the invariants.
    var invariants: [CaseRecord]
    /// The file with these cases and with those that are not due.
    var pending: PendingFile
    /// The lock of the folder of the reports.
    var lock: ReportsLock
  }

  var reports: String { Path.folder(of: logPath) }

  /// - Throws: `StartError` if nothing was sent and no log was written; `ExitCode`.
  func run() async throws -> ExitStatus {
    let environment = try TargetVariables.values(for: plan.target)
    if isPrompted, !Terminal.isThere { throw StartError(.usageError, Terminal.missingReason) }
    let pending = try pendingFile(environment)
    var session = self
    session.options.fingerprints = Fingerprints(pack: scenarios, plan, environment: environment)
    let (lock, log) = try openLog()
    // until the reports are written: they have to be those of this run's log
    defer { withExtendedLifetime(lock) {} }
    if resumption == nil { pending.remove() }
    do {
      return try await session.withTarget(log, pending, environment)
    } catch let error as TargetError {
      return couldNotStart(error.message, lock)
    } catch let error as TransportError {
      return couldNotStart(error.message, lock)
    }
  }

  private func pendingFile(_ environment: [String: String]) throws -> PendingFile {
    if let resumption { return resumption.pending }
    return PendingFile(
      beside: logPath, key: try PendingKey(environment), target: plan.target.fingerprint(environment: environment))
  }

  /// Reports that the target cannot be used. The log of a run that is resumed stays as it is.
  func couldNotStart(_ message: String, _ lock: ReportsLock? = nil, status: ExitStatus = .couldNotRun) -> ExitStatus {
    let error = StartError(status, message)
    error.print()
    guard resumption == nil else { return status }
    FailedStart(
      error: error, arguments: arguments, logPath: logPath, target: plan.target.name,
      targetFile: plan.target.place.file, baseline: nil
    ).report(lock: lock)
    return status
  }

  private func openLog() throws -> (ReportsLock, RunLogWriter) {
    do throws(ReportError) {
      for folder in [reports, arguments.report.history].compactMap(\.self) {
        try ReportFolder.make(folder)
      }
      let lock = if let resumption { resumption.lock } else { try ReportsLock(folder: reports) }
      try gate?.keepBaseline()
      return (lock, try RunLogWriter(path: logPath, continuing: resumption != nil))
    } catch {
      Output.error("\(error.description); choose another folder with --reports or --history")
      throw ExitStatus.couldNotRun.exitCode
    }
  }

  /// Clients are managed by a person at the terminal.
  private var isPrompted: Bool {
    if case .prompt = plan.target.clients { true } else { false }
  }

  var style: Console.Style {
    // a progress line would overwrite the prompts, and be mixed with the trace
    .init(
      isTerminal: Output.isTerminal(STDOUT_FILENO) && !isPrompted && !arguments.trace, hasColours: Output.wantsColours,
      isVerbose: arguments.verbose)
  }
}
