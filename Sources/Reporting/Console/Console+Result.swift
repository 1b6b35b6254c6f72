// What the console prints at the end of a run: the failures, the counts and the result.

import ConformanceModel
import JSONValue
public import RunEvents

extension Console {
  private static let maxReasons = 20
  /// How many of them are printed after failures, which matter more.
  private static let maxReasonsAfterFailures = 5
  private static let maxFlaky = 20
  private static let maxPending = 20

  /// Prints the result of the run from its log.
  ///
  /// - Parameters:
  ///   - history: Earlier runs; flaky cases are named.
  ///   - reports: The paths of the written reports.
  public func finish(_ log: RunLog, history: History? = nil, reports: [String]) throws(ReportError) {
    clearProgress()
    var text = try failures(log) + skips(log) + pending(log)
    text += "\n" + counts(log) + "\n"
    if let pack = log.run.environment.first(where: { $0.name == RunFact.pack }) {
      let version = log.run.pack.map { "; version \($0.version)" } ?? ""
      text += SafeText.forConsole(SafeText.oneLine("pack: \(pack.value)\(version)", longest: 300)) + "\n"
    }
    for note in log.summary?.notes ?? [] {
      text += "note: \(SafeText.forConsole(SafeText.oneLine(note, longest: 600)))\n"
    }
    if let history { text += flaky(history) }
    text += try failedBefore(log)
    for report in reports { text += "report: \(report)\n" }
    let headline = Headline(log)
    text += colour(headline.text, headline.verdict) + "\n"
    write(text)
  }

  /// The reasons for which cases were skipped, each with its count.
  private func skips(_ log: RunLog) throws(ReportError) -> String {
    var reasons: [String: Int] = [:]
    for number in log.numbers where log.verdict(number) == .skipped {
      let reason = SafeText.oneLine(try log.record(number).reason ?? FindingText.noReason)
      reasons["\(log.verdict(number).rawValue): \(SafeText.forConsole(reason))", default: 0] += 1
    }
    guard !reasons.isEmpty else { return "" }
    let sorted = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let hasFailures = log.count(.failed) + log.count(.errored) > 0 && !style.isVerbose
    let limit = hasFailures ? Console.maxReasonsAfterFailures : Console.maxReasons
    var lines = sorted.prefix(limit).map { "  \($0.value) \($0.key)\n" }
    if sorted.count > lines.count {
      let others = sorted.dropFirst(lines.count).reduce(0) { $0 + $1.value }
      lines.append("  … and \(others.counted("more case", "more cases")) for other reasons\n")
    }
    return "\n" + lines.joined()
  }

  /// The cases that wait for real time, and the command that continues them.
  private func pending(_ log: RunLog) throws(ReportError) -> String {
    let numbers = log.numbers.filter { log.verdict($0) == .pending }
    guard !numbers.isEmpty else { return "" }
    var lines: [String] = []
    for number in numbers.prefix(Console.maxPending) {
      let record = try log.record(number)
      // what to run then is printed once
      let reason = (record.reason ?? FindingText.noReason).prefix { $0 != ";" }
      let text = "pending: \(record.planned.id): \(reason)"
      lines.append(SafeText.forConsole(SafeText.oneLine(text, longest: 300)) + "\n")
    }
    if numbers.count > lines.count { lines.append("… and \(numbers.count - lines.count) more pending cases\n") }
    if let command = ResumeText.command(log) { lines.append("then: \(SafeText.forConsole(command))\n") }
    return "\n" + lines.joined()
  }

  /// The flaky cases with their last results.
  private func flaky(_ history: History) -> String {
    let ids = history.flakyCases
    var lines = ids.prefix(Console.maxFlaky).map { id in
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
