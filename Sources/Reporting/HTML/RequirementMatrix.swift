// Each requirement with the outcome of its cases, those that are not met first, and a line for each suite.

import ConformanceModel
import RunEvents

struct RequirementMatrix {
  /// Cases of a requirement that are named; a search shows all of them.
  private static let maxNamed = 40

  /// What matters first.
  private static let order: [Verdict] = [.failed, .errored, .warned, .passed, .pending, .skipped]

  private struct Row {
    var requirement: Requirement
    var counts: [Verdict: Int] = [:]
    /// The items of a list by their verdicts, and how many there are.
    var cases: [Verdict: Markup] = [:]
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
      entries[index].cases[verdict, default: Markup()] += """
        <li class="is-\(verdict.rawValue)"><span aria-hidden="true">\(verdict.icon)</span> \
        <a href="#case=\(fragment: record.planned.id)">\(record.planned.id)</a> \
        <span class="sr">\(verdict.rawValue)</span></li>
        """
    }
  }

  /// The rows of the table: requirements with findings first, the others in the order of the pack.
  var rows: Markup {
    var rows = Markup()
    let states = entries.map { State($0.counts) }
    for state in State.allCases.filter(\.isFinding) {
      for (index, entry) in entries.enumerated() where states[index] == state {
        rows += RequirementMatrix.markup(entry, state)
      }
    }
    for (index, entry) in entries.enumerated() where !states[index].isFinding {
      rows += RequirementMatrix.markup(entry, states[index])
    }
    return rows
  }

  /// How many requirements of each suite are in each state: a line for each suite, and one for all.
  var suites: Markup {
    var suites: [(prefix: String, title: String?, counts: [State: Int])] = []
    for entry in entries {
      let prefix = String(entry.requirement.id.prefix { $0 != "-" })
      let index = suites.firstIndex { $0.prefix == prefix } ?? suites.count
      if index == suites.count { suites.append((prefix, entry.requirement.suite, [:])) }
      suites[index].counts[State(entry.counts), default: 0] += 1
    }
    var rows = Markup()
    for suite in suites {
      rows += """
        <tr data-prefix="\(fragment: suite.prefix)"><th scope="row">\(suite.prefix)\
        \(suite.title.map { " <span class=\"source\">\($0)</span>" as Markup })</th>\(RequirementMatrix.cells(suite.counts))</tr>

        """
    }
    let all = suites.reduce(into: [:]) { all, suite in all.merge(suite.counts, uniquingKeysWith: +) }
    rows += "<tr class=\"all\"><th scope=\"row\">All</th>\(RequirementMatrix.cells(all))</tr>\n"
    return rows
  }

  private static func cells(_ counts: [State: Int]) -> Markup {
    var cells: Markup = "<td class=\"number\">\(counts.values.reduce(0, +))</td>"
    for state in State.allCases {
      let count = counts[state] ?? 0
      cells += "<td class=\"number \(count == 0 ? "none" : "is-\(state.verdict.rawValue)" as Markup)\">\(count)</td>"
    }
    return cells
  }

  /// The heads of the columns of `suites`.
  static var heads: Markup {
    "\(State.allCases.map { "<th scope=\"col\" class=\"number\">\($0.rawValue)</th>" as Markup })"
  }

  private static func markup(_ entry: Row, _ state: State) -> Markup {
    let requirement = entry.requirement
    var row: Markup = """
      <tr id="req=\(fragment: requirement.id)" data-state="\(state.rawValue)"><th scope="row">\(requirement.id)</th>\
      <td>\(requirement.level.rawValue)</td><td>\(requirement.text)
      """
    if !requirement.source.isEmpty {
      row += " <span class=\"source\">\(SourceLinks(requirement.source).markup)</span>"
    }
    row += "</td><td class=\"state is-\(state.verdict.rawValue)\">\(state.rawValue)</td><td>"
    if entry.counts.isEmpty { row += "<span class=\"source\">\(whyUncovered(requirement))</span>" }
    let verdicts = RequirementMatrix.order.filter { entry.counts[$0] != nil }
    for verdict in verdicts {
      let count = entry.counts[verdict] ?? 0
      row += """
        <span class="tally is-\(verdict.rawValue)"><span aria-hidden="true">\(verdict.icon)</span> \
        \(count) \(verdict.rawValue)</span>\u{20}
        """
    }
    if entry.named > 0 {
      row += "<details><summary>show</summary><ul>\(verdicts.compactMap { entry.cases[$0] })</ul>"
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

  /// What the cases of a requirement say about it.
  private enum State: String, CaseIterable {
    case notMet = "not met"
    case notJudged = "not judged"
    case warned = "met with warnings"
    case met
    case pending
    case skipped
    case notCovered = "not covered"

    init(_ counts: [Verdict: Int]) {
      if counts[.failed] != nil {
        self = .notMet
      } else if counts[.errored] != nil {
        self = .notJudged
      } else if counts[.warned] != nil {
        self = .warned
      } else if counts[.passed] != nil {
        self = .met
      } else if counts[.pending] != nil {
        self = .pending
      } else {
        self = counts.isEmpty ? .notCovered : .skipped
      }
    }

    var isFinding: Bool { verdict.isFinding }

    var verdict: Verdict {
      switch self {
      case .notMet: .failed
      case .notJudged: .errored
      case .warned: .warned
      case .met: .passed
      case .pending: .pending
      case .skipped, .notCovered: .skipped
      }
    }
  }
}
