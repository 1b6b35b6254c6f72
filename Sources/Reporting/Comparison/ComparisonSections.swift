// A comparison in words: what text, Markdown and HTML show of it alike.

import ConformanceModel
import JSONValue

/// The parts of a comparison in the order in which they are told. All texts are as the files have them, and not yet safe.
struct ComparisonSections {
  struct Item {
    var id: String
    var title: String?
    /// `passed → failed`
    var change: String
    /// What belongs to it, each with a word before it where it needs one.
    var lines: [(label: String, text: String)] = []
    var place: Place?
  }

  struct Section {
    var name: String
    /// good, bad, warn, or nothing.
    var tone: String
    var heading: String
    var count: Int
    var note: String?
    var items: [Item]
    var more: Int { count - items.count }
  }

  let headline: String
  let isGood: Bool
  /// The whole in one line: how many of each.
  let totals: String
  let notes: [String]
  let sections: [Section]

  /// - Parameter most: How many cases a section names.
  init(_ comparison: Comparison, most: Int) {
    headline = ComparisonSections.headline(comparison)
    isGood = !comparison.fails(isStrict: false)
    var totals = Comparison.Change.allCases.compactMap { change -> String? in
      let count = comparison.count(change)
      return count > 0 || change == .regressed ? "\(count) \(ComparisonSections.word(change))" : nil
    }
    totals.append("\(comparison.unchanged) unchanged")
    if !comparison.slower.entries.isEmpty { totals.append("\(comparison.slower.entries.count) slower") }
    if let answers = comparison.answers, !answers.isEmpty {
      totals.append("\(answers.count) \(answers.count == 1 ? "change" : "changes") in answers")
    }
    self.totals = "\(ComparisonSections.cases(comparison.shared)) in both: " + totals.joined(separator: ", ")
    notes = ComparisonSections.notes(comparison)
    var sections = Comparison.Change.allCases.map { ComparisonSections.section($0, comparison, most) }
    sections.append(ComparisonSections.slower(comparison.slower, most))
    sections.append(ComparisonSections.answers(comparison, most))
    self.sections = sections.filter { $0.count > 0 }
  }

  private static func headline(_ comparison: Comparison) -> String {
    let regressed = comparison.count(.regressed)
    if regressed == 0, comparison.hasLostAll {
      return "NOTHING IS JUDGED ANY MORE: all that was judged before is skipped"
    }
    var parts = [
      regressed == 0
        ? "NOTHING REGRESSED"
        : "REGRESSED: \(cases(regressed)) did not fail before and \(regressed == 1 ? "does" : "do") now"
    ]
    let lost = comparison.lostCoverage, failing = comparison.count(.newFailing)
    if lost > 0 {
      parts.append(
        "\(regressed == 0 ? "yet " : "")\(cases(lost)) judged before \(lost == 1 ? "is" : "are") not judged now")
    }
    if failing > 0 { parts.append("\(failing) new \(failing == 1 ? "case fails" : "cases fail")") }
    return parts.joined(separator: "; ")
  }

  private static func notes(_ comparison: Comparison) -> [String] {
    var notes: [String] = []
    for side in [comparison.old, comparison.new] {
      if let stopped = side.stopped {
        notes.append("\(side.path) \(stopped); cases that were not finished count as errored")
      }
    }
    if let old = comparison.old.target, let new = comparison.new.target, old != new {
      notes.append(
        "the runs are of different targets: '\(SafeText.oneLine(old, longest: 100))' and '\(SafeText.oneLine(new, longest: 100))'"
      )
    }
    if comparison.answers == nil {
      notes.append("answers were not compared: only run logs have them, and JUnit files do not")
    }
    if comparison.otherSteps > 0 {
      notes.append(
        "the answers of \(cases(comparison.otherSteps)) were not compared: played in other steps than before")
    }
    let machine = comparison.slower.machine
    if machine >= 1.5 || machine <= 1 / 1.5 {
      notes.append(
        "the run as a whole takes \(machine.plain(decimals: 2)) times as long; no single case is called slower for that"
      )
    }
    return notes
  }

  // MARK: Sections

  private static func section(_ change: Comparison.Change, _ comparison: Comparison, _ most: Int) -> Section {
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
      items: entries.prefix(most).map(item))
  }

  private static func item(_ entry: Comparison.Entry) -> Item {
    let before = entry.before?.rawValue ?? "not there", now = entry.now?.rawValue ?? "gone"
    var item = Item(id: entry.id, title: entry.title, change: entry.before == entry.now ? now : "\(before) → \(now)")
    switch entry.change {
    case .stillFailing where entry.hasOtherReason:
      item.lines = [
        ("before", entry.reasonBefore ?? "no reason was given"), ("now", entry.reasonNow ?? "no reason was given"),
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

  private static func slower(_ slower: Slowness, _ most: Int) -> Section {
    let items = slower.entries.prefix(most).map { entry in
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

  private static func answers(_ comparison: Comparison, _ most: Int) -> Section {
    let answers = comparison.answers ?? []
    let items = answers.prefix(most).map { answer in
      var item = Item(
        id: answer.subject, change: "in \(cases(answer.cases))",
        lines: [("before", answer.before), ("now", answer.now)])
      if let first = answer.examples.first {
        item.lines.append(("for example", "\(first.id): \(first.step)"))
        item.place = first.place
      }
      return item
    }
    return Section(
      name: "answers", tone: "warn", heading: "Changed answers of cases that are well in both", count: answers.count,
      note: nil, items: Array(items))
  }

  // MARK: Words

  private static func heading(_ change: Comparison.Change) -> (String, String) {
    switch change {
    case .regressed: ("Regressed", "bad")
    case .newFailing: ("New, and failing", "bad")
    case .lost: ("Lost: not judged any more", "bad")
    case .gone: ("Gone", "warn")
    case .warned: ("New warnings", "warn")
    case .stillFailing: ("Still failing", "warn")
    case .fixed: ("Fixed", "good")
    case .gained: ("Judged now, and well", "good")
    case .added: ("New", "")
    }
  }

  static func word(_ change: Comparison.Change) -> String {
    switch change {
    case .newFailing: "new and failing"
    case .lost: "lost"
    case .warned: "with a new warning"
    case .stillFailing: "still failing"
    case .gained: "judged now"
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
