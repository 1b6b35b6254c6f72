// CTRF, the Common Test Report Format: JSON for test dashboards.

import ConformanceModel
import Cryptography
import JSONValue
import RunEvents

/// Maps each verdict to one of the five CTRF states; `rawStatus` has the verdict if it says more.
struct CTRF: ReportRenderer {
  /// The version of the specification, of 10 October 2026. Extension keys are prefixed with `conform.` (section 4.6.1).
  static let specification = "0.2.0"

  private let log: RunLog
  private let sink: ReportSink
  private let paths = RepositoryPaths.current
  private var items = JSONItems(level: 2)
  /// What comes after the tests.
  private var end: Substring = ""

  init(_ log: RunLog, _ sink: ReportSink) {
    self.log = log
    self.sink = sink
  }

  mutating func start() throws(ReportError) {
    // a quotation mark inside a text is escaped, so this occurs once
    let placeholder = "\"tests\": []"
    let parts = CTRF.frame(log).indented.split(separator: placeholder, maxSplits: 1)
    guard parts.count == 2 else { throw ReportError(path: log.path, message: "the CTRF frame has no list of tests") }
    try sink.write(parts[0] + "\"tests\": ")
    end = parts[1]
  }

  mutating func handle(_ view: CaseView) throws(ReportError) { try sink.write(items.next(CTRF.test(view, paths))) }

  mutating func finish() throws(ReportError) { try sink.write(items.end + end + "\n") }

  /// The report without its tests.
  private static func frame(_ log: RunLog) -> JSON {
    let run = log.run
    let stop =
      log.summary.map {
        run.shards?.isMerged == true ? $0.finishedAt.milliseconds : end(run.startedAt, after: $0.seconds)
      } ?? run.startedAt.milliseconds
    let summary: JSON = .object([
      .init("tests", .int(log.caseCount)), .init("passed", .int(log.count(.passed) + log.count(.warned))),
      .init("failed", .int(log.count(.failed) + log.count(.errored))), .init("skipped", .int(log.count(.skipped))),
      .init("pending", .int(log.count(.pending))), .init("other", 0), .init("suites", .int(log.suites.count)),
      .init("start", .int(run.startedAt.milliseconds)), .init("stop", .int(max(stop, run.startedAt.milliseconds))),
      .init(
        "extra",
        .object([
          .init("conform.warned", .int(log.count(.warned))), .init("conform.errored", .int(log.count(.errored))),
        ])),
    ])
    var extra: [JSON.Member] = [
      .init("conform.target", .string(run.target)), .init("conform.simulated-start", .string("\(run.simulatedStart)")),
      .init("conform.command", .array(run.command.map { .string($0) })),
    ]
    if let end = log.summary?.simulatedEnd { extra.append(.init("conform.simulated-end", .string("\(end)"))) }
    if let part = log.part { extra.append(.init("conform.part", .string(part))) }
    if let aborted = log.summary?.aborted { extra.append(.init("conform.aborted", .string(aborted))) }
    return .object([
      .init("reportFormat", "CTRF"), .init("specVersion", .string(specification)),
      .init("timestamp", .string("\(run.startedAt)")), .init("generatedBy", "conform"),
      .init(
        "results",
        .object([
          .init("tool", .object([.init("name", "conform"), .init("version", .string(run.version))])),
          .init("summary", summary),
          .init("tests", []), .init("extra", .object(extra)),
        ])),
    ])
  }

  /// From the measured duration: the wall clock may have been set during the run.
  private static func end(_ start: SimulatedInstant, after seconds: Double) -> Int64 {
    let (end, isBeyond) = start.milliseconds.addingReportingOverflow(Int64(milliseconds(seconds)))
    return isBeyond ? .max : end
  }

  private static func milliseconds(_ seconds: Double) -> Int { Int((min(max(0, seconds), 1e12) * 1000).rounded()) }

  private static func test(_ view: CaseView, _ paths: RepositoryPaths) -> JSON {
    let record = view.record
    let planned = record.planned
    let duration = milliseconds(record.seconds)
    var members: [JSON.Member] = [
      .init("id", .string(identifier(planned.id))),
      .init("name", .string(planned.title.isEmpty ? planned.id : "\(planned.id): \(planned.title)")),
      .init("status", .string(status(record.verdict))), .init("duration", .int(duration)),
    ]
    if status(record.verdict) != record.verdict.rawValue {
      members.append(.init("rawStatus", .string(record.verdict.rawValue)))
    }
    if ![.skipped, .pending].contains(record.verdict) {
      members.append(.init("start", .int(record.startedAt.milliseconds)))
      members.append(.init("stop", .int(end(record.startedAt, after: record.seconds))))
    }
    members.append(.init("suite", [.string(planned.suite)]))
    if let message = view.headline {
      members.append(.init("message", .string(SafeText.oneLine(message, longest: 1000))))
    }
    if !record.findings.isEmpty {
      members.append(.init("trace", .string(SafeText.start(of: view.details, longest: maxTrace))))
    }
    if !planned.tags.isEmpty { members.append(.init("tags", .array(planned.tags.map { .string($0) }))) }
    if !planned.covers.isEmpty {
      members.append(.init("labels", .object([.init("requirements", .array(planned.covers.map { .string($0.id) }))])))
    }
    members += [.init("filePath", .string(paths.relative(planned.file))), .init("line", .int(planned.line))]
    if let row = planned.row { members.append(.init("parameters", .object([.init("row", .string(row))]))) }
    let simulated: JSON = .object([
      .init("start", .string("\(record.simulatedStart)")), .init("end", .string("\(record.simulatedEnd)")),
    ])
    var extra: [JSON.Member] = [
      .init("conform.simulated", simulated), .init("conform.exchanges", .int(record.exchanges)),
    ]
    if record.attempts > 1 { extra.append(.init("conform.attempts", .int(record.attempts))) }
    if !record.notRun.isEmpty { extra.append(.init("conform.not-run", .array(record.notRun.map { .string($0) }))) }
    members.append(.init("extra", .object(extra)))
    return .object(members)
  }

  private static let maxTrace = 100_000

  private static func status(_ verdict: Verdict) -> String {
    switch verdict {
    case .passed, .warned: "passed"
    case .failed, .errored: "failed"
    case .skipped: "skipped"
    case .pending: "pending"
    }
  }

  /// A UUID of version 8 (RFC 9562 section 5.8) from the case's id: the same in every run.
  static func identifier(_ id: String) -> String {
    var bytes = Array(SHA256.hash(Array("conform case \(id)".utf8)).prefix(16))
    bytes[6] = 0x80 | bytes[6] & 0x0F
    bytes[8] = 0x80 | bytes[8] & 0x3F
    let digits = Hex.digits(bytes)
    var parts: [Substring] = []
    var rest = digits[...]
    for length in [8, 4, 4, 4, 12] {
      parts.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return parts.joined(separator: "-")
  }
}
