// The sections and sentences of a comparison, shared by text, Markdown and HTML.

import ConformanceModel
import JSONValue

/// The sections of a comparison, in their order. The texts come from the files and are not yet escaped.
struct ComparisonSections {
  struct Item {
    var id: String
    var title: String?
    /// `passed → failed`
    var change: String
    /// Details; the label may be empty.
    var lines: [(label: String, text: String)] = []
    var place: Place?
  }

  struct Section {
    var name: String
    /// `good`, `bad`, `warn` or empty.
    var tone: String
    var heading: String
    var count: Int
    var note: String?
    var items: [Item]
    var more: Int { count - items.count }
  }

  let headline: String
  let isGood: Bool
  /// The counts in one line.
  let totals: String
  let notes: [String]
  let list: [Section]

  /// - Parameter maxItems: How many cases a section names.
  init(_ comparison: Comparison, maxItems: Int) {
    headline = ComparisonSections.headline(comparison)
    isGood = !comparison.fails(isStrict: false)
    var totals = Comparison.Change.allCases.compactMap { change -> String? in
      let count = comparison.count(change)
      return count > 0 || change == .regressed ? "\(count) \(ComparisonSections.word(change))" : nil
    }
    totals.append("\(comparison.unchanged) unchanged")
    if !comparison.flaky.isEmpty { totals.append("\(comparison.flaky.count) flaky") }
    if !comparison.slower.entries.isEmpty { totals.append("\(comparison.slower.entries.count) slower") }
    if let responses = comparison.responses, !responses.isEmpty {
      totals.append(responses.count.counted("changed response"))
    }
    self.totals = "\(ComparisonSections.cases(comparison.shared)) in both: " + totals.joined(separator: ", ")
    notes = ComparisonSections.notes(comparison)
    var sections = Comparison.Change.allCases.map { ComparisonSections.section($0, comparison, maxItems) }
    sections.append(ComparisonSections.flaky(comparison.flaky, maxItems))
    sections.append(ComparisonSections.slower(comparison.slower, maxItems))
    sections.append(ComparisonSections.responses(comparison, maxItems))
    list = sections.filter { $0.count > 0 }
  }

  private static func headline(_ comparison: Comparison) -> String {
    let regressed = comparison.count(.regressed)
    if regressed == 0, comparison.hasLostAll {
      return "NOT JUDGED: all cases that were judged before are skipped"
    }
    var parts = [
      regressed == 0
        ? "NOTHING REGRESSED"
        : "REGRESSED: \(cases(regressed)) \(regressed == 1 ? "fails" : "fail") now and did not before"
    ]
    let lost = comparison.lostCoverage, failing = comparison.count(.newFailing)
    if lost > 0 {
      parts.append("\(cases(lost)) judged before \(lost == 1 ? "is" : "are") not judged now")
    }
    if failing > 0 { parts.append("\(failing) new \(failing == 1 ? "case fails" : "cases fail")") }
    return parts.joined(separator: "; ")
  }

  private static func notes(_ comparison: Comparison) -> [String] {
    var notes: [String] = []
    for side in [comparison.old, comparison.new] {
      if let stopped = side.stopped {
        notes.append("\(side.path) \(stopped); unfinished cases count as errored")
      }
      notes += side.notes.map { "\(side.path) \($0)" }
    }
    if let old = comparison.old.target, let new = comparison.new.target, old != new {
      let names = [old, new].map { "'\(SafeText.oneLine($0, longest: 100))'" }
      notes.append("the runs have different targets: \(names.joined(separator: " and "))")
    }
    if comparison.responses == nil {
      notes.append("responses were not compared: JUnit files do not contain them, only run logs do")
    }
    if comparison.differentSteps > 0 {
      notes.append("the responses of \(cases(comparison.differentSteps)) were not compared: their steps differ")
    }
    let machine = comparison.slower.machine
    if machine >= 1.5 || machine <= 1 / 1.5 {
      let factor = machine.plain(decimals: 2)
      notes.append("the run as a whole takes \(factor) times as long; cases are compared with that taken into account")
    }
    return notes
  }

  // MARK: Sections

  private static func section(_ change: Comparison.Change, _ comparison: Comparison, _ maxItems: Int) -> Section {
    let entries = comparison.entries.lazy.filter { $0.change == change }
    let (heading, tone) = heading(change)
    var note: String?
    if change == .stillFailing {
      let other = entries.count(where: \.hasOtherReason)
      if other > 0 { note = "\(other) for another reason than before" }
    }
    if change == .gone {
      let lost = entries.count(where: \.isLostCoverage)
      if lost > 0 { note = "\(lost) of them \(lost == 1 ? "was" : "were") judged before" }
    }
    return Section(
      name: change.rawValue, tone: tone, heading: heading, count: entries.count, note: note,
      items: entries.prefix(maxItems).map(item))
  }

  private static func item(_ entry: Comparison.Entry) -> Item {
    let before = entry.before?.rawValue ?? "absent", now = entry.now?.rawValue ?? "removed"
    var item = Item(id: entry.id, title: entry.title, change: entry.before == entry.now ? now : "\(before) → \(now)")
    switch entry.change {
    case .stillFailing where entry.hasOtherReason:
      item.lines = [
        ("before", entry.reasonBefore ?? FindingText.noReason), ("now", entry.reasonNow ?? FindingText.noReason),
      ]
    case .fixed: if let reason = entry.reasonBefore { item.lines = [("before", reason)] }
    case .gone: if let reason = entry.reasonBefore, entry.before?.isGood == false { item.lines = [("before", reason)] }
    default:
      if let reason = entry.reasonNow { item.lines = [("", reason)] }
      if entry.change == .regressed, let reason = entry.reasonBefore { item.lines.append(("before", reason)) }
    }
    if [.regressed, .newFailing, .stillFailing, .warned].contains(entry.change) { item.place = entry.place }
    return item
  }

  private static func flaky(_ flaky: [Comparison.FlakyCase], _ maxItems: Int) -> Section {
    Section(
      name: "flaky", tone: "warn", heading: "Flaky", count: flaky.count,
      note: "run more than once in the new run; the last attempt counts",
      items: flaky.prefix(maxItems).map { Item(id: $0.id, change: $0.attempts) })
  }

  private static func slower(_ slower: Slowness, _ maxItems: Int) -> Section {
    let items = slower.entries.prefix(maxItems).map { entry in
      let times = entry.before > 0 ? " (\((entry.now / entry.before).plain(decimals: 1)) times)" : ""
      return Item(
        id: entry.id, change: "\(entry.before.plain(decimals: 3)) s → \(entry.now.plain(decimals: 3)) s\(times)")
    }
    return Section(
      name: "slower", tone: "warn", heading: "Slower", count: slower.entries.count,
      note: abs(slower.machine - 1) < 0.05
        ? "the run as a whole takes as long as before"
        : "the run as a whole takes \(slower.machine.plain(decimals: 2)) times as long", items: Array(items))
  }

  private static func responses(_ comparison: Comparison, _ maxItems: Int) -> Section {
    let responses = comparison.responses ?? []
    let items = responses.prefix(maxItems).map { response in
      var item = Item(
        id: response.subject, change: "in \(cases(response.cases))",
        lines: [("before", response.before), ("now", response.now)])
      if let first = response.examples.first {
        item.lines.append(("for example", "\(first.id): \(first.step)"))
        item.place = first.place
      }
      return item
    }
    return Section(
      name: "changed-responses", tone: "warn", heading: "Changed responses", count: responses.count,
      note: "of cases that do not fail in either run", items: Array(items))
  }

  // MARK: Words

  private static func heading(_ change: Comparison.Change) -> (String, String) {
    switch change {
    case .regressed: ("Regressed", "bad")
    case .newFailing: ("New and failing", "bad")
    case .lost: ("No longer judged", "bad")
    case .gone: ("Removed", "warn")
    case .warned: ("New warnings", "warn")
    case .stillFailing: ("Still failing", "warn")
    case .fixed: ("Fixed", "good")
    case .gained: ("Now judged and passing", "good")
    case .added: ("New", "")
    }
  }

  static func word(_ change: Comparison.Change) -> String {
    switch change {
    case .newFailing: "new and failing"
    case .lost: "no longer judged"
    case .gone: "removed"
    case .warned: "with a new warning"
    case .stillFailing: "still failing"
    case .gained: "now judged"
    default: change.rawValue
    }
  }

  static func cases(_ count: Int) -> String { count.counted("case") }

  /// `a.jsonl: Northwind staging, 2026-11-23T12:00:00Z, 366 cases: 360 passed, 6 skipped`
  static func line(_ side: Comparison.Side) -> String {
    let facts = [side.path, side.target, side.startedAt.map { "\($0)" }].compactMap(\.self)
    let counts = Verdict.allCases.compactMap { verdict in side.counts[verdict].map { "\($0) \(verdict.rawValue)" } }
    return "\(facts.joined(separator: ", ")), \(cases(side.cases)): \(counts.joined(separator: ", "))"
  }
}
