// Findings that say the same, together: a target with one mistake shows one line, not a hundred.

import ConformanceModel
import RunEvents

struct FindingGroups {
  private struct Group {
    var message: String
    var verdict: Verdict
    var cases: [[String: Any]] = []
  }

  /// Below this many each problem is told in full; beyond it, only named.
  private static let maxTold = 300
  private static let maxText = 12_000
  /// In a larger group only so many cases are shown at once.
  private static let maxOpen = 3

  private let run: RunDescription
  private var groups: [Group] = []
  private var places: [String: Int] = [:]
  private var told = 0

  init(_ log: RunLog) { run = log.run }

  mutating func add(_ record: CaseRecord) {
    guard record.verdict.isFinding else { return }
    let message = SafeText.oneLine(
      record.mainFinding?.message ?? "\(record.verdict.rawValue), without a reason", longest: 300)
    let key = "\(record.verdict.rawValue) \(message)"
    let place = places[key] ?? groups.count
    if place == groups.count {
      groups.append(Group(message: message, verdict: record.verdict))
      places[key] = place
    }
    let planned = record.planned
    var one: [String: Any] = [
      "id": HTMLText.visible(planned.id), "anchor": HTMLText.fragment(planned.id),
      "title": HTMLText.visible(planned.title),
      "place": HTMLText.visible(
        record.mainFinding?.place.map { "\($0.file):\($0.line)" } ?? "\(planned.file):\(planned.line)"),
      "requirements": planned.covers.map { HTMLText.visible($0.id) }.joined(separator: " "),
    ]
    if let again = RepeatCommand.text(run, scenario: planned.scenario) { one["again"] = HTMLText.visible(again) }
    if told < FindingGroups.maxTold {
      told += 1
      let text = record.findings.map { FindingText.lines($0).joined(separator: "\n") }.joined(separator: "\n\n")
      one["text"] = HTMLText.visible(JUnitBudget.cut(text, to: FindingGroups.maxText))
    }
    groups[place].cases.append(one)
  }

  /// The largest groups first.
  func values(isWarning: Bool) -> [[String: Any]] {
    let chosen = groups.filter { ($0.verdict == .warned) == isWarning }.enumerated().sorted {
      ($0.element.verdict.rank, $1.element.cases.count, $0.offset) < (
        $1.element.verdict.rank, $0.element.cases.count, $1.offset
      )
    }
    return chosen.map { _, group in
      var values: [String: Any] = [
        "message": HTMLText.visible(group.message), "verdict": group.verdict.rawValue, "icon": group.verdict.icon,
        "count": group.cases.count,
        "first": Array(group.cases.prefix(FindingGroups.maxOpen)), "isMany": group.cases.count > 1,
      ]
      if group.cases.count > FindingGroups.maxOpen {
        values["others"] =
          [
            "count": group.cases.count - FindingGroups.maxOpen,
            "cases": Array(group.cases.dropFirst(FindingGroups.maxOpen)),
          ] as [String: Any]
      }
      return values
    }
  }
}

extension Verdict {
  fileprivate var rank: Int { self == .failed ? 0 : 1 }
}
