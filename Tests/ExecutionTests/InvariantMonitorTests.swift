import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("An invariant") struct InvariantMonitorTests {
  private func record(
    _ invariant: Invariant, given: [Step] = [], _ steps: [Step], _ respond: @escaping ScriptedTransport.Respond
  ) async throws -> CaseRecord {
    try await Fixture.run(steps, given: given, invariants: [invariant], respond).record("invariant")
  }

  private static func steps(_ count: Int) -> [Step] {
    (1...count).map { .http("GET", .literal(.string("/\($0)")), []) }
  }

  @Test("fails on the must of a later exchange, however many exchanges violate its should", arguments: [1, 5, 6, 20])
  func mustAfterShould(count: Int) async throws {
    let invariant = Fixture.invariant([.must(.status(.not(.equal(401)))), .should(.header("Server", .absent(false)))])
    let record = try await record(invariant, InvariantMonitorTests.steps(count + 1)) {
      WireResponse($0.path == "/\(count + 1)" ? 401 : 200)
    }
    #expect(record.verdict == .failed)
    #expect(record.findings.first?.verdict == .failed)
  }

  @Test("lists five exchanges of each verdict, and counts the rest")
  func limited() async throws {
    let invariant = Fixture.invariant([.must(.status(.equal(201)))])
    let record = try await record(invariant, InvariantMonitorTests.steps(7)) { _ in WireResponse(200) }
    #expect(record.findings.count == 6)
    #expect(record.findings.last?.message == "7 of 7 exchanges have findings of this kind; 5 are listed")
  }

  @Test("is skipped if all its violations are expected, however many there are, and fails on any other")
  func deviations() async throws {
    func entry(_ seen: String) -> Target.ExpectedDeviation {
      var entry = Target.ExpectedDeviation(id: "invariant", reason: "known", place: Fixture.place(95))
      entry.subject = "status"
      entry.seen = seen
      return entry
    }
    var target = Fixture.target
    target.expectedDeviations = [entry("500"), entry("501")]
    let invariant = Fixture.invariant([.must(.status(.equal(200)))])
    func record(_ statuses: [Int]) async throws -> CaseRecord {
      let steps = InvariantMonitorTests.steps(statuses.count)
      return try await Fixture.run(steps, invariants: [invariant], on: target) {
        WireResponse(Int($0.path.dropFirst()).map { statuses[$0 - 1] } ?? 200)
      }.record("invariant")
    }
    let known = Array(repeating: 500, count: 7) + [501]
    let skipped = try await record(known)
    #expect(skipped.verdict == .skipped, "\(skipped.findings.map(\.message))")
    let failed = try await record(known + [502])
    #expect(failed.verdict == .failed)
    #expect(failed.findings.contains { $0.actual == "502" })
    #expect(!failed.findings.contains { $0.message.contains("no longer occurs") })
    let stale = try await record([500])
    #expect(stale.verdict == .failed && stale.findings.contains { $0.message.contains("no longer occurs") })
  }

  @Test("passes if every matching exchange meets it, and is skipped if none matches")
  func matching() async throws {
    let met = Fixture.invariant([.must(.status(.equal(200)))])
    #expect(try await record(met, InvariantMonitorTests.steps(1)) { _ in WireResponse(200) }.verdict == .passed)
    let otherKind = Fixture.invariant(of: [.postPayload], [.must(.status(.equal(201)))])
    let skipped = try await record(otherKind, InvariantMonitorTests.steps(1)) { _ in WireResponse(200) }
    #expect(skipped.verdict == .skipped)
    #expect(skipped.reason == "not applicable: no matching request in this run")
    let condition = Fixture.invariant(where: [.must(.status(.equal(404)))], [.must(.status(.equal(201)))])
    #expect(try await record(condition, InvariantMonitorTests.steps(1)) { _ in WireResponse(200) }.verdict == .skipped)
  }

  @Test("of an endpoint does not apply to another URL, which those of all exchanges do")
  func otherURL() async throws {
    var spelled = PayloadPost(token: "t")
    spelled.edits.spelling = .trailingSlash
    var appended = PayloadPost(token: "t")
    appended.pathSuffix = .literal("/other")
    let steps = [Step.token("t", of: "erp"), .make(.postPayload(spelled)), .make(.postPayload(appended))]
    func verdict(_ operations: [StepActionKind], _ steps: [Step]) async throws -> Verdict {
      let invariant = Fixture.invariant(of: operations, [.must(.status(.not(.equal(308))))])
      return try await record(invariant, given: [.client("erp")], steps) {
        $0.path == "/token" ? WireResponse(200, #"{"access_token":"a-token-of-this-case"}"#) : WireResponse(308)
      }.verdict
    }
    #expect(try await verdict([.postPayload], steps) == .skipped)
    #expect(try await verdict([.postPayload], steps + [.post("t")]) == .failed)
    #expect(try await verdict([.http], steps) == .failed)
    #expect(try await verdict([], steps) == .failed)
  }

  @Test("does not apply to exchanges of cases that do not have its names")
  func unknownName() async throws {
    let invariant = Fixture.invariant([.must(.text(.equals(Step.reference("unknown"))))])
    #expect(try await record(invariant, InvariantMonitorTests.steps(1)) { _ in WireResponse(200) }.verdict == .skipped)
  }

  @Test("is errored if one of its patterns takes too much work, in its condition too", arguments: [true, false])
  func tooMuchWork(inCondition: Bool) async throws {
    let slow = Expectation.must(.text(.not(.matches("^(a+)+$"))))
    let invariant = inCondition ? Fixture.invariant(where: [slow], []) : Fixture.invariant([slow])
    let record = try await record(invariant, InvariantMonitorTests.steps(1)) { _ in
      WireResponse(200, String(repeating: "a", count: 40) + "b")
    }
    #expect(record.verdict == .errored)
  }

  @Test("warns if only a should is violated, and if its requirement is a should")
  func warns() async throws {
    let should = Fixture.invariant([.should(.status(.equal(201)))])
    #expect(try await record(should, InvariantMonitorTests.steps(1)) { _ in WireResponse(200) }.verdict == .warned)
    var weak = Fixture.invariant([.must(.status(.equal(201)))])
    weak.covers = ["TST-02"]
    #expect(try await record(weak, InvariantMonitorTests.steps(1)) { _ in WireResponse(200) }.verdict == .warned)
  }

  @Test("shows no secret in its findings, though the case has released it")
  func redacted() async throws {
    let invariant = Fixture.invariant(of: [.postPayload], [.must(.text(.equal("")))])
    let steps = [Step.token("t", of: "erp"), .post("t")]
    let record = try await record(invariant, given: [.client("erp")], steps) {
      WireResponse(200, $0.path == "/token" ? #"{"access_token":"a-token-of-this-case"}"# : "a-token-of-this-case")
    }
    let finding = try #require(record.findings.first)
    #expect(finding.actual == #""$T""#)
    #expect(finding.exchange?.responseBody.text == "$T")
    #expect(!finding.message.contains("a-token-of-this-case"))
    #expect(finding.origin == "case, case.yaml:10")
    #expect(finding.step == "post the payload 'valid' with 't'")
    #expect(finding.requirements.map(\.id) == ["TST-01"])
    #expect(finding.simulated == .documented && finding.wall != nil)
  }

  // MARK: - Resumed runs

  private static let wallTarget: Target = {
    var target = Fixture.target
    target.clock = .wall
    return target
  }()

  /// The record after a run with a pending case and its resumption, whose responses have the status.
  private func resumed(former: Verdict, _ findings: [Finding], status: Int) async throws -> CaseRecord {
    let invariant = Fixture.invariant(of: [.http], [.must(.status(.equal(200)))])
    let planned = PlannedCase(
      number: 1, id: "invariant", scenario: "invariant", suite: Invariant.suite, title: "An invariant", row: nil,
      covers: [], tags: [], file: "case.yaml", line: 90)
    let instant = SimulatedInstant(milliseconds: 0)
    let record = CaseRecord(
      planned: planned, verdict: former, startedAt: instant, seconds: 0, simulatedStart: instant, simulatedEnd: instant,
      exchanges: 0, findings: findings)
    let monitor = try InvariantMonitor(
      Plan(scenarios: [], requirements: [], invariants: [invariant], target: Fixture.target),
      redactor: Fixture.session(Fixture.target, ScriptedTransport { _ in WireResponse(200) }).redactor)
    let session = try Fixture.session(Fixture.target, ScriptedTransport { _ in WireResponse(200) })
    let result = StepResult(Exchange(request: WireRequest(url: "/"), response: WireResponse(status)))
    let evaluator = ResponseEvaluator(result, scope: CaseScope(session: session), patterns: session.patterns)
    monitor.evaluate(
      .http(), evaluator, of: planned, at: instant, ExchangeRecord(result.exchange, redactor: session.redactor))
    let records = monitor.records(
      startedAt: instant, simulatedStart: instant, at: instant, unfinished: nil, former: [record])
    return try #require(records.first)
  }

  @Test("joins the findings of a resumed run with those of the run before")
  func joined() async throws {
    let failed = Finding(.failed, .assertion, "before")
    let warned = Finding(.warned, .assertion, "before")
    #expect(try await resumed(former: .passed, [], status: 500).verdict == .failed)
    #expect(try await resumed(former: .failed, [failed], status: 200).verdict == .failed)
    #expect(try await resumed(former: .skipped, [], status: 200).verdict == .passed)
    let both = try await resumed(former: .warned, [warned], status: 500)
    #expect(both.verdict == .failed && both.findings.count == 2)
  }
}
