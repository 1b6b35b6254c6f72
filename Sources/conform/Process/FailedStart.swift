// The reports of a run that could not start, so that no report of a former run is taken for its result.

import ConformanceModel
import FoundationEssentials
import Reporting
import RunEvents

/// Writes a run log with one errored case, and the requested reports.
struct FailedStart {
  let error: StartError
  let arguments: RunArguments
  let logPath: String
  /// The target file, or its name if it was loaded.
  let target: String
  let targetFile: String
  /// The baseline, if the log that is replaced may be one.
  let baseline: BaselineFile?

  private var runID: String? { RunEnvironment.runID(ProcessInfo.processInfo.environment) }

  private static let maxFindings = 50

  /// Failures to write are printed; they do not hide why the run could not start.
  ///
  /// - Parameter lock: The lock of the folder, if the caller holds it already.
  func report(lock: ReportsLock? = nil) {
    let folder = Path.folder(of: logPath)
    do throws(ReportError) {
      try ReportFolder.make(folder)
      let lock = if let lock { lock } else { try ReportsLock(folder: folder) }
      defer { withExtendedLifetime(lock) {} }
      let failedBefore = formerFailures
      try baseline?.keep()
      try write(events(failedBefore), to: RunLogWriter(path: logPath))
      for failure in arguments.report.publish(try RunLog(path: logPath), in: folder).failures {
        Output.error(failure.description)
      }
    } catch {
      Output.error(error.description)
    }
  }

  /// What failed before has not run again, so that `--failed` still has to know it.
  private var formerFailures: [String] {
    guard let former = try? RunLog(path: logPath) else { return [] }
    return (try? former.unresolvedFailures()) ?? []
  }

  private func write(_ events: [Event], to log: RunLogWriter) throws(ReportError) {
    for event in events {
      var line: [UInt8] = []
      event.encode(to: &line)
      log.append(line)
    }
    try log.close()
  }

  private func events(_ failedBefore: [String]) -> [Event] {
    let now = WallClock.now
    let place = error.messages.first { $0.place != nil }?.place ?? Place(file: targetFile, line: 1, column: 1)
    let planned = PlannedCase(
      number: 0, id: PlannedCase.startID, scenario: PlannedCase.startID, suite: PlannedCase.startSuite,
      title: "The run can start",
      row: nil, covers: [], tags: [], file: place.file, line: place.line)
    let findings = error.messages.prefix(FailedStart.maxFindings).map {
      Finding(.errored, .internal, $0.text, place: $0.place)
    }
    var record = CaseRecord(
      planned: planned, verdict: .errored, startedAt: now, seconds: 0, simulatedStart: now, simulatedEnd: now,
      exchanges: 0, findings: findings)
    if error.messages.count > findings.count {
      record.findings.append(Finding(.errored, .internal, "… and \(error.messages.count - findings.count) more"))
    }
    let reason = error.messages.first?.text ?? "the run could not start"
    return [
      .runStarted(
        RunDescription(
          version: Versions.program, runID: runID, target: target, targetFile: targetFile, startedAt: now,
          simulatedStart: now,
          seed: nil, jobs: arguments.jobs, host: RunArguments.hostName, command: CommandLine.arguments,
          environment: RunEnvironment.facts(arguments, packVersion: nil), cases: 1,
          failedBefore: failedBefore)),
      .casePlanned(planned), .caseFinished(record),
      .runFinished(
        RunSummary(
          finishedAt: now, seconds: 0, simulatedEnd: now, clockAdvances: 0, aborted: "not started: \(reason)")),
    ]
  }
}
