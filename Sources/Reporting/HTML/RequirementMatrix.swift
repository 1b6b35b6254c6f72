// Each requirement with the outcome of its cases.

import ConformanceModel
import RunEvents

struct RequirementMatrix {
  /// Cases of a requirement that are named; a search shows all of them.
  private static let maxNamed = 40

  private struct Row {
    var requirement: Requirement
    var counts: [Verdict: Int] = [:]
    /// The items of a list, and how many there are.
    var cases = Markup()
    var named = 0
  }

  private var entries: [Row] = []
  /// By the id of the requirement, the index in `entries`.
  private var indices: [String: Int] = [:]

  init(_ log: RunLog) {
    for requirement in log.requirements where indices[requirement.id] == nil {
      indices[requirement.id] = entries.count
      entries.append(Row(requirement: requirement))
    }
  }

  mutating func add(_ record: CaseRecord) {
    for name in record.planned.covers {
      let index = indices[name.id] ?? entries.count
      if index == entries.count {
        indices[name.id] = index
        entries.append(Row(requirement: Requirement(id: name.id, level: name.level, source: "", text: "")))
      }
      entries[index].counts[record.verdict, default: 0] += 1
      guard entries[index].named < RequirementMatrix.maxNamed else { continue }
      entries[index].named += 1
      let verdict = record.verdict
      entries[index].cases += """
        <li class="is-\(verdict.rawValue)"><span aria-hidden="true">\(verdict.icon)</span> \
        <a href="#case=\(fragment: record.planned.id)">\(record.planned.id)</a> \
        <span class="sr">\(verdict.rawValue)</span></li>
        """
    }
  }

  /// The rows of the table.
  var rows: Markup {
    var rows = Markup()
    for entry in entries { rows += RequirementMatrix.markup(entry) }
    return rows
  }

  private static func markup(_ entry: Row) -> Markup {
    let requirement = entry.requirement
    let state = state(entry.counts)
    var row: Markup = """
      <tr id="req=\(fragment: requirement.id)"><th scope="row">\(requirement.id)</th>\
      <td>\(requirement.level.rawValue)</td><td>\(requirement.text)
      """
    if !requirement.source.isEmpty { row += " <span class=\"source\">\(requirement.source)</span>" }
    row += "</td><td class=\"state is-\(state.verdict)\">\(state.word)</td><td>"
    if entry.counts.isEmpty { row += "<span class=\"source\">\(whyUncovered(requirement))</span>" }
    for verdict in Verdict.allCases {
      guard let count = entry.counts[verdict] else { continue }
      row += """
        <span class="tally is-\(verdict.rawValue)"><span aria-hidden="true">\(verdict.icon)</span> \
        \(count) \(verdict.rawValue)</span>\u{20}
        """
    }
    if entry.named > 0 {
      row += "<details><summary>show</summary><ul>\(entry.cases)</ul>"
      let more = entry.counts.values.reduce(0, +) - entry.named
      if more > 0 {
        row += "<p><a href=\"#view=results&amp;q=req:\(fragment: requirement.id)\">and \(more) more</a></p>"
      }
      row += "</details>"
    }
    row += "</td></tr>\n"
    return row
  }

  private static func whyUncovered(_ requirement: Requirement) -> String {
    if let reason = requirement.unobservable { return "cannot be observed from outside: \(reason)" }
    return requirement.uncovered.map { "no scenario: \($0)" } ?? "no case of this run covers it"
  }

  private static func state(_ counts: [Verdict: Int]) -> (word: String, verdict: String) {
    if counts[.failed] != nil { return ("not met", "failed") }
    if counts[.errored] != nil { return ("not judged", "errored") }
    if counts[.warned] != nil { return ("met with warnings", "warned") }
    if counts[.passed] != nil { return ("met", "passed") }
    if counts[.pending] != nil { return ("pending", "pending") }
    return (counts.isEmpty ? "not covered" : "skipped", "skipped")
  }
}
