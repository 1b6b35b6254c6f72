// The sentences about findings: every report takes its words from here.

import ConformanceModel
import HTTPModel
public import RunEvents

public enum FindingText {
  static let noReason = "no reason was given"

  /// The finding in one sentence: what a list, an annotation or the `message` of JUnit shows.
  public static func headline(_ finding: Finding) -> String {
    let sentence = finding.mismatch.map { self.sentence($0, finding) } ?? finding.statement ?? difference(finding)
    let headline = sentence.isEmpty ? finding.verdict.rawValue : sentence
    return finding.isSetup ? "setup failed: \(headline)" : headline
  }

  private static func sentence(_ mismatch: Mismatch.Kind, _ finding: Finding) -> String {
    let part = part(finding), expected = finding.expected ?? "", actual = finding.actual ?? ""
    return switch mismatch {
    case .value: "\(part): expected \(expected), got \(actual)"
    case .missing: "\(part): missing (expected \(expected))"
    case .unexpected: "\(part): expected to be absent, got \(actual)"
    case .outcome: "\(part) failed: \(actual) (expected \(expected))"
    case .incomplete: "\(part) failed: \(actual)"
    case .tokenIssued: "a token was issued (expected \(expected))"
    case .unreadable: "\(part): \(actual)"
    case .secretShown: "\(part) shows a secret: \(actual)"
    case .more: "\(part): \(actual)"
    }
  }

  /// `body as JSON, /error`
  private static func part(_ finding: Finding) -> String {
    [finding.subject, finding.path].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// A finding without a statement and without a kind of mismatch.
  private static func difference(_ finding: Finding) -> String {
    let expected = finding.expected.map { "expected \($0)" }, actual = finding.actual.map { "got \($0)" }
    let difference = [expected, actual].compactMap(\.self).joined(separator: ", ")
    return [part(finding), difference].filter { !$0.isEmpty }.joined(separator: ": ")
  }

  /// The headline of the finding that decided the verdict of a case, or the reason why it was not run.
  static func headline(_ record: CaseRecord) -> String? { record.mainFinding.map(headline) ?? record.reason }

  /// All findings of a case, those that decided its verdict first, one text for each.
  static func caseLines(_ record: CaseRecord) -> [String] {
    record.sortedFindings.map { lines($0).joined(separator: "\n") }
  }

  /// All findings of a case as one text.
  static func details(_ record: CaseRecord) -> String { caseLines(record).joined(separator: "\n\n") }

  /// What was expected, what was received, and how to repeat the request, in a few lines.
  public static func lines(_ finding: Finding) -> [String] {
    var lines = marked("", headline(finding))
    if !finding.requirements.isEmpty {
      let names = finding.requirements.map { "\($0.id) (\($0.level.rawValue))" }
      lines.append("requirement: " + names.joined(separator: ", "))
    }
    if let place = finding.place { lines.append("  at \(place.file):\(place.line)") }
    if let step = finding.step { lines.append("step: \(step)") }
    if let expected = finding.expected { lines += marked("- expected: ", expected) }
    if let actual = finding.actual { lines += marked("+ actual:   ", actual) }
    let simulated = finding.simulated.map { "simulated time \($0)" }, wall = finding.wall.map { "wall time \($0)" }
    let times = [simulated, wall].compactMap(\.self)
    if !times.isEmpty { lines.append(times.joined(separator: ", ")) }
    if let exchange = finding.exchange {
      lines += self.lines(exchange)
      if let curl = Curl.command(for: exchange) { lines.append("repeat: \(curl)") }
    }
    return lines
  }
}

extension CaseRecord {
  /// The finding that decided the verdict.
  var mainFinding: Finding? { findings.first { $0.verdict == verdict } ?? findings.first }

  /// The findings that decided the verdict, then the others.
  var sortedFindings: [Finding] {
    findings.filter { $0.verdict == verdict } + findings.filter { $0.verdict != verdict }
  }
}
