import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("The outcome of an invariant") struct InvariantOutcomeTests {
  private static func finding(_ verdict: Verdict, _ message: String = "") -> Finding {
    Finding(verdict, .assertion, message)
  }

  private func findings(_ outcome: InvariantOutcome) -> [Finding] {
    outcome.findings([.init(id: "TST-01", level: .must)], Fixture.place(90))
  }

  @Test(
    "counts the rest of the findings that are not listed, with their verdict",
    arguments: [Verdict.failed, .errored, .warned], [5, 6])
  func listed(verdict: Verdict, count: Int) {
    var outcome = InvariantOutcome()
    for _ in 1...count { outcome.add([InvariantOutcomeTests.finding(verdict)], on: nil) { $0 } }
    let found = findings(outcome)
    #expect(found.count == count && found.allSatisfy { $0.verdict == verdict })
    guard count == 6 else { return }
    #expect(found.last?.message == "6 of 6 exchanges have findings of this kind; 5 are listed")
    #expect(found.last?.kind == (verdict == .errored ? .internal : .assertion))
    #expect(found.last?.requirements.map(\.id) == ["TST-01"] && found.last?.place == Fixture.place(90))
  }

  @Test("lists each verdict of an exchange for itself, the gravest first")
  func verdicts() {
    var outcome = InvariantOutcome()
    outcome.add([Verdict.warned, .errored, .failed, .warned].map { InvariantOutcomeTests.finding($0) }, on: nil) { $0 }
    #expect(findings(outcome).map(\.verdict) == [.failed, .errored, .warned, .warned])
    #expect(outcome.evaluated == 1)
  }

  @Test("completes the findings that are listed, once each", arguments: [true, false])
  func completed(hasDeviations: Bool) {
    var entry = Target.ExpectedDeviation(id: "invariant", reason: "known", place: Fixture.place(95))
    entry.seen = "no such value"
    var outcome = InvariantOutcome(hasDeviations ? [entry] : [])
    for _ in 1...6 {
      outcome.add([InvariantOutcomeTests.finding(.failed, "one")], on: nil) { finding in
        var finding = finding
        finding.message += " exchange"
        return finding
      }
    }
    #expect(findings(outcome).prefix(5).allSatisfy { $0.message == "one exchange" })
  }

  @Test("lists five findings of an expected deviation, and hides no other")
  func deviations() {
    func finding(_ seen: String) -> Finding {
      var finding = InvariantOutcomeTests.finding(.failed)
      finding.actual = seen
      return finding
    }
    let entries = ["500", "501"].map { seen in
      var entry = Target.ExpectedDeviation(id: "invariant", reason: seen, place: Fixture.place(95))
      entry.seen = seen
      return entry
    }
    var outcome = InvariantOutcome(entries)
    for _ in 1...6 { outcome.add(["500", "501", "502"].map(finding), on: nil) { $0 } }
    let seen = findings(outcome).map(\.actual)
    #expect(["500", "501", "502", nil].map { one in seen.count { $0 == one } } == [5, 5, 5, 1])
    #expect(findings(outcome).last?.message.hasPrefix("6 of 6 exchanges") == true)
  }

  @Test("lists first what no case has failed for, at most five in all", arguments: [0, 3, 7])
  func known(others: Int) {
    func finding(_ kind: Mismatch.Kind, _ subject: String, _ actual: String) -> Finding {
      var finding = Finding(.failed, .assertion)
      (finding.mismatch, finding.subject, finding.actual) = (kind, subject, actual)
      return finding
    }
    var outcome = InvariantOutcome()
    let own = [finding(.outcome, "posting the payload", "HTTP 500")]
    for _ in 1...7 { outcome.add([finding(.value, "status", "500")], on: nil, known: own) { $0 } }
    for _ in 0..<others { outcome.add([finding(.value, "status", "501")], on: nil, known: own) { $0 } }
    let seen = findings(outcome).map(\.actual)
    let first = min(others, 5)
    #expect(seen == Array(repeating: "501", count: first) + Array(repeating: "500", count: 5 - first) + [nil])
    #expect(findings(outcome).last?.message.hasPrefix("\(7 + others) of") == true)
  }

  @Test("loses the findings of exchanges that follow bytes without a request, on their connection alone")
  func inDoubt() {
    var outcome = InvariantOutcome()
    let uses: [ConnectionUse?] = [
      nil, .init(id: 1, index: 1), .init(id: 1, index: 2), .init(id: 1, index: 3), .init(id: 2, index: 3),
    ]
    for (number, use) in uses.enumerated() {
      outcome.add([InvariantOutcomeTests.finding(.failed, "\(number)")], on: use) { $0 }
    }
    outcome.remove(inDoubt: [ConnectionSurplus(connection: 1, firstIndex: 2)])
    #expect(findings(outcome).map(\.message) == ["0", "1", "4"])
  }

  // MARK: - Lost responses

  @Test(
    "of lost responses fails for each on a new connection, and warns from the third on kept ones",
    arguments: [
      (1, false, [Verdict.failed]), (5, false, Array(repeating: .failed, count: 5)),
      (6, false, Array(repeating: .failed, count: 6)), (2, true, []), (3, true, Array(repeating: .warned, count: 3)),
      (5, true, Array(repeating: .warned, count: 5)), (7, true, Array(repeating: .warned, count: 6)),
    ])
  func lost(count: Int, isReused: Bool, verdicts: [Verdict]) {
    var lost = LostResponses()
    for _ in 0..<count { lost.add(Finding(isReused ? .warned : .failed, .connection, "one"), isReused: isReused) }
    #expect(lost.findings.map(\.verdict) == verdicts)
    #expect(lost.requests == count)
    let kind = isReused ? "kept" : "new"
    #expect(
      lost.findings.last?.message
        == (count > 5
          ? "\(count) requests on \(kind) connections got no response; 5 are listed" : verdicts.isEmpty ? nil : "one"))
  }

  // MARK: - In a run

  private func records(
    _ invariant: Invariant, _ statuses: [Int], method: String = "GET", unfinished: String? = nil,
    former: (PlannedCase) -> [CaseRecord] = { _ in [] }
  ) throws -> [CaseRecord] {
    let session = try Fixture.session(Fixture.target, ScriptedTransport { _ in WireResponse(200) })
    let requirement = Requirement(id: "TST-01", level: .must, source: "here", text: "It holds.")
    let plan = Plan(scenarios: [], requirements: [requirement], invariants: [invariant], target: Fixture.target)
    let monitor = InvariantMonitor(plan, redactor: session.redactor)
    let instant = SimulatedInstant(milliseconds: 0)
    for status in statuses {
      let result = StepResult(Exchange(request: WireRequest(method: method, url: "/"), response: WireResponse(status)))
      monitor.evaluate(
        .http(), ResponseEvaluator(result, scope: CaseScope(session: session), patterns: session.patterns),
        of: plan.invariantCases[0], at: instant, ExchangeRecord(result.exchange, redactor: session.redactor))
    }
    return monitor.records(
      startedAt: instant, simulatedStart: instant, at: instant, unfinished: unfinished,
      former: former(plan.invariantCases[0]))
  }

  private let ok = Fixture.invariant([.must(.status(.equal(200)))])

  @Test("of a run that ended early is errored, also if nothing was sent, but a failure stays a failure")
  func unfinished() throws {
    for statuses in [[], [200]] {
      let records = try records(ok, statuses, unfinished: "not finished: interrupted")
      #expect(records.map(\.verdict) == [.errored, .errored])
      #expect(records[0].findings.map(\.message) == ["not finished: interrupted"])
      #expect(records[0].findings[0].requirements.map(\.id) == ["TST-01"])
    }
    let failed = try records(ok, [500], unfinished: "not finished: interrupted")[0]
    #expect(failed.verdict == .failed && failed.findings.count == 1)
  }

  @Test("of a run without a request says that it does not apply, and so does that of a program's output")
  func nothing() throws {
    for method in ["GET", "RUN"] {
      let records = try records(ok, method == "RUN" ? [500] : [], method: method)
      #expect(records.map(\.verdict) == [.skipped, .skipped])
      #expect(records.allSatisfy { $0.reason == "not applicable: no matching request in this run" })
    }
    #expect(try records(ok, [200]).map(\.verdict) == [.passed, .passed])
  }

  @Test("depends on the exchanges that meet its condition alone, and a condition with an unknown name meets none")
  func condition() throws {
    let conditional = Fixture.invariant(
      where: [.must(.status(.not(.equal(404))))], [.must(.status(.equal(200)))])
    #expect(try records(conditional, [404]).map(\.verdict) == [.skipped, .passed])
    #expect(try records(conditional, [404, 200])[0].verdict == .passed)
    #expect(try records(conditional, [404, 500, 200])[0].findings.map(\.actual) == ["500"])
    let unknown = Fixture.invariant(
      where: [.must(.text(.equals(Step.reference("unknown"))))], [.must(.status(.equal(200)))])
    #expect(try records(unknown, [200, 500])[0].verdict == .skipped)
  }

  @Test("keeps the expected deviations of the run that is resumed, and its earlier start")
  func resumed() throws {
    func former(_ planned: PlannedCase, _ findings: [Finding]) -> [CaseRecord] {
      let early = SimulatedInstant(milliseconds: -5000)
      var planned = planned
      planned.number = 7
      return [
        CaseRecord(
          planned: planned, verdict: .skipped, reason: "expected deviation: known", startedAt: early, seconds: 0,
          simulatedStart: early, simulatedEnd: early, exchanges: 0, findings: findings)
      ]
    }
    let known = try records(ok, [200]) { former($0, [InvariantOutcomeTests.finding(.failed, "before")]) }[0]
    #expect(known.verdict == .failed && known.findings.map(\.message) == ["before"] && known.reason == nil)
    let none = try records(ok, []) { former($0, []) }[0]
    #expect(none.verdict == .skipped && none.reason == "not applicable: no matching request in this run")
    let passed = try records(ok, []) {
      var record = former($0, [])[0]
      (record.verdict, record.reason) = (.passed, nil)
      return [record]
    }[0]
    #expect(passed.verdict == .passed && passed.reason == nil)
    for record in [known, none, passed] {
      #expect(record.planned.number == 7)
      #expect(record.startedAt.milliseconds == -5000 && record.simulatedStart.milliseconds == -5000)
    }
  }

  @Test("has no secret in any part of its findings")
  func redacted() throws {
    let session = try Fixture.session(Fixture.target, ScriptedTransport { _ in WireResponse(200) })
    var scope = CaseScope(session: session)
    let secret = "the-secret-of-this-case"
    scope.registerSecret(secret, as: "SECRET")
    var finding = Finding(.failed, .assertion, secret)
    (finding.origin, finding.subject, finding.path) = (secret, secret, secret)
    (finding.expected, finding.actual) = (secret, secret)
    let body = BodyRecord(size: secret.utf8.count, text: secret)
    finding.exchange = ExchangeRecord(
      method: "GET", url: secret, requestHeaders: [.init("X", secret)], requestBody: body, status: 200, version: "1.1",
      responseHeaders: [.init("X", secret)], responseBody: body, timings: Timings(total: 1))
    let clean = finding.redacted(by: session.redactor)
    #expect(!"\(clean)".contains(secret))
    #expect([clean.message, clean.origin, clean.subject, clean.path] == Array(repeating: "$SECRET", count: 4))
    #expect(clean.exchange?.url == "$SECRET" && clean.exchange?.responseHeaders == [.init("X", "$SECRET")])
  }
}
