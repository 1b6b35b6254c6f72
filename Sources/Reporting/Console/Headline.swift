// How a run ended, in one line: the same in every report.

import ConformanceModel
import RunEvents

/// `FAILED: 2 of 41 cases do not conform`.
struct Headline {
  /// The verdict whose colour it has.
  let verdict: Verdict
  /// In capitals: `FAILED`.
  let word: String
  /// The rest; it may hold text that is not ours.
  let rest: String

  var text: String { "\(word): \(rest)" }

  init(_ log: RunLog) {
    let failed = log.count(.failed), errored = log.count(.errored), all = log.caseCount
    let played = log.count(.passed) + log.count(.warned)
    if let aborted = log.summary?.aborted {
      (verdict, word, rest) = (.errored, "NOT FINISHED", aborted)
    } else if log.isEmptyShard, let part = log.part {
      (verdict, word, rest) = (.skipped, "NOTHING WAS PLAYED", "\(part) has no case")
    } else if failed > 0 {
      (verdict, word, rest) = (.failed, "FAILED", "\(failed) of \(all) cases do not conform")
    } else if errored > 0 || all == 0 {
      (verdict, word, rest) = (.errored, "ERRORED", "\(errored) of \(all) cases could not be judged")
    } else if played == 0 {
      (verdict, word, rest) = (.skipped, "NOTHING WAS PLAYED", "all \(all) cases were skipped or wait")
    } else {
      (verdict, word, rest) = (.passed, "CONFORMS", "\(played) of \(all) cases played, none failed")
    }
  }
}
