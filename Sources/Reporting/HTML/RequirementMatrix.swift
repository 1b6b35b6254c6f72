// Each requirement with the outcome of its cases.

import ConformanceModel
import RunEvents

struct RequirementMatrix {
  /// Cases of a requirement that are named; a search shows all of them.
  private static let maxNamed = 40

  private struct Row {
    var requirement: Requirement
    var counts: [Verdict: Int] = [:]
    var cases: [[String: Any]] = []
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
      guard entries[index].cases.count < RequirementMatrix.maxNamed else { continue }
      entries[index].cases.append([
        "id": HTMLText.visible(record.planned.id), "anchor": HTMLText.fragment(record.planned.id),
        "verdict": record.verdict.rawValue, "icon": record.verdict.icon,
      ])
    }
  }

  var rows: [[String: Any]] { entries.map(RequirementMatrix.values) }

  private static func values(_ entry: Row) -> [String: Any] {
    let requirement = entry.requirement
    let count = entry.counts.values.reduce(0, +)
    var row: [String: Any] = [
      "id": HTMLText.visible(requirement.id), "anchor": HTMLText.fragment(requirement.id),
      "level": requirement.level.rawValue,
      "text": HTMLText.visible(requirement.text), "hasCases": count > 0, "cases": entry.cases,
      "tally": Verdict.allCases.compactMap { verdict -> [String: Any]? in
        entry.counts[verdict].map { ["count": $0, "verdict": verdict.rawValue, "icon": verdict.icon] }
      },
    ]
    let state = state(entry.counts)
    row["state"] = state.word
    row["stateVerdict"] = state.verdict
    if !requirement.source.isEmpty { row["source"] = HTMLText.visible(requirement.source) }
    if count > entry.cases.count { row["more"] = count - entry.cases.count }
    if count == 0 { row["nothing"] = HTMLText.visible(whyUncovered(requirement)) }
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
