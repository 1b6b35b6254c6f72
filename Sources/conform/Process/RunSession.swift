// One run from its start to its reports.

import ConformanceModel
import Execution
import Foundation
import HTTPModel
import JSONValue
import Reporting
import RunEvents

/// Starts the target, runs the cases, stops the target, and writes the reports.
struct RunSession {
  let plan: Plan
  let arguments: RunArguments
  /// The run log; the reports go into its folder.
  let logPath: String
  let options: RunOptions
  /// The comparison with a baseline, which then decides the exit status.
  var gate: RegressionGate?
  /// The cases to resume, instead of the whole plan.
  var resumed: [PendingState]?
  /// Cases that stay pending.
  var later: [PendingState] = []
  /// The lock of the folder of the reports, if the caller holds it already.
  var lock: ReportsLock?

  var reports: String { Path.folder(of: logPath) }

  func run() async throws -> ExitStatus {
    try PackFiles.requireVariables(of: plan.target)
    if isPrompted, !Terminal.isThere {
      Output.error(Terminal.missingReason)
      return .usageError
    }
    let (lock, log) = try openLog()
    // until the reports are written: they have to be those of this run's log
    defer { withExtendedLifetime(lock) {} }
    let pending = PendingFile(beside: log.path)
    if resumed == nil { pending.remove() }
    for state in later { pending.add(state) }
    do {
      return try await withTarget(log, pending)
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
      throw ExitStatus.couldNotRun.exitCode
    }
  }

  /// Clients are managed by a person at the terminal.
  private var isPrompted: Bool {
    if case .prompt = plan.target.clients { true } else { false }
  }

  var style: Console.Style {
    // a progress line would overwrite the prompts
    .init(
      isTerminal: Output.isTerminal(STDOUT_FILENO) && !isPrompted, hasColours: Output.wantsColours,
      isVerbose: arguments.verbose)
  }
}
