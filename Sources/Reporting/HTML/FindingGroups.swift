// Identical failures in groups: a target with one defect shows one line, not a hundred.

import ConformanceModel
import RunEvents

struct FindingGroups {
  private struct Group {
    var headline: String
    var verdict: Verdict
    var cases: [[String: Any]] = []
  }

  /// Beyond this many cases, only the name is shown.
  private static let maxDetailed = 300
  private static let maxText = 12_000
  /// The cases of a group that are shown before the others are folded.
  private static let maxOpen = 3

  private let run: RunDescription
  private var groups: [Group] = []
  /// By verdict and headline, the index in `groups`.
  private var indices: [String: Int] = [:]
  private var detailed = 0

  init(_ log: RunLog) { run = log.run }

  mutating func add(_ record: CaseRecord) {
    guard record.verdict.isFinding else { return }
    let headline = SafeText.oneLine(
      record.mainFinding.map(FindingText.headline) ?? "\(record.verdict.rawValue): \(FindingText.noReason)",
      longest: 300)
    let key = "\(record.verdict.rawValue) \(headline)"
    let index = indices[key] ?? groups.count
    if index == groups.count {
      groups.append(Group(headline: headline, verdict: record.verdict))
      indices[key] = index
    }
    let planned = record.planned
    var one: [String: Any] = [
      "id": HTMLText.visible(planned.id), "anchor": HTMLText.fragment(planned.id),
      "title": HTMLText.visible(planned.title),
      "place": HTMLText.visible(
        record.mainFinding?.place.map { "\($0.file):\($0.line)" } ?? "\(planned.file):\(planned.line)"),
      "requirements": planned.covers.map { HTMLText.visible($0.id) }.joined(separator: " "),
    ]
    if let command = RepeatCommand.text(run, scenario: planned.scenario) { one["command"] = HTMLText.visible(command) }
    let entries = DeviationEntry.list(record).joined(separator: "\n")
    if !entries.isEmpty { one["entry"] = HTMLText.visible(entries) }
    if detailed < FindingGroups.maxDetailed {
      detailed += 1
      one["text"] = HTMLText.visible(JUnitBudget.cut(FindingText.details(record), to: FindingGroups.maxText))
    }
    groups[index].cases.append(one)
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
        "headline": HTMLText.visible(group.headline), "verdict": group.verdict.rawValue, "icon": group.verdict.icon,
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
