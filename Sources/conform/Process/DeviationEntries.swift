// The entries that make the failures of a run known deviations, to paste into the file of expected deviations.

import ConformanceModel
import Execution
import JSONValue
import RunEvents

/// Entries of a `*.expected.yaml` for the failures of a run, printed with `--verbose`.
struct DeviationEntries {
  private static let maxEntries = 50

  /// `nil` if no case failed.
  let text: String?

  init(_ log: RunLog) throws(ReportError) {
    var entries: [String] = []
    for number in log.numbers where [.failed, .warned].contains(log.verdict(number)) {
      let record = try log.record(number)
      for finding in record.findings where finding.kind == .assertion && finding.subject != nil {
        let entry = DeviationEntries.entry(record.planned.id, finding)
        if !entries.contains(entry) { entries.append(entry) }
      }
      guard entries.count < DeviationEntries.maxEntries else { break }
    }
    text =
      entries.isEmpty
      ? nil
      : "to accept a failure as a known deviation, add its entry with a reason to the file of expected deviations:\n"
        + entries.prefix(DeviationEntries.maxEntries).joined()
  }

  /// Texts are written as JSON strings, which are also YAML.
  private static func entry(_ id: String, _ finding: Finding) -> String {
    let members: [(String, String?)] = [
      ("id", id), ("step", finding.step), ("subject", finding.subjectWithPath), ("seen", finding.actual),
    ]
    let lines = members.compactMap { name, value in value.map { "\(name): \(JSON.string($0).compact)" } }
    return "  - " + (lines + ["reason: \"\""]).joined(separator: "\n    ") + "\n"
  }
}
