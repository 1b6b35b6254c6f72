// JUnit XML, in the shape that the usual consumers and schemas agree on.

import ConformanceModel
import Glibc
import JSONValue
import RunEvents
import XML

/// Renders a run log as JUnit XML.
///
/// The shape is the common denominator of the schemas of Jenkins (junit-10), Surefire and Windyroad: flat suites, one
/// outcome for each case, `failure` if the target did something wrong, `error` if a case could not be judged.
final class JUnitReport: ReportRenderer {
  private let log: RunLog
  private let isExtended: Bool
  private let paths = RepositoryPaths.current
  private let writer: XMLWriter
  /// Where it is written, for errors.
  private let place: String
  /// The reader closed the pipe, such as `head`: not an error.
  private var hasNoReader = false

  private var names: JUnitName
  private let times: CaseTimes
  private let suites: [JUnitSuite]
  private var budget: JUnitBudget
  /// The suite of the next case, and how many of its cases are written.
  private var position = (suite: 0, cases: 0)

  /// - Parameter isExtended: With the scenario's file and line, and properties, for each case. Consumers that validate
  ///   against a schema refuse these.
  init(_ log: RunLog, _ draft: ReportDraft, isExtended: Bool = false) {
    self.log = log
    self.isExtended = isExtended
    place = draft.name
    var names = JUnitName()
    times = CaseTimes(log)
    suites = JUnitSuite.all(log, &names, times)
    self.names = names
    // passed cases may have a text too, though few do
    budget = JUnitBudget(cases: log.caseCount, withText: log.caseCount - log.count(.passed))
    // the writer closes its descriptor
    writer = XMLWriter(descriptor: dup(draft.descriptor))
  }

  var order: CaseOrder { .suites }

  func needs(_ number: Int) -> Bool { !hasNoReader }

  func start() throws(ReportError) {
    try writing {
      guard log.caseCount > 0 else { return try renderEmpty() }
      try writer.start(
        "testsuites",
        [
          ("name", "conform"), ("tests", "\(log.caseCount)"), ("failures", "\(log.count(.failed))"),
          ("errors", "\(log.count(.errored))"), ("time", seconds(suites.reduce(0) { $0 + $1.seconds })),
        ])
    }
  }

  func handle(_ view: CaseView) throws(ReportError) {
    try writing {
      let suite = suites[position.suite]
      if position.cases == 0 {
        try writer.start("testsuite", attributes(suite))
        try render(properties(warnings: suite.count(.warned)))
      }
      try render(view, names.unique(view.planned))
      position.cases += 1
      guard position.cases == suite.cases else { return }
      try writer.endElement()
      position = (position.suite + 1, 0)
    }
  }

  func finish() throws(ReportError) {
    try writing {
      if log.caseCount > 0 { try writer.endElement() }
      try writer.end()
    }
  }

  private func writing(_ write: () throws -> Void) throws(ReportError) {
    guard !hasNoReader else { return }
    do {
      try write()
    } catch let error as XMLError where error.isBrokenPipe {
      hasNoReader = true
    } catch {
      throw error as? ReportError ?? ReportError(path: place, message: "\(error)")
    }
  }

  private func attributes(_ suite: JUnitSuite) -> [(StaticString, String)] {
    [
      ("name", suite.name), ("package", ""), ("id", "\(suite.number)"),
      ("timestamp", suite.startedAt(log.run).withoutZone), ("hostname", host),
      ("tests", "\(suite.cases)"), ("failures", "\(suite.count(.failed))"),
      ("errors", "\(suite.count(.errored))"),
      ("skipped", "\(suite.count(.skipped) + suite.count(.pending))"), ("time", seconds(suite.seconds)),
    ]
  }

  /// A run that ended before it had a plan is an error: consumers take a report without cases for broken, or for a
  /// success. A shard without cases is skipped.
  private func renderEmpty() throws {
    let isShard = log.isEmptyShard
    let counts: [(StaticString, String)] = [("tests", "1"), ("failures", "0"), ("errors", isShard ? "0" : "1")]
    let reason = line(
      isShard ? "\(log.part ?? "") has no case" : log.summary?.aborted ?? "the run ended before any case was planned")
    let suite: [(StaticString, String)] = [
      ("name", "run"), ("package", ""), ("id", "0"), ("timestamp", log.run.startedAt.withoutZone), ("hostname", host),
    ]
    try writer.element("testsuites", [("name", "conform")] + counts + [("time", "0.000")]) {
      try writer.element("testsuite", suite + counts + [("skipped", isShard ? "1" : "0"), ("time", "0.000")]) {
        try render(properties(warnings: 0))
        try writer.element(
          "testcase", [("classname", "run.plan"), ("name", "plan: The run has cases"), ("time", "0.000")]
        ) {
          if isShard {
            try writer.element("skipped", [("message", reason)], text: reason)
          } else {
            try writer.element("error", [("type", Finding.Kind.internal.rawValue), ("message", reason)], text: reason)
          }
        }
      }
    }
  }

  private var host: String {
    let host = JUnitName.ascii(log.run.host)
    return host.isEmpty ? "localhost" : host
  }

  private func render(_ properties: [(String, String)]) throws {
    try writer.element("properties") {
      for (name, value) in properties {
        try writer.element("property", [("name", name), ("value", line(value, maxLength: 1000))])
      }
    }
  }

  private func properties(warnings: Int) -> [(String, String)] {
    let run = log.run
    var properties = [
      ("harness.version", run.version), ("target", run.target), ("started-at", run.startedAt.description),
      ("simulated-start", run.simulatedStart.description), ("warnings", "\(warnings)"),
    ]
    if let summary = log.summary {
      properties.append(("simulated-end", summary.simulatedEnd.description))
      if let aborted = summary.aborted { properties.append(("aborted", aborted)) }
      for note in summary.notes { properties.append(("note", note)) }
    }
    if let part = log.part { properties.append(("part", part)) }
    if let seed = run.seed { properties.append(("seed", "\(seed)")) }
    if !run.command.isEmpty { properties.append(("command", run.command.map(Shell.word).joined(separator: " "))) }
    return properties
  }

  private func render(_ view: CaseView, _ name: String) throws {
    let record = view.record
    var attributes: [(StaticString, String)] = [
      ("classname", JUnitName.className(record.planned)), ("name", name),
      ("time", seconds(times[record.planned.number])),
    ]
    if isExtended, let place = place(record.planned) {
      attributes += [("file", place.file), ("line", "\(place.line)")]
    }
    let extras = view.extras.joined()
    guard record.verdict != .passed || isExtended || !extras.isEmpty else {
      return try writer.element("testcase", attributes)
    }
    try writer.element("testcase", attributes) {
      if isExtended { try render(properties(record)) }
      switch record.verdict {
      case .passed: break
      case .warned:
        let texts = record.findings.isEmpty ? [FindingText.noReason] : view.findings
        let text = texts.map { "WARNING: \($0)" } + view.extras
        try writer.element("system-out", text: budget.fit(text.joined(separator: "\n\n")))
      case .skipped, .pending:
        let reason = line(record.reason ?? "", default: "\(record.verdict.rawValue): \(FindingText.noReason)")
        try writer.element("skipped", [("message", reason)], text: budget.fit(reason, message: reason))
      case .failed, .errored: try renderFailure(view)
      }
      if !extras.isEmpty, record.verdict != .warned {
        try writer.element("system-out", text: budget.fit(extras, isLast: record.verdict == .passed))
      }
    }
  }

  /// The scenario in its file, or the target file, if consumers can find it: a path inside the repository, without
  /// unusual characters.
  private func place(_ planned: PlannedCase) -> Place? {
    let own = Place(file: planned.file, line: planned.line, column: 1)
    guard let place = paths.place(own, orTarget: log.run.targetFile) else { return nil }
    let path = place.file
    guard (1...1000).contains(path.utf8.count), !path.hasPrefix("~") else { return nil }
    return path.unicodeScalars.contains { $0 == "\\" || SafeText.isHidden($0) } || XMLText.legal(path) != path
      ? nil : place
  }

  /// The properties of a case in the extended variant.
  private func properties(_ record: CaseRecord) -> [(String, String)] {
    let planned = record.planned
    var properties = [("case", planned.id), ("title", planned.title), ("verdict", record.verdict.rawValue)]
    properties +=
      planned.covers.map { ("requirement", "\($0.id) (\($0.level.rawValue))") } + planned.tags.map { ("tag", $0) }
    if let row = planned.row { properties.append(("row", row)) }
    return properties + [
      ("simulated-start", record.simulatedStart.description), ("simulated-end", record.simulatedEnd.description),
    ]
  }

  /// All findings of a case in one element.
  private func renderFailure(_ view: CaseView) throws {
    let record = view.record
    let type = record.mainFinding?.kind ?? .internal
    let headline = view.headline ?? "\(record.verdict.rawValue): \(FindingText.noReason)"
    let message = line(headline, default: record.verdict.rawValue)
    let texts = record.findings.isEmpty ? [headline] : view.findings
    let text = (texts + ["case: \(record.planned.title)"]).joined(separator: "\n\n")
    try writer.element(
      record.verdict == .failed ? "failure" : "error", [("type", type.rawValue), ("message", message)],
      text: budget.fit(text, message: message))
  }

  /// A text for an attribute: one line of legal characters, never empty.
  private func line(_ text: String, default emptyText: String = "-", maxLength: Int = 200) -> String {
    let line = SafeText.oneLine(XMLText.legal(SafeText.start(of: text, longest: 4 * maxLength)), longest: maxLength)
    return line.allSatisfy(\.isWhitespace) ? emptyText : line
  }

  private func seconds(_ value: Double) -> String {
    let text = max(0, value).plain(decimals: 3)
    guard let point = text.firstIndex(of: ".") else { return text + ".000" }
    return text + String(repeating: "0", count: 4 - text.distance(from: point, to: text.endIndex))
  }
}
