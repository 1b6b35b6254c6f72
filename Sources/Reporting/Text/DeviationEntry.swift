// The entry of a list of expected deviations that makes a finding known.

import ConformanceModel
import JSONValue
import RunEvents

/// A line for the file that `expected-deviations` of a target names.
enum DeviationEntry {
  static let reason = "(why this is accepted)"
  private static let maxText = 300

  /// `- { id: token-border, step: "…", subject: "status", seen: "200", reason: "…" }`; `nil` if the finding cannot be
  /// known in advance: it is not the result of an expectation.
  static func text(_ finding: Finding, of record: CaseRecord) -> String? {
    guard finding.kind == .assertion, finding.verdict != .errored || finding.isSetup else { return nil }
    var members = [("id", record.planned.id)]
    if let step = finding.step { members.append(("step", step)) }
    let subject = [finding.subject, finding.path].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")
    if !subject.isEmpty { members.append(("subject", subject)) }
    // a text that was cut matches nothing
    if let actual = finding.actual, actual.utf8.count <= maxText { members.append(("seen", actual)) }
    members.append(("reason", reason))
    // a string of JSON is a string of YAML
    let pairs = members.map { "\($0.0): \(JSON.string($0.1).compact)" }
    return "- { \(pairs.joined(separator: ", ")) }"
  }

  /// The entries of all findings of a case, each once.
  static func list(_ record: CaseRecord) -> [String] {
    var entries: [String] = []
    for finding in record.findings {
      if let entry = text(finding, of: record), !entries.contains(entry) { entries.append(entry) }
    }
    return entries
  }
}
