// The result of a run in one line, the same in every report.

import ConformanceModel
import RunEvents

/// `FAILED: 2 of 41 cases do not conform`.
struct Headline {
  /// The verdict that sets the colour.
  let verdict: Verdict
  /// In capitals: `FAILED`.
  let word: String
  /// The rest of the line; it may contain text from outside, such as the reason for an abort.
  let rest: String

  var text: String { "\(word): \(rest)" }

  init(_ log: RunLog) {
    let failed = log.count(.failed), errored = log.count(.errored), all = log.caseCount
    let run = log.count(.passed) + log.count(.warned)
    if let aborted = log.summary?.aborted {
      (verdict, word, rest) = (.errored, "NOT FINISHED", aborted)
    } else if log.isEmptyShard, let part = log.part {
      (verdict, word, rest) = (.skipped, "NOTHING TO RUN", "\(part) has no case")
    } else if failed > 0 {
      (verdict, word, rest) = (.failed, "FAILED", "\(failed) of \(all) cases do not conform")
    } else if errored > 0 || all == 0 {
      (verdict, word, rest) = (.errored, "ERRORED", "\(errored) of \(all) cases could not be judged")
    } else if run == 0 {
      (verdict, word, rest) = (.skipped, "NOTHING WAS RUN", "all \(all) cases are skipped or pending")
    } else {
      (verdict, word, rest) = (.passed, "CONFORMS", "\(run) of \(all) cases run, none failed")
    }
  }
}
