// Identical findings in groups: a target with one defect shows one line, not a hundred.

import ConformanceModel
import RunEvents

struct FindingGroups {
  private struct Group {
    var headline: String
    /// The most severe one of the cases.
    var verdict: Verdict
    /// How much the headline says of the cause: the less, the more.
    var causeRank = 0
    var count = 0
    /// How many of them only have warnings.
    var warned = 0
    /// Whether it has the finding of the probe, on which others depend, or explains others.
    var isCause = false
    /// The cases that are listed.
    var failures: [Markup] = []
    var warnings: [Markup] = []
    /// The invariants that failed by the same responses.
    var invariants = Markup()

    var rank: Int { isCause ? 0 : verdict == .failed ? 1 : 2 }

    /// `8 cases`, `8 cases, 3 of them only warned`
    var cases: String {
      let isMixed = verdict != .warned && warned > 0
      return "\(count) cases\(isMixed ? ", \(warned) of them only warned" : "")"
    }

    static func severity(_ verdict: Verdict) -> Int { verdict == .failed ? 2 : verdict == .errored ? 1 : 0 }
  }

  /// Beyond this many cases, only the name is shown.
  private static let maxDetailed = 300
  private static let maxText = 12_000
  /// The cases of a group that are shown before the others are folded.
  private static let maxOpen = 3
  /// The cases of a group that are listed: with thousands, the page is slow to open. All are in the table of cases.
  static let maxListed = 500

  private let run: RunDescription
  private var groups: [Group] = []
  /// By headline, the index in `groups`.
  private var indices: [String: Int] = [:]
  private var detailed = 0
  private var knockOns = KnockOns()

  init(_ log: RunLog) { run = log.run }

  mutating func add(_ view: CaseView) {
    guard view.verdict.isFinding else { return }
    if let index = knockOns.place(of: view.record) {
      groups[index].invariants += item(view, isDetailed: detailed < FindingGroups.maxDetailed)
      detailed += 1
      return
    }
    let headline = SafeText.oneLine(
      view.record.mainFinding.map { finding in
        var finding = finding
        finding.origin = finding.origin.map(PackPath(view.planned).relative(origin:))
        return FindingText.headline(finding)
      } ?? "\(view.verdict.rawValue): \(FindingText.noReason)", longest: 300)
    let cause = view.record.mainFinding?.cause
    let key = cause?.group ?? headline
    let index = indices[key] ?? groups.count
    if index == groups.count {
      groups.append(Group(headline: headline, verdict: view.verdict, causeRank: cause?.rank ?? 0))
      indices[key] = index
    } else if let rank = cause?.rank, rank < groups[index].causeRank {
      groups[index].headline = headline
      groups[index].causeRank = rank
    }
    // a problem can fail one case and warn in another: it is one entry
    if Group.severity(view.verdict) > Group.severity(groups[index].verdict) { groups[index].verdict = view.verdict }
    groups[index].count += 1
    if view.verdict == .warned { groups[index].warned += 1 }
    knockOns.note(view.record, at: index)
    if view.planned.suite == PlannedCase.probeSuite || cause != nil { groups[index].isCause = true }
    guard groups[index].count <= FindingGroups.maxListed else { return }
    let item = item(view, isDetailed: detailed < FindingGroups.maxDetailed)
    detailed += 1
    if view.verdict == .warned { groups[index].warnings.append(item) } else { groups[index].failures.append(item) }
  }

  private func item(_ view: CaseView, isDetailed: Bool) -> Markup {
    let planned = view.planned
    let path = PackPath(planned), place = view.record.mainFinding?.place
    let location = "\(path.relative(place?.file ?? planned.file)):\(place?.line ?? planned.line)"
    let names = planned.covers.map(\.id).joined(separator: " ")
    let sources = names.isEmpty ? location : "\(names) · \(location)"
    let word: Markup? = view.verdict == .warned ? "<span class=\"word is-warned only\">warned</span> " : nil
    var item: Markup = """
      <li id="case=\(fragment: planned.id)">\(word)<a href="#case=\(fragment: planned.id)">\(planned.id)</a> \
      <span class="title">\(planned.title)</span> \
      <span class="source">\(sources)</span>

      """
    if isDetailed { item += details(view, path) }
    item += "</li>\n"
    return item
  }

  private func details(_ view: CaseView, _ path: PackPath) -> Markup {
    let text = path.relative(lines: JUnitBudget.cut(view.details, to: FindingGroups.maxText))
    var details: Markup = """
      <details><summary>details</summary>
      <pre>\(text)</pre>

      """
    if let command = RepeatCommand.text(run, scenario: view.planned.id) {
      details += """
        <p class="command"><span>Run this case alone</span> <code data-copy>\(command)</code></p>

        """
    }
    let entries = DeviationEntry.list(view.record).joined(separator: "\n")
    if !entries.isEmpty {
      details += """
        <p class="command"><span>Expected deviation</span> <code data-copy="Copy as expected deviation">\(entries)</code></p>

        """
    }
    details += "</details>\n"
    return details
  }

  private static func unlisted(_ count: Int) -> Markup? {
    guard count > maxListed else { return nil }
    return "<p class=\"note\">The other \(count - maxListed) cases are in the table of cases.</p>\n"
  }

  /// How many cases are in the groups that only have warnings, or in the others.
  func count(isWarning: Bool) -> Int {
    groups.reduce(0) { $0 + (($1.verdict == .warned) == isWarning ? $1.count : 0) }
  }

  /// The list of the groups: what the probe found, then the largest first.
  func list(isWarning: Bool) -> Markup {
    let chosen = groups.filter { ($0.verdict == .warned) == isWarning }.enumerated().sorted {
      ($0.element.rank, $1.element.count, $0.offset) < ($1.element.rank, $0.element.count, $1.offset)
    }
    var list: Markup = "<ol class=\"groups\">\n"
    for (_, group) in chosen {
      list += """
        <li class="group is-\(group.verdict.rawValue)">
        <p class="message"><span aria-hidden="true">\(group.verdict.icon)</span> \
        <span class="word">\(group.verdict.rawValue)</span> \(group.headline)
        """
      if group.count > 1 { list += " <span class=\"count\">\(group.cases)</span>" }
      // what only warned comes last
      let items = group.failures + group.warnings
      list += "</p>\n<ul>\n\(Array(items.prefix(FindingGroups.maxOpen)))</ul>\n"
      if group.count > FindingGroups.maxOpen {
        list += """
          <details class="rest"><summary>and \(group.count - FindingGroups.maxOpen) more</summary>
          <ul>
          \(Array(items.dropFirst(FindingGroups.maxOpen)))</ul>
          \(FindingGroups.unlisted(group.count))</details>

          """
      }
      if !group.invariants.bytes.isEmpty {
        list += "<p class=\"source\">The same responses violate:</p>\n<ul>\n\(group.invariants)</ul>\n"
      }
      list += "</li>\n"
    }
    list += "</ol>\n"
    return list
  }
}
