// The exit status of a run, from its log.

import ConformanceModel
import RunEvents

extension ExitStatus {
  /// The status that `conform run` returns for this log.
  ///
  /// - Parameter isStrict: A warning fails the run.
  init(_ log: RunLog, isStrict: Bool) {
    if let aborted = log.summary?.aborted, !log.endsWithFailures {
      self = aborted.hasPrefix("interrupted") ? .interrupted : .couldNotRun
    } else if log.count(.failed) > 0 {
      self = .failed
    } else if log.count(.errored) > 0 {
      self = .couldNotRun
    } else if log.summary == nil {
      Output.error(log.missingEndNote ?? "the run has not ended")
      self = .couldNotRun
    } else if isStrict, log.count(.warned) > 0 {
      Output.error("--strict: warnings fail the run; \(log.count(.warned)) of \(log.caseCount) cases warned")
      self = .failed
    } else if ExitStatus.leavesClients(log) {
      self = .couldNotRun
    } else if log.count(.pending) > 0 {
      Output.error(ExitStatus.pendingNote(log))
      self = .incomplete
    } else if log.run.shards?.isMerged == false {
      // a shard without an applicable case is no evidence against the run: the other shards decide
      self = .conforms
    } else if log.count(.passed) + log.count(.warned) == 0 {
      Output.error("nothing was judged: every selected case was skipped")
      self = .incomplete
    } else {
      self = .conforms
    }
  }

  /// Whether the run left clients behind; prints what to do about them.
  static func leavesClients(_ log: RunLog) -> Bool {
    guard let note = log.undeletedClientsNote else { return false }
    Output.error(note)
    return true
  }

  private static func pendingNote(_ log: RunLog) -> String {
    "\(log.count(.pending)) of \(log.caseCount.counted("case")) pending; 'conform resume --target FILE' runs the rest"
  }
}
