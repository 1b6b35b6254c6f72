// What the console prints at the end of a run: the failures, the counts and the result.

import ConformanceModel
import JSONValue
public import RunEvents

extension Console {
  /// How many groups are printed with a case in full; the reports have all cases.
  private static let maxDetailed = 20
  /// How many cases are examined for that.
  private static let maxExamined = 2000
  private static let maxReasons = 20
  /// How many of the cases with the same finding are named.
  private static let maxNamed = 3

  /// Prints the result of the run from its log.
  ///
  /// - Parameters:
  ///   - history: Earlier runs; flaky cases are named.
  ///   - reports: The paths of the written reports.
  public func finish(_ log: RunLog, history: History? = nil, reports: [String]) throws(ReportError) {
    clearProgress()
    var text = unprintedLine() + (try failures(log)) + (try skips(log))
    text += "\n" + counts(log) + "\n"
    if let pack = log.run.environment.first(where: { $0.name == RunFact.pack }) {
      let version = log.run.pack.map { "; version \($0.version)" } ?? ""
      text += SafeText.forConsole(SafeText.oneLine("pack: \(pack.value)\(version)", longest: 300)) + "\n"
    }
    for note in log.summary?.notes ?? [] {
      text += "note: \(SafeText.forConsole(SafeText.oneLine(note, longest: 300)))\n"
    }
    if let history { text += flaky(history) }
    text += try failedBefore(log)
    for report in reports { text += "report: \(report)\n" }
    let headline = Headline(log)
    text += colour(headline.text, headline.verdict) + "\n"
    write(text)
  }

  /// Cases with the same verdict and the same sentence: one cause, however many cases it affects.
  private struct Group {
    /// The first of them.
    var record: CaseRecord
    /// The ids of the others that are named.
    var ids: [String] = []
    var others = 0
    /// The ids of the invariants that failed by the same responses.
    var invariants: [String] = []
  }

  /// Failed and errored cases with their findings, in groups. Of each group, the first case is printed in full.
  private func failures(_ log: RunLog) throws(ReportError) -> String {
    var groups: [Group] = []
    var indices: [String: Int] = [:]
    var knockOns = KnockOns()
    for number in log.numbersCauseFirst.prefix(Console.maxExamined) {
      let record = try log.record(number)
      if let index = knockOns.place(of: record) {
        groups[index].invariants.append(record.planned.id)
        continue
      }
      let headline = record.mainFinding.map(FindingText.headline) ?? FindingText.noReason
      let key = "\(record.verdict.rawValue) \(headline)"
      if let index = indices[key] {
        groups[index].others += 1
        if groups[index].ids.count < Console.maxNamed { groups[index].ids.append(record.planned.id) }
      } else {
        indices[key] = groups.count
        groups.append(Group(record: record))
      }
      knockOns.note(record, at: indices[key] ?? 0)
    }
    let shown = groups.prefix(Console.maxDetailed)
    var text = shown.map { details($0.record) + others($0) + invariants($0) }.joined()
    let rest =
      log.count(.failed) + log.count(.errored) - shown.reduce(0) { $0 + 1 + $1.others + $1.invariants.count }
    if rest > 0 { text += "\n… and \(rest) more in the reports\n" }
    return text
  }

  /// `… and 12 more failed for the same reason: expired-token, after-2038, …`
  private func others(_ group: Group) -> String {
    guard group.others > 0 else { return "" }
    let ids =
      group.ids.map { SafeText.forConsole($0) }.joined(separator: ", ") + (group.others > group.ids.count ? ", …" : "")
    return "  … and \(group.others) more \(group.record.verdict.rawValue) for the same reason: \(ids)\n"
  }

  /// `… and the same responses violate an invariant: no-server-faults`
  private func invariants(_ group: Group) -> String {
    guard !group.invariants.isEmpty else { return "" }
    let what = group.invariants.count == 1 ? "an invariant" : group.invariants.count.counted("invariant")
    let ids = group.invariants.map { SafeText.forConsole($0) }.joined(separator: ", ")
    return "  … and the same responses violate \(what): \(ids)\n"
  }

  private func details(_ record: CaseRecord) -> String {
    let mark = colour(record.verdict.rawValue.uppercased(), record.verdict)
    let title = "\(SafeText.forConsole(record.planned.id)): \(SafeText.forConsole(record.planned.title))"
    return "\n\(mark) \(title)\n"
      + (FindingText.caseLines(record) + FindingText.extras(record)).map { "  \(SafeText.forConsole($0).indented)\n" }
      .joined()
  }

  /// The reasons for which cases were skipped or are pending, each with its count.
  private func skips(_ log: RunLog) throws(ReportError) -> String {
    var reasons: [String: Int] = [:]
    for number in log.numbers where log.verdict(number).isGood == nil {
      let reason = SafeText.oneLine(try log.record(number).reason ?? FindingText.noReason)
      reasons["\(log.verdict(number).rawValue): \(SafeText.forConsole(reason))", default: 0] += 1
    }
    guard !reasons.isEmpty else { return "" }
    let sorted = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    var lines = sorted.prefix(Console.maxReasons).map { "  \($0.value) \($0.key)\n" }
    if sorted.count > lines.count { lines.append("  … and \(sorted.count - lines.count) more reasons\n") }
    return "\n" + lines.joined()
  }

  /// The flaky cases with their last results.
  private func flaky(_ history: History) -> String {
    let ids = history.flakyCases
    var lines = ids.prefix(Console.maxDetailed).map { id in
      let strip = history.strip(of: id)
      return "flaky: \(SafeText.forConsole(SafeText.oneLine(id))) \(History.marks(strip)) (\(History.words(strip)))\n"
    }
    if ids.count > lines.count { lines.append("… and \(ids.count - lines.count) more flaky cases\n") }
    return lines.joined()
  }

  /// `368 cases: 360 passed, 8 skipped; 0.31 s, 1d simulated in 3 clock advances`
  private func counts(_ log: RunLog) -> String {
    let counts = Verdict.allCases.compactMap { verdict -> String? in
      let count = log.count(verdict)
      return count > 0 ? colour("\(count) \(verdict.rawValue)", verdict) : nil
    }
    var line = log.part.map { "\($0): " } ?? ""
    line += "\(log.caseCount.counted("case")): \(counts.isEmpty ? "none" : counts.joined(separator: ", "))"
    if let summary = log.summary {
      line += "; \(summary.seconds.plain(decimals: 2)) s"
      let simulated = summary.simulatedEnd - log.run.simulatedStart
      if simulated.milliseconds > 0 {
        line += ", \(simulated) simulated in \(summary.clockAdvances.counted("clock advance"))"
      }
    }
    return line
  }
}

extension String {
  fileprivate var indented: String {
    split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n  ")
  }
}
