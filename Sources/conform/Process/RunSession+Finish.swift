// The end of a run: its reports, and its exit status.

import ConformanceModel
import Execution
import Reporting
import RunEvents

extension RunSession {
  /// Writes the reports from the log, prints the result, and returns the exit status.
  ///
  /// - Parameter draft: The reports, if they were made already.
  func finish(
    _ log: RunLogWriter, _ console: Console, _ pending: PendingFile, _ unusable: TargetError?, _ draft: RunDraft?
  ) throws -> ExitStatus {
    // nothing is left of it unless it is used below
    var drafted = draft?.take()
    var isLogWhole = true
    guard log.isInItsPlace else {
      console.clearProgress()
      Output.error(
        "\(log.path): the file was replaced during the run, and no report can be made from it; "
          + "do not replace the folder of a run that has not ended")
      return .couldNotRun
    }
    for write in [log.close, pending.write] {
      do throws(ReportError) { try write() } catch {
        // what reached the disk can still be reported
        console.clearProgress()
        Output.error(error.description)
        isLogWhole = false
      }
    }
    do throws(ReportError) {
      // the log itself says what is wrong with it
      if !isLogWhole || drafted?.log.end != log.end { drafted = nil }
      let record = if let drafted { drafted.log } else { try RunLog(path: log.path, isSkimmed: true) }
      console.clearProgress()
      let (history, files, failures) = arguments.report.publish(record, in: reports, draft: drafted?.reports)
      try console.finish(record, history: history, reports: files + [log.path])
      for failure in failures { Output.error(failure.description) }
      if arguments.verbose, let entries = try DeviationEntries(record).text {
        Output.error(SafeText.forConsole(entries))
      }
      if let unusable { Output.error(unusable.message) }
      let comparison = try gate?.compare(record, in: reports, isAlone: !arguments.report.takesOutput)
      guard isLogWhole, failures.isEmpty else { return .couldNotRun }
      let status = status(record, unusable, comparison)
      if status == .conforms { try gate?.promote() }
      return status
    } catch {
      console.clearProgress()
      Output.error(error.description)
      return .couldNotRun
    }
  }

  private func status(_ log: RunLog, _ unusable: TargetError?, _ comparison: Comparison?) -> ExitStatus {
    guard log.summary?.aborted == nil else { return ExitStatus(log, isStrict: arguments.strict) }
    if unusable != nil { return .couldNotRun }
    // if every case was skipped, nothing was compared either
    if let comparison, log.count(.skipped) < log.caseCount {
      let compared = RegressionGate.status(comparison, isStrict: arguments.strict)
      guard compared == .conforms else { return compared }
      if ExitStatus.leavesClients(log) { return .couldNotRun }
      return log.count(.pending) > 0 ? .incomplete : .conforms
    }
    return ExitStatus(log, isStrict: arguments.strict)
  }
}
