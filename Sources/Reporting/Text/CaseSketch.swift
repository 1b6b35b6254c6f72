// A failed case in a few lines, for the console: what a person needs who has to find the fault, and nothing twice.

import ConformanceModel
import HTTPModel
import RunEvents

enum CaseSketch {
  private static let maxFindings = 3
  private static let maxBodyLines = 4
  private static let maxLine = 400
  /// The header fields of a response that say what to do next.
  private static let actionable: Set<String> = ["www-authenticate", "location", "retry-after", "allow"]
  /// Those that every response has.
  private static let usual: Set<String> = ["date", "content-length", "connection", "keep-alive", "server"]

  /// Everything after the headline, which has the verdict, the id and the main finding.
  static func lines(_ record: CaseRecord, _ route: CurlRoute) -> [String] {
    var lines = [record.planned.title]
    guard let main = record.mainFinding else { return lines + rest(record) }
    if let requirements = requirements(main) { lines.append(requirements) }
    if let step = main.step {
      lines.append("step: \(step)" + (main.simulated.map { ", at \($0) of simulated time" } ?? ""))
    }
    lines += difference(main)
    if let hint = main.hint, !main.hasKeyToChange { lines.append("hint: \(hint)") }
    lines += others(record, main)
    if let exchange = main.exchange {
      lines += response(exchange, record.findings.filter { $0.exchange == exchange })
      if let curl = Curl.command(for: exchange, route: route) {
        lines.append("repeat: \(curl)")
      } else {
        lines.append("> \(exchange.method) \(exchange.url)")
      }
    }
    return lines + rest(record)
  }

  /// `EXP-02 (must), at Scenarios/expiry/token-border.yaml:12`
  private static func requirements(_ finding: Finding) -> String? {
    let names = finding.requirements.map { "\($0.id) (\($0.level.rawValue))" }
    let place = finding.shownPlace.map { "at \($0)" }
    let parts = names + [place].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// Expected and actual values, unless the headline has them.
  private static func difference(_ finding: Finding) -> [String] {
    let headline = FindingText.headline(finding, hasHint: false)
    let values = [("- expected: ", finding.expected), ("+ actual:   ", finding.actual)]
    guard values.contains(where: { value in value.1.map { !headline.contains($0) } ?? false }) else { return [] }
    return values.flatMap { mark, text in text.map { FindingText.marked(mark, $0) } ?? [] }
  }

  /// The other findings of the case, one line each: those about the same exchange do not show it again.
  private static func others(_ record: CaseRecord, _ main: Finding) -> [String] {
    // a condition can be both a must and a should
    var seen: Set = [FindingText.headline(main, hasHint: false)]
    let rest = record.sortedFindings.filter {
      $0 != main && seen.insert(FindingText.headline($0, hasHint: false)).inserted
    }
    var lines = rest.prefix(maxFindings).map { finding in
      let step = finding.step == main.step ? nil : finding.step
      let severity = finding.verdict == record.verdict ? "" : "\(finding.verdict.rawValue): "
      return "also: \(severity)\(FindingText.headline(finding, hasHint: false))" + (step.map { "; step: \($0)" } ?? "")
    }
    if rest.count > lines.count {
      lines.append("… and \((rest.count - lines.count).counted("more finding", "more findings"))")
    }
    return lines
  }

  private static func response(_ exchange: ExchangeRecord, _ findings: [Finding]) -> [String] {
    guard exchange.isHTTP, exchange.status > 0 else { return [] }
    let subjects = findings.compactMap(\.subject)
    let isAboutFields = subjects.contains {
      $0.contains("header") || $0.contains("media type") || $0.contains("secret")
    }
    var shown = exchange
    shown.responseHeaders = exchange.responseHeaders.filter { field in
      let name = field.name.lowercased()
      let isNamed = subjects.contains { $0.lowercased().contains(name) }
      return isNamed || (isAboutFields ? !usual.contains(name) : actionable.contains(name))
    }
    let lines = FindingText.responseLines(shown).map { SafeText.oneLine($0, longest: maxLine) }
    let limit = 1 + shown.responseHeaders.count + maxBodyLines
    return lines.count > limit ? lines.prefix(limit) + ["< …"] : lines
  }

  /// The steps that were not run, a repetition, and notes.
  private static func rest(_ record: CaseRecord) -> [String] {
    var lines: [String] = []
    if let first = record.notRun.first {
      let more = record.notRun.count - 1
      lines.append("not run: \(first)" + (more > 0 ? ", and \(more.counted("more step", "more steps"))" : ""))
    }
    if let repetition = FindingText.repetition(record) { lines.append(repetition) }
    return lines + record.notes.map { "note: \($0)" }
  }
}
