// The failing and flaky cases of a run with their last results, as a Markdown table.

import ConformanceModel
import RunEvents

enum HistoryTable {
  private static let maxRows = 50

  /// Empty if there is no earlier run, or no failing or flaky case.
  static func markdown(_ log: RunLog, _ history: History) throws(ReportError) -> String {
    guard history.runs.count > 1 else { return "" }
    var ids: [String] = []
    for number in log.numbers.lazy.filter({ log.verdict($0).isGood == false }).prefix(maxRows) {
      ids.append(try log.record(number).planned.id)
    }
    let passingNow = history.flakyCases.filter { history.strip(of: $0).last??.isGood != false }
    let count = log.count(.failed) + log.count(.errored) + passingNow.count
    ids = Array((ids + passingNow).prefix(maxRows))
    guard !ids.isEmpty else { return "" }
    var text = "\nThe last \(history.runs.count) runs, oldest first:\n\n"
    text += "| case | results | in words | trend |\n|---|---|---|---|\n"
    for id in ids {
      let strip = history.strip(of: id)
      let cells = [
        Summary.inline(id), History.marks(strip), History.words(strip), Summary.inline(history.state(of: id)),
      ]
      text += "| \(cells.joined(separator: " | ")) |\n"
    }
    if count > ids.count { text += "\n… and \(count - ids.count) more.\n" }
    return text
  }
}
