// Runs to render: a folder that goes away with its test, and events in a line or two.

import ConformanceModel
import Foundation
import HTTPModel
import Reporting
import RunEvents

/// A folder of one test.
final class Folder {
  let path = NSTemporaryDirectory() + "reporting-\(UUID().uuidString)"

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }

  func read(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(fileURLWithPath: file(name)))) }

  func write(_ bytes: some Sequence<UInt8>, to name: String) throws { try write(bytes, toPath: file(name)) }

  private func write(_ bytes: some Sequence<UInt8>, toPath path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// Writes a run log and opens it.
  func log(_ events: [Event]) throws -> RunLog {
    try write(log: events.map(\.line), to: "run.jsonl")
    return try RunLog(path: file("run.jsonl"))
  }

  /// Writes these lines as a run log, with its digest.
  func write(log lines: [[UInt8]], to name: String) throws {
    let writer = try RunLogWriter(path: file(name))
    for line in lines { writer.append(line) }
    try writer.close()
  }

  /// Writes a changed text of a run log, with the digest of its lines.
  func write(log text: String, to name: String) throws {
    try write(log: text.split(separator: "\n").map { Array($0.utf8) }, to: name)
  }

  /// Renders one report of a log.
  func report(_ format: ReportFormat, of log: RunLog, history: History? = nil) throws -> String {
    try format.write(log, history: history, to: file("report"))
    return try read("report")
  }

  /// Renders a run as JUnit XML. With CONFORM_KEEP_REPORTS set, a copy stays there for the checker.
  func junit(_ events: [Event]) throws -> String {
    try ReportFormat.junit.write(log(events), to: file("junit.xml"))
    if let kept = ProcessInfo.processInfo.environment["CONFORM_KEEP_REPORTS"] {
      try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true)
      try write(bytes("junit.xml"), toPath: "\(kept)/rendered-\(UUID().uuidString).xml")
    }
    return try read("junit.xml")
  }
}

extension Event {
  var line: [UInt8] {
    var bytes: [UInt8] = []
    encode(to: &bytes)
    return bytes
  }
}

enum Sample {
  /// Monday 23 November 2026, 12:00 UTC on the wall.
  static let wall = SimulatedInstant(seconds: 1_795_435_200)

  static let start = Event.runStarted(
    RunDescription(
      version: "1.0.0", target: "Northwind staging", targetFile: "targets/northwind.yaml", startedAt: wall,
      simulatedStart: .documented, seed: 42,
      jobs: 16, host: "ci-1", command: ["conform", "run", "--target", "targets/north wind.yaml"]))

  static func end(aborted: String? = nil) -> Event {
    .runFinished(
      RunSummary(
        finishedAt: wall + SimulatedDuration(milliseconds: 2345), seconds: 2.345,
        simulatedEnd: .documented + SimulatedDuration(milliseconds: 86_400_000), clockAdvances: 3,
        aborted: aborted))
  }

  static func planned(
    _ number: Int, suite: String = "expiry", scenario: String = "token-border", row: String? = nil,
    title: String = "A token works for 24 hours"
  ) -> PlannedCase {
    PlannedCase(
      number: number, id: row.map { "\(scenario)/\($0)" } ?? scenario, scenario: scenario, suite: suite, title: title,
      row: row,
      covers: [.init(id: "EXP-02", level: .must), .init(id: "EXP-03", level: .should)], tags: ["smoke"],
      file: "Scenarios/\(suite)/\(scenario).yaml", line: 3)
  }

  static func finished(
    _ planned: PlannedCase, _ verdict: Verdict, reason: String? = nil, seconds: Double = 0.012,
    _ findings: [Finding] = []
  ) -> CaseRecord {
    CaseRecord(
      planned: planned, verdict: verdict, reason: reason, startedAt: wall + SimulatedDuration(milliseconds: 1000),
      seconds: seconds, simulatedStart: .documented,
      simulatedEnd: .documented + SimulatedDuration(milliseconds: 86_400_000),
      // those of an invariant are steps of other cases
      exchanges: planned.suite == Invariant.suite ? 2 : 0, findings: findings)
  }

  static func finding(
    _ verdict: Verdict = .failed, _ kind: Finding.Kind = .assertion, _ message: String = "status: expected 401, got 200"
  ) -> Finding {
    var finding = Finding(
      verdict, kind, message, place: Place(file: "Scenarios/expiry/token-border.yaml", line: 12, column: 7))
    finding.requirements = [.init(id: "EXP-02", level: .must)]
    finding.step = "post the payload 'valid' with the token 'token'"
    finding.expected = "401"
    finding.actual = "200"
    finding.subject = "status"
    finding.simulated = .documented + SimulatedDuration(milliseconds: 86_400_000)
    finding.wall = wall
    finding.exchange = exchange()
    return finding
  }

  static func exchange(body: String = #"{"id":7}"#, answer: String = #"{"status":"accepted"}"#) -> ExchangeRecord {
    ExchangeRecord(
      method: "POST", url: "http://127.0.0.1:8080/v1/orders",
      requestHeaders: [HeaderField("Authorization", "Bearer $TOKEN"), HeaderField("Content-Type", "application/json")],
      requestBody: BodyRecord(size: body.utf8.count, text: body), status: 200, version: "1.1",
      responseHeaders: [HeaderField("Content-Type", "application/json")],
      responseBody: BodyRecord(size: answer.utf8.count, text: answer),
      timings: Timings(total: 0.002))
  }

  /// Each verdict once, two areas.
  static var everyVerdict: [Event] {
    let plan = [
      planned(0), planned(1, scenario: "token-refused", row: "auth=basic"), planned(2, scenario: "soft"),
      planned(3, suite: "clients", scenario: "lost"),
      planned(4, suite: "clients", scenario: "broken"), planned(5, suite: "clients", scenario: "later"),
      planned(6, suite: "clients", scenario: "stopped"),
    ]
    let records = [
      finished(plan[0], .passed),
      finished(
        plan[1], .failed,
        [finding(), finding(.warned, .assertion, "header Cache-Control: missing (expected no-store)")]),
      finished(plan[2], .warned, [finding(.warned, .assertion, "duration: expected below 2s, got 3s")]),
      finished(
        plan[3], .skipped, reason: "applies where lost-secret is old-set-dies; the target declares old-set-stays",
        seconds: 0),
      finished(plan[4], .errored, [finding(.errored, .connection, "connection refused")]),
      finished(plan[5], .pending, reason: "waits until 2026-11-24T12:00:01Z", seconds: 0),
    ]
    return [start] + plan.map { .casePlanned($0) } + records.map { .caseFinished($0) } + [end()]
  }
}
