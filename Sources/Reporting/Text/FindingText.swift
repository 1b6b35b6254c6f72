// The sentences about findings: every report takes its words from here.

import ConformanceModel
import HTTPModel
public import RunEvents

public enum FindingText {
  static let noReason = "no reason was given"

  /// The finding in one sentence: what a list, an annotation or the `message` of JUnit shows.
  public static func headline(_ finding: Finding) -> String { headline(finding, hasHint: true) }

  /// - Parameter hasHint: Whether it ends with what to do.
  static func headline(_ finding: Finding, hasHint: Bool) -> String {
    let sentence = finding.mismatch == nil ? finding.message : sentence(finding)
    let headline = sentence.isEmpty ? finding.verdict.rawValue : sentence
    let hint = hasHint ? finding.hint.map { "; \($0)" } ?? "" : ""
    let origin = finding.origin.map { "; in \($0)" } ?? ""
    return (finding.part.map { "\($0) failed: \(headline)" } ?? headline) + hint + origin
  }

  /// The sentence of a mismatch, with what its exchange shows of the cause.
  private static func sentence(_ finding: Finding) -> String {
    let mayBeUnreadable = finding.mismatch == .incomplete || finding.mismatch == .unreadable
    let cause = mayBeUnreadable ? finding.actual.map { notJSON(finding, $0) } : nil
    return finding.sentence(cause: cause, note: redirect(finding))
  }

  /// ` to /login; redirects are not followed`, after the status of a redirect (RFC 9110 section 15.4); else empty.
  private static func redirect(_ finding: Finding) -> String {
    guard let exchange = finding.exchange, [301, 302, 303, 307, 308].contains(exchange.status) else { return "" }
    let location = exchange.responseHeaders.first { $0.name.lowercased() == "location" }?.value ?? ""
    let place = location.isEmpty ? " without a Location" : " to \(SafeText.oneLine(location, longest: maxLocation))"
    let hasStatus = finding.actual?.hasSuffix("\(exchange.status)") == true
    let status = hasStatus ? "" : "; the response is HTTP \(exchange.status)"
    return "\(status)\(place); redirects are not followed"
  }

  private static let maxLocation = 200

  /// `not JSON: it begins with a byte order mark`
  private static func notJSON(_ finding: Finding, _ actual: String) -> String {
    guard let body = finding.exchange?.responseBody else { return actual }
    if actual.hasPrefix("not JSON"), let cause = BodyDiagnosis.cause(body) { return "not JSON: \(cause)" }
    if actual.hasSuffix("not JSON"), let reason = BodyDiagnosis.reason(body) { return "\(actual): \(reason)" }
    return actual
  }

  /// The headline of the finding that decided the verdict of a case, or the reason why it was not run.
  static func headline(_ record: CaseRecord) -> String? { record.mainFinding.map(headline) ?? record.reason }

  /// All findings of a case, those that decided its verdict first, one text for each. An exchange in which several
  /// expectations did not hold is shown once.
  static func caseLines(_ record: CaseRecord, _ route: CurlRoute) -> [String] {
    var shown: [(step: String?, exchange: ExchangeRecord)] = []
    return record.sortedFindings.map { finding in
      let isShown = shown.contains { $0.step == finding.step && $0.exchange == finding.exchange }
      if let exchange = finding.exchange, !isShown { shown.append((finding.step, exchange)) }
      return lines(finding, route, showsExchange: !isShown).joined(separator: "\n")
    }
  }

  /// What else is to know about a case: the steps that were not run, a repetition, and notes; one text, or none.
  static func extras(_ record: CaseRecord) -> [String] {
    var lines = record.notRun.prefix(maxNotRun).map { "not run: \($0)" }
    if record.notRun.count > lines.count {
      lines.append("… and \(record.notRun.count - lines.count) more steps not run")
    }
    if let repetition = repetition(record) { lines.append(repetition) }
    lines += record.notes.map { "note: \($0)" }
    return lines.isEmpty ? [] : [lines.joined(separator: "\n")]
  }

  private static let maxNotRun = 20

  /// `run 2 times; the result is that of the last: the connection was closed`
  static func repetition(_ record: CaseRecord) -> String? {
    guard record.attempts > 1 else { return nil }
    let why = record.rerun.map { ": \($0)" } ?? ""
    return "run \(record.attempts) times; the result is that of the last\(why)"
  }

  /// What was expected, what was received, and how to repeat the request, in a few lines.
  public static func lines(_ finding: Finding, _ route: CurlRoute = .direct) -> [String] {
    lines(finding, route, showsExchange: true)
  }

  private static func lines(_ finding: Finding, _ route: CurlRoute, showsExchange: Bool) -> [String] {
    var lines = marked("", headline(finding))
    if !finding.requirements.isEmpty {
      let names = finding.requirements.map { "\($0.id) (\($0.level.rawValue))" }
      lines.append("requirement: " + names.joined(separator: ", "))
    }
    if let place = finding.shownPlace { lines.append("  at \(place)") }
    if let step = finding.step { lines.append("step: \(step)") }
    if let expected = finding.expected { lines += marked("- expected: ", expected) }
    if let actual = finding.actual { lines += marked("+ actual:   ", actual) }
    guard showsExchange else { return lines + ["in the same exchange"] }
    let simulated = finding.simulated.map { "simulated time \($0)" }, wall = finding.wall.map { "wall time \($0)" }
    let times = [simulated, wall].compactMap(\.self)
    if !times.isEmpty { lines.append(times.joined(separator: ", ")) }
    if let exchange = finding.exchange {
      lines += self.lines(exchange)
      if let curl = Curl.command(for: exchange, route: route) { lines.append("repeat: \(curl)") }
    }
    return lines
  }
}

extension Finding {
  /// `fragments/new-token.yaml:7, used at expiry/token-border.yaml:12`
  var shownPlace: String? {
    place.map { place in
      "\(place.file):\(place.line)" + (usedAt.map { ", used at \($0.file):\($0.line)" } ?? "")
    }
  }

  /// Whether the hint names a key of the target file as the cause, or as one of two: it belongs to the first line.
  var hasKeyToChange: Bool { hint?.contains("target file") == true }
}

extension CaseRecord {
  /// The finding that decided the verdict. A value that an earlier step should have saved is missing because of what
  /// that step found, so that finding comes first.
  var mainFinding: Finding? {
    let deciding = findings.filter { $0.verdict == verdict }
    // what the steps of `finally` found hides nothing that others found
    return deciding.first { !$0.isCleanup && $0.kind != .internal } ?? deciding.first { !$0.isCleanup }
      ?? deciding.first ?? findings.first
  }

  /// The findings that decided the verdict, then the others.
  var sortedFindings: [Finding] {
    let main = mainFinding
    let own = findings.filter { $0.verdict == verdict && $0 != main }
    return [main].compactMap(\.self) + own + findings.filter { $0.verdict != verdict && $0 != main }
  }
}
