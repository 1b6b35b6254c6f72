// The exit status of a run, from its log.

import ConformanceModel
import RunEvents

extension ExitStatus {
  /// The status that `conform run` returns for this log.
  ///
  /// - Parameter isStrict: A warning fails the run.
  init(_ log: RunLog, isStrict: Bool) {
    self = ExitStatus.status(log, isStrict: isStrict)
  }

  private static func status(_ log: RunLog, isStrict: Bool) -> ExitStatus {
    if let aborted = log.summary?.aborted { return aborted.hasPrefix("interrupted") ? .interrupted : .couldNotRun }
    if log.count(.failed) > 0 { return .failed }
    if log.count(.errored) > 0 { return .couldNotRun }
    if isStrict, log.count(.warned) > 0 {
      Output.error("--strict: warnings fail the run; \(log.count(.warned)) of \(log.caseCount) cases warned")
      return .failed
    }
    // a shard without an applicable case says nothing: the other shards do
    if log.run.shards?.isMerged == false { return .conforms }
    guard log.count(.passed) + log.count(.warned) + log.count(.pending) > 0 else {
      Output.error("nothing was run: every selected case was skipped")
      return .usageError
    }
    return .conforms
  }
}
