// The failures of a run on the console: each once, the first in full.

import ConformanceModel
import JSONValue
import RunEvents

extension Console {
  /// How many groups are printed with a case in full, unless all are; the others are a list.
  private static let maxDetailed = 10
  private static let maxListed = 40
  /// How many cases are examined for that; the reports have all.
  private static let maxExamined = 2000
  private static let maxHeadline = 300
  private static let maxListedHeadline = 160

  /// The failed and errored cases in groups of identical ones: the first groups with one case in full, and the others,
  /// and all warnings, in one line each.
  func failures(_ log: RunLog) throws(ReportError) -> String {
    let failed = try groups(log.numbersCauseFirst, log)
    let detailed = failed.prefix(style.isVerbose ? .max : Console.maxDetailed)
    var text = detailed.map { details($0, log.run) }.joined()
    let count = log.count(.failed) + log.count(.errored) - detailed.reduce(0) { $0 + $1.count }
    text += list(failed.dropFirst(detailed.count), of: count, "\(detailed.isEmpty ? "" : "more ")not conforming")
    let warned = try groups(log.numbers.filter { log.verdict($0) == .warned }, log)
    // who runs a few cases wants to see all of them
    let hasDetails = style.isVerbose || log.run.selectsCases
    text += warned.prefix(hasDetails ? Console.maxDetailed : 0).map { details($0, log.run) }.joined()
    let rest = warned.dropFirst(hasDetails ? Console.maxDetailed : 0)
    let shown = warned.reduce(0) { $0 + $1.count } - rest.reduce(0) { $0 + $1.count }
    return text + list(rest, of: log.count(.warned) - shown, "warned")
  }

  private func groups(_ numbers: [Int], _ log: RunLog) throws(ReportError) -> [FailureGroup] {
    var groups = FailureGroups()
    for number in numbers.prefix(Console.maxExamined) { groups.add(try log.record(number)) }
    return groups.causeFirst
  }

  /// `FAILED token-border - status: expected 401, got 200`
  private func headline(_ record: CaseRecord, longest: Int = Console.maxHeadline) -> String {
    let mark = colour(record.verdict.rawValue.uppercased(), record.verdict)
    let sentence =
      record.mainFinding.map { FindingText.headline($0, hasHint: $0.hasKeyToChange) } ?? FindingText.noReason
    let text = SafeText.oneLine(sentence, longest: longest)
    return "\(mark) \(SafeText.forConsole(record.planned.id)) - \(SafeText.forConsole(text))"
  }

  private func details(_ group: FailureGroup, _ run: RunDescription) -> String {
    let record = group.record, route = CurlRoute(run)
    var lines =
      style.isVerbose
      ? [record.planned.title] + FindingText.caseLines(record, route) + FindingText.extras(record)
      : CaseSketch.lines(record, route)
    if let command = RepeatCommand.text(run, case: record) { lines.append("this case: \(command)") }
    lines += [group.othersLine, group.invariantsLine].compactMap(\.self)
    return "\n\(headline(record))\n" + lines.map { "  \(SafeText.forConsole($0).indented)\n" }.joined()
  }

  /// One line for each group, and how many cases have none.
  private func list(_ groups: ArraySlice<FailureGroup>, of count: Int, _ what: String) -> String {
    guard count > 0 else { return "" }
    let listed = groups.prefix(Console.maxListed)
    var text = listed.map { group in
      headline(group.record, longest: Console.maxListedHeadline)
        + (group.count > 1 ? " (and \(group.count - 1) more)" : "") + "\n"
    }.joined()
    let rest = count - listed.reduce(0) { $0 + $1.count }
    if rest > 0 { text += "… and \(rest) more \(what == "warned" ? "warned, " : "")in the reports\n" }
    return "\n" + text
  }
}

extension RunDescription {
  /// Whether single cases or scenarios were selected by name.
  fileprivate var selectsCases: Bool { command.contains { $0 == "--only" || $0.hasPrefix("--only=") } }
}

extension String {
  var indented: String {
    split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n  ")
  }
}
