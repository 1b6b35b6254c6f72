// JUnit XML, in the shape that all the usual consumers and schemas agree on.

import Conformance
import XML

/// Renders a run log as JUnit XML: a suite for each area, a test case for each case.
///
/// The shape is the common denominator of Jenkins' junit-10, Surefire's and Windyroad's schemas: flat suites, one outcome a
/// case, `failure` for what the target did wrong, `error` for what could not be judged.
public struct JUnitReport {
  private let log: RunLog
  /// Consumers give up on larger files; the texts of many failures share this.
  private static let textBudget = 24 << 20
  private static let longestText = 1 << 20

  public init(_ log: RunLog) { self.log = log }

  /// Writes the report. A former one stays until the new one is whole.
  public func write(to path: String) throws(ReportError) {
    try ReportFile.replace(path) { temporary in
      let writer = try XMLWriter(path: temporary)
      try render(writer)
      try writer.end()
    }
  }

  private func render(_ writer: XMLWriter) throws {
    let suites = try log.areas.enumerated().map { try Suite($0.offset, $0.element, log) }
    let troubled = max(1, log.count(.failed) + log.count(.errored) + log.count(.warned))
    let budget = min(JUnitReport.longestText, JUnitReport.textBudget / troubled)
    try writer.element(
      "testsuites",
      [
        ("name", "conform"), ("tests", "\(log.caseCount)"), ("failures", "\(log.count(.failed))"), ("errors", "\(log.count(.errored))"),
        ("time", seconds(suites.map(\.seconds).max() ?? 0)),
      ]
    ) {
      for suite in suites { try render(suite, writer, budget) }
    }
  }

  /// The figures of an area.
  private struct Suite {
    let number: Int
    let area: String
    let cases: [Int]
    var seconds = 0.0
    var startedAt: Instant?
    var counts: [Verdict: Int] = [:]

    init(_ number: Int, _ area: String, _ log: RunLog) throws(ReportError) {
      self.number = number
      self.area = area
      cases = log.numbers(inArea: area)
      for one in cases {
        let record = try log.record(one)
        counts[record.verdict, default: 0] += 1
        // cases of a suite run at the same time: the sum is what they cost
        seconds += record.seconds
        startedAt = min(startedAt ?? record.startedAt, record.startedAt)
      }
    }

    var skipped: Int { counts[.skipped, default: 0] + counts[.pending, default: 0] }
  }

  private func render(_ suite: Suite, _ writer: XMLWriter, _ budget: Int) throws {
    let run = log.run
    try writer.element(
      "testsuite",
      [
        ("name", JUnitName.ascii(suite.area)), ("package", ""), ("id", "\(suite.number)"),
        ("timestamp", (suite.startedAt ?? run.startedAt).withoutZone), ("hostname", JUnitName.ascii(run.host)),
        ("tests", "\(suite.cases.count)"), ("failures", "\(suite.counts[.failed, default: 0])"),
        ("errors", "\(suite.counts[.errored, default: 0])"), ("skipped", "\(suite.skipped)"), ("time", seconds(suite.seconds)),
      ]
    ) {
      try writer.element("properties") {
        for (name, value) in properties(suite) { try writer.element("property", [("name", name), ("value", value)]) }
      }
      var names = JUnitName()
      for number in suite.cases {
        let record = try log.record(number)
        try render(record, names.unique(record.planned), writer, budget)
      }
    }
  }

  private func properties(_ suite: Suite) -> [(String, String)] {
    let run = log.run
    var properties = [
      ("harness.version", run.version), ("target", run.target), ("started-at", run.startedAt.description),
      ("simulated-start", run.simulatedStart.description), ("warnings", "\(suite.counts[.warned, default: 0])"),
    ]
    if let summary = log.summary {
      properties.append(("simulated-end", summary.simulatedEnd.description))
      if let aborted = summary.aborted { properties.append(("aborted", aborted)) }
    }
    if let seed = run.seed { properties.append(("seed", "\(seed)")) }
    if !run.command.isEmpty { properties.append(("command", run.command.joined(separator: " "))) }
    return properties.map { ($0.0, SafeText.oneLine($0.1, longest: 400)) }
  }

  private func render(_ record: CaseRecord, _ name: String, _ writer: XMLWriter, _ budget: Int) throws {
    let attributes = [("classname", JUnitName.className(record.planned)), ("name", name), ("time", seconds(record.seconds))]
    try writer.element("testcase", attributes) {
      switch record.verdict {
      case .passed: break
      case .warned:
        let text = record.problems.flatMap { ["WARNING: \($0.message)"] + ProblemText.lines($0).dropFirst() }.joined(separator: "\n")
        try writer.element("system-out", text: JUnitReport.cut(text, to: budget))
      case .skipped, .pending:
        let reason = SafeText.oneLine(record.reason ?? record.verdict.rawValue)
        try writer.element("skipped", [("message", reason)], text: reason)
      case .failed, .errored:
        // what decided the verdict comes first; the rest of the problems stands below it
        let problems = record.problems.filter { $0.verdict == record.verdict } + record.problems.filter { $0.verdict != record.verdict }
        let first = problems.first ?? Problem(record.verdict, .internal, record.verdict.rawValue)
        let text = problems.isEmpty ? first.message : problems.map { ProblemText.lines($0).joined(separator: "\n") }.joined(separator: "\n\n")
        try writer.element(
          record.verdict == .failed ? "failure" : "error",
          [("type", first.kind.rawValue), ("message", SafeText.oneLine(first.message))], text: JUnitReport.cut(text, to: budget))
      }
    }
  }

  private func seconds(_ value: Double) -> String {
    let text = value.plain(decimals: 3)
    guard let point = text.firstIndex(of: ".") else { return text + ".000" }
    return text + String(repeating: "0", count: 4 - text.distance(from: point, to: text.endIndex))
  }

  /// Leaves out the middle of a long text, and says how much.
  static func cut(_ text: String, to longest: Int) -> String {
    let bytes = text.utf8
    guard bytes.count > longest else { return text }
    let half = max(100, (longest - 60) / 2)
    let head = String(decoding: bytes.prefix(half), as: UTF8.self)
    let tail = String(decoding: bytes.suffix(half), as: UTF8.self)
    return "\(head)\n… \(bytes.count - 2 * half) bytes left out …\n\(tail)"
  }
}
