// GitLab code quality: findings at the lines of the scenarios.

import ConformanceModel
import Cryptography
import JSONValue
import RunEvents

struct GitLabCodeQuality: ReportRenderer {
  private let log: RunLog
  private let sink: ReportSink
  private let paths = RepositoryPaths.current
  private var items = JSONItems(level: 0)

  init(_ log: RunLog, _ sink: ReportSink) {
    self.log = log
    self.sink = sink
  }

  func needs(_ number: Int) -> Bool { log.verdict(number).isFinding }

  mutating func handle(_ view: CaseView) throws(ReportError) {
    for issue in issues(view.record) { try sink.write(items.next(issue)) }
  }

  mutating func finish() throws(ReportError) { try sink.write(items.end + "\n") }

  private func issues(_ record: CaseRecord) -> [JSON] {
    // without line numbers, so that a finding keeps its fingerprint when lines move
    var seen: [String: Int] = [:]
    return record.findings.map { finding in
      let place = finding.place ?? Place(file: record.planned.file, line: record.planned.line, column: 1)
      let path = paths.relative(place.file)
      let key =
        "\(record.planned.id)\u{0}\(path)\u{0}\(finding.subject ?? finding.kind.rawValue)\u{0}\(finding.step ?? "")"
      seen[key, default: 0] += 1
      let fingerprint = Hex.digits(SHA256.hash(Array("\(key)\u{0}\(seen[key] ?? 1)".utf8)))
      // GitLab shows a finding at a file of the repository only
      let shown = paths.place(place, orTarget: log.run.targetFile) ?? place
      let lines: JSON = .object([.init("begin", .int(max(1, shown.line)))])
      return .object([
        .init("description", .string(GitLabCodeQuality.description(finding, record.planned))),
        .init("check_name", .string(GitLabCodeQuality.name(finding, record.planned))),
        .init("fingerprint", .string(fingerprint)),
        .init("severity", .string(GitLabCodeQuality.severity(finding.verdict))),
        .init(
          "location",
          .object([.init("path", .string(shown.file.isEmpty ? "unknown" : shown.file)), .init("lines", lines)])),
      ])
    }
  }

  private static func description(_ finding: Finding, _ planned: PlannedCase) -> String {
    SafeText.oneLine("\(planned.id): \(FindingText.headline(finding))", longest: 500)
  }

  /// The requirement, or else the scenario: consumers refuse an empty name.
  private static func name(_ finding: Finding, _ planned: PlannedCase) -> String {
    let names = [finding.requirements.first?.id, planned.covers.first?.id, planned.scenario].compactMap { $0 }
    return names.first { !$0.isEmpty } ?? "conform"
  }

  private static func severity(_ verdict: Verdict) -> String {
    switch verdict {
    case .failed: "critical"
    case .errored: "major"
    default: "minor"
    }
  }
}
