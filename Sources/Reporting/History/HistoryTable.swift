// The failing and the flaky cases of a run with their last results, as a table of Markdown.

import ConformanceModel
import RunEvents

enum HistoryTable {
  private static let maxRows = 50

  /// Nothing where there is nothing to look back on, or all is well.
  static func markdown(_ log: RunLog, _ history: History) throws(ReportError) -> String {
    guard history.runs.count > 1 else { return "" }
    var ids: [String] = []
    for number in log.numbers.lazy.filter({ log.verdict($0).isGood == false }).prefix(maxRows) {
      ids.append(try log.record(number).planned.id)
    }
    let wellAgain = history.flakyCases.filter { history.strip(of: $0).last??.isGood != false }
    let count = log.count(.failed) + log.count(.errored) + wellAgain.count
    ids = Array((ids + wellAgain).prefix(maxRows))
    guard !ids.isEmpty else { return "" }
    var text =
      "\nThe last \(history.runs.count) runs, oldest first:\n\n| case | results | in words | now |\n|---|---|---|---|\n"
    for id in ids {
      let strip = history.strip(of: id)
      text +=
        "| \(Summary.inline(id)) | \(History.marks(strip)) | \(History.words(strip)) | \(Summary.inline(history.state(of: id))) |\n"
    }
    if count > ids.count { text += "\n… and \(count - ids.count) more.\n" }
    return text
  }
}
