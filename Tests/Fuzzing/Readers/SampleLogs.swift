// The run logs from which inputs are made: one with every event, and parts of it.

import ConformanceModel
import HTTPModel
import RunEvents

enum SampleLogs {
  static var all: [[UInt8]] { [text(everything), text(Array(everything.prefix(6))), text([everything[0]])] }

  /// One of the two shards of a plan with an invariant, which both check.
  static func shard(_ shard: Int, invariant: Verdict) -> [UInt8] {
    guard case .runStarted(var run) = everything[0], let end = everything.last else { return [] }
    let plan = (0..<5).map { number -> PlannedCase in
      var planned = record(number, .passed).planned
      planned.shard = number < 4 ? number % 2 + 1 : nil
      return planned
    }
    run.cases = plan.count
    run.shards = Shards(present: [shard], count: 2)
    let records =
      plan.filter { $0.shard == shard }.map { record($0.number, shard == 1 ? .passed : .failed) } + [
        record(4, invariant)
      ]
    return text(
      [.runStarted(run)] + plan.map { .casePlanned($0) } + [.stepFinished(step(shard - 1))]
        + records.map { record in
          var own = record
          own.planned = plan[record.planned.number]
          return .caseFinished(own)
        } + [end])
  }

  private static func text(_ events: [Event]) -> [UInt8] {
    var bytes: [UInt8] = []
    for event in events {
      event.encode(to: &bytes)
      bytes.append(0x0A)
    }
    return bytes
  }

  private static let wall = SimulatedInstant(seconds: 1_795_435_200)

  private static var everything: [Event] {
    let cases = Verdict.allCases.enumerated().map { number, verdict in record(number, verdict) }
    let start = Event.runStarted(
      RunDescription(
        version: "1.0.0", target: "Northwind <staging>", targetFile: "targets/northwind.yaml", startedAt: wall,
        simulatedStart: .documented, seed: 42, jobs: 16, host: "ci-1",
        command: ["conform", "run"],
        environment: [RunFact("ci.job", "https://ci.example/1"), RunFact("ci.commit", "c0ffee")]))
    let requirements = Event.requirements([
      Requirement(
        id: "EXP-02", level: .must, source: "RFC 6749 section 5.1", text: "A token works.", unobservable: nil,
        uncovered: nil)
    ])
    let steps = cases.map { Event.stepFinished(step($0.planned.number)) }
    let move = Event.clockAdvanced(
      ClockAdvance(
        from: .documented, to: .documented + SimulatedDuration(milliseconds: 86_400_000), wall: wall, woken: 2))
    let client = ClientIdentity(id: "c-1", connector: .first)
    let end = Event.runFinished(
      RunSummary(
        finishedAt: wall + SimulatedDuration(milliseconds: 2345), seconds: 2.345,
        simulatedEnd: .documented + SimulatedDuration(milliseconds: 86_400_000), clockAdvances: 1, aborted: nil,
        notes: ["a note"]))
    return [start] + cases.map { .casePlanned($0.planned) } + [requirements, .clientCreated(client), move] + steps
      + cases.map { .caseFinished($0) } + [.clientDeleted(client), end]
  }

  private static func record(_ number: Int, _ verdict: Verdict) -> CaseRecord {
    let planned = PlannedCase(
      number: number, id: "token-border/row=\(number)", scenario: "token-border",
      suite: number < 3 ? "expiry" : "clients", title: "A token works for 24 hours",
      row: "row=\(number)",
      covers: [.init(id: "EXP-02", level: .must)], tags: ["smoke"], file: "Scenarios/expiry/token-border.yaml", line: 3)
    var finding = Finding(
      verdict, .assertion, "status: expected 401, got 200",
      place: Place(file: "Scenarios/expiry/token-border.yaml", line: 12, column: 7))
    finding.requirements = planned.covers
    (finding.step, finding.expected, finding.actual, finding.subject) = (
      "post the payload 'valid'", "401", "200", "status"
    )
    (finding.simulated, finding.wall, finding.exchange) = (.documented, wall, exchange)
    let isFinding = [.failed, .errored, .warned].contains(verdict)
    return CaseRecord(
      planned: planned, verdict: verdict, reason: isFinding || verdict == .passed ? nil : "it is skipped",
      startedAt: wall, seconds: 0.25, simulatedStart: .documented,
      simulatedEnd: .documented + SimulatedDuration(milliseconds: 86_400_000), exchanges: 1,
      findings: isFinding ? [finding] : [])
  }

  private static func step(_ number: Int) -> StepRecord {
    StepRecord(
      number: number, line: 12, sentence: "post the payload 'valid'", wall: wall, simulated: .documented,
      exchange: exchange,
      checks: [CheckRecord(subject: "status", severity: .should, holds: false)])
  }

  private static var exchange: ExchangeRecord {
    ExchangeRecord(
      method: "POST", url: "http://127.0.0.1:8080/v1/orders",
      requestHeaders: [HeaderField("Authorization", "Bearer $TOKEN"), HeaderField("Content-Type", "application/json")],
      requestBody: BodyRecord(size: 8, text: #"{"id":7}"#), status: 200, version: "1.1",
      responseHeaders: [HeaderField("Content-Type", "application/json")],
      responseBody: BodyRecord(size: 3, text: "/+8A", isBase64: true), timings: Timings(total: 0.002))
  }
}
