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

  /// The rest up to its first semicolon, and what follows it.
  var parts: (first: String, second: String?) {
    guard let range = rest.firstRange(of: "; ") else { return (rest, nil) }
    return (String(rest[..<range.lowerBound]), String(rest[range.upperBound...]))
  }

  init(_ log: RunLog) {
    let failed = log.count(.failed), errored = log.count(.errored), all = log.caseCount
    let run = log.count(.passed) + log.count(.warned)
    let stop = log.endsWithFailures ? log.summary?.aborted.map { "; \($0)" } ?? "" : ""
    if let aborted = log.summary?.aborted, !log.endsWithFailures {
      (verdict, word, rest) = (.errored, "NOT FINISHED", aborted)
    } else if log.isEmptyShard, let part = log.part {
      (verdict, word, rest) = (.skipped, "NOTHING TO RUN", "\(part) has no case")
    } else if failed > 0 {
      let others = errored > 0 ? "; \(errored) could not be judged" : ""
      (verdict, word, rest) = (.failed, "FAILED", "\(failed) of \(all) cases do not conform\(others)\(stop)")
    } else if errored > 0 || all == 0 {
      (verdict, word, rest) = (.errored, "ERRORED", "\(errored) of \(all) cases could not be judged\(stop)")
    } else if log.count(.pending) > 0 {
      let pending = log.count(.pending).counted("case")
      (verdict, word, rest) = (.pending, "INCOMPLETE", "nothing failed, \(pending) pending")
    } else if let note = log.undeletedClientsNote {
      (verdict, word, rest) = (.errored, "ERRORED", note)
    } else if run == 0 {
      (verdict, word, rest) = (.skipped, "NOT JUDGED", "every selected case was skipped")
    } else {
      let deviations = log.requirementCounts?.deviations ?? 0
      verdict = .passed
      word = "CONFORMS" + (deviations > 0 ? " with \(deviations.counted("declared deviation"))" : "")
      rest = "\(run) of \(all) cases run, none failed" + Headline.judged(log)
    }
  }

  /// How many musts that were not judged are named.
  private static let maxNamed = 5

  /// `; 115 of 140 requirements judged (19 musts not judged: AUT-02, …)`: a run that conforms says nothing about others.
  private static func judged(_ log: RunLog) -> String {
    guard let counts = log.requirementCounts else { return "" }
    let musts = counts.unjudgedMusts
    let names = musts.prefix(maxNamed).joined(separator: ", ") + (musts.count > maxNamed ? ", …" : "")
    return "; \(counts.judged) of \(counts.all.counted("requirement")) judged"
      + (musts.isEmpty ? "" : " (\(musts.count.counted("must")) not judged: \(SafeText.oneLine(names)))")
  }
}
