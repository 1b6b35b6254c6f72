// The table of cases on the page: the only list of all cases without JavaScript.

import ConformanceModel
import JSONValue
import RunEvents

struct CaseTable {
  /// More rows than this are too slow in a browser: passed cases beyond it are only counted.
  private static let maxRows = 20_000

  /// The cases in the table, and thus on the page: all with findings, and as many others as there is room for, in the
  /// order of the plan.
  static func numbers(_ log: RunLog) -> [Int] {
    let numbers = log.numbers
    guard numbers.count > maxRows else { return numbers }
    let findings = numbers.filter { log.verdict($0).isFinding }.prefix(maxRows)
    let others = numbers.filter { !log.verdict($0).isFinding }.prefix(maxRows - findings.count)
    return (findings + others).sorted()
  }

  /// Earlier runs, if there are any.
  private let history: History?
  private var rows: ReportParts

  /// - Parameter folder: Where the rows of a large run wait.
  init(_ history: History?, folder: String?) {
    rows = ReportParts(in: folder)
    if let history, history.runs.count > 1 { self.history = history } else { self.history = nil }
  }

  mutating func add(_ view: CaseView) {
    let planned = view.planned, verdict = view.verdict.rawValue
    let length = max(0, (view.record.simulatedEnd - view.record.simulatedStart).milliseconds)
    let span = SimulatedDuration(milliseconds: length).description
    let simulated: Markup = SimulatedText.years(length).map { "<span title=\"\(span)\">\($0)</span>" } ?? "\(span)"
    var row: Markup = """
      <tr data-n="\(planned.number)" class="is-\(verdict)">\
      <td class="result"><span aria-hidden="true">\(view.verdict.icon)</span> \(verdict)</td>\
      <th scope="row"><a href="#case=\(fragment: planned.id)">\(planned.title)</a> \
      <span class="source">\(planned.id)</span>
      """
    if let headline = view.headline { row += "<span class=\"why\">\(SafeText.oneLine(headline))</span>" }
    row += """
      </th><td>\(planned.suite)</td><td class="ids">\(planned.covers.map { "<span>\($0.id)</span>" as Markup }.joined(separator: " "))</td>\
      <td class="number">\(CaseTable.fixed(view.record.seconds))</td>\
      <td class="number" data-v="\(Int(length / 1000))">\(simulated)</td>
      """
    if let history { row += CaseTable.cell(history, planned.id) }
    row += "</tr>\n"
    rows.append { $0 += row.bytes }
  }

  func write(to sink: ReportSink) throws(ReportError) { try rows.write(to: sink) }

  /// With three decimals, so that the numbers of a column are aligned; a case that did not run has none.
  private static func fixed(_ seconds: Double) -> String {
    guard seconds > 0 else { return "0" }
    let text = seconds.plain(decimals: 3)
    guard let point = text.utf8.firstIndex(of: UInt8(ascii: ".")) else { return text + ".000" }
    return text + String(repeating: "0", count: 4 - text.utf8[point...].count)
  }

  private static func cell(_ history: History, _ id: String) -> Markup {
    let strip = CaseTable.strip(history, id)
    var cell: Markup = "<td>\(strip.marks)<span class=\"sr\">\(strip.words)</span>"
    let state = history.state(of: id)
    if !state.isEmpty { cell += "<span class=\"source\">\(state)</span>" }
    cell += "</td>"
    return cell
  }

  /// The last runs of a case, oldest first, as marks and in words.
  static func strip(_ history: History, _ id: String) -> (marks: Markup, words: String) {
    let strip = history.strip(of: id)
    var marks: Markup = "<span class=\"strip\" aria-hidden=\"true\">"
    for verdict in strip {
      marks += "<span class=\"is-\(verdict?.rawValue ?? "absent")\">\(History.marks([verdict]))</span>"
    }
    marks += "</span>"
    return (marks, History.words(strip))
  }
}

extension Verdict {
  /// Shown with the word, never instead of it.
  var icon: String {
    switch self {
    case .passed: "✓"
    case .failed: "✗"
    case .warned: "!"
    case .skipped: "–"
    case .errored: "⚠"
    case .pending: "…"
    }
  }

  /// The case has findings.
  var isFinding: Bool { [.failed, .errored, .warned].contains(self) }
}
