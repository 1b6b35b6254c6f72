// Each clause of the expected behaviour, with how its cases ended.

import ConformanceModel
import RunEvents

struct RequirementMatrix {
  /// More cases of one clause than this are only counted; a search shows them all.
  private static let maxNamed = 40

  private struct Standing {
    var requirement: Requirement
    var counts: [Verdict: Int] = [:]
    var cases: [[String: Any]] = []
  }

  private var standings: [Standing] = []
  private var places: [String: Int] = [:]

  init(_ log: RunLog) {
    for requirement in log.requirements where places[requirement.id] == nil {
      places[requirement.id] = standings.count
      standings.append(Standing(requirement: requirement))
    }
  }

  mutating func add(_ record: CaseRecord) {
    for name in record.planned.covers {
      let place = places[name.id] ?? standings.count
      if place == standings.count {
        places[name.id] = place
        standings.append(Standing(requirement: Requirement(id: name.id, level: name.level, source: "", text: "")))
      }
      standings[place].counts[record.verdict, default: 0] += 1
      guard standings[place].cases.count < RequirementMatrix.maxNamed else { continue }
      standings[place].cases.append([
        "id": HTMLText.visible(record.planned.id), "anchor": HTMLText.fragment(record.planned.id),
        "verdict": record.verdict.rawValue, "icon": record.verdict.icon,
      ])
    }
  }

  var rows: [[String: Any]] {
    standings.map { standing in
      let requirement = standing.requirement
      let count = standing.counts.values.reduce(0, +)
      var row: [String: Any] = [
        "id": HTMLText.visible(requirement.id), "anchor": HTMLText.fragment(requirement.id),
        "level": requirement.level.rawValue,
        "text": HTMLText.visible(requirement.text), "hasCases": count > 0, "cases": standing.cases,
        "tally": Verdict.allCases.compactMap { verdict -> [String: Any]? in
          standing.counts[verdict].map { ["count": $0, "verdict": verdict.rawValue, "icon": verdict.icon] }
        },
      ]
      let state = RequirementMatrix.state(standing.counts)
      row["state"] = state.word
      row["stateVerdict"] = state.verdict
      if !requirement.source.isEmpty { row["source"] = HTMLText.visible(requirement.source) }
      if count > standing.cases.count { row["more"] = count - standing.cases.count }
      if count == 0 {
        row["nothing"] = HTMLText.visible(
          requirement.unobservable.map { "cannot be observed from outside: \($0)" } ?? requirement.uncovered.map {
            "no scenario: \($0)"
          }
            ?? "no case of this run covers it")
      }
      return row
    }
  }

  private static func state(_ counts: [Verdict: Int]) -> (word: String, verdict: String) {
    if counts[.failed] != nil { return ("broken", "failed") }
    if counts[.errored] != nil { return ("not judged", "errored") }
    if counts[.warned] != nil { return ("met with warnings", "warned") }
    if counts[.passed] != nil { return ("met", "passed") }
    if counts[.pending] != nil { return ("pending", "pending") }
    return (counts.isEmpty ? "not covered" : "skipped", "skipped")
  }
}
