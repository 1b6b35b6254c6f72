import ConformanceModel
import RunEvents
import Testing

@testable import Execution

@Suite("A known deviation") struct KnownDeviationsTests {
  private static func entry(
    _ id: String = "tea/pot", step: String? = nil, subject: String? = nil, seen: String? = nil,
    reason: String = "known",
    line: Int = 5
  ) -> Target.ExpectedDeviation {
    var entry = Target.ExpectedDeviation(id: id, reason: reason, place: Fixture.place(line))
    (entry.step, entry.subject, entry.seen) = (step, subject, seen)
    return entry
  }

  /// A finding about `body as JSON, /error` with the value `"teapot"`.
  private static func finding(
    _ verdict: Verdict = .failed, _ kind: Finding.Kind = .assertion, path: String? = "/error", seen: String = "teapot"
  ) -> Finding {
    var finding = Finding(verdict, kind, "")
    (finding.step, finding.subject, finding.path, finding.actual) = ("send GET", "body as JSON", path, seen)
    return finding
  }

  private static func record(
    _ verdict: Verdict, _ findings: [Finding] = [], of id: String = "tea/pot", suite: String = "suite", number: Int = 0,
    reason: String? = nil
  ) -> CaseRecord {
    let planned = PlannedCase(
      number: number, id: id, scenario: String(id.prefix { $0 != "/" }), suite: suite, title: "", row: nil,
      covers: [.init(id: "TST-01", level: .must)], tags: [], file: "case.yaml", line: 1)
    let instant = SimulatedInstant(milliseconds: 0)
    return CaseRecord(
      planned: planned, verdict: verdict, reason: reason, startedAt: instant, seconds: 0, simulatedStart: instant,
      simulatedEnd: instant, exchanges: 0, findings: findings)
  }

  @Test(
    "is the finding that its entry describes: by the step, the subject and the value that it names",
    arguments: [
      (entry(), finding(), true), (entry(), finding(.warned), true), (entry(), finding(.errored), false),
      (entry(), finding(.failed, .protocol), false),
      (entry(step: "send GET"), finding(), true), (entry(step: "send HEAD"), finding(), false),
      (entry(subject: "body as JSON, /error"), finding(), true), (entry(subject: "body as JSON"), finding(), false),
      (entry(subject: "body as JSON"), finding(path: nil), true), (entry(seen: "teapot"), finding(), true),
      (entry(seen: "coffee"), finding(), false), (entry(step: "send GET", seen: "coffee"), finding(), false),
      (entry(step: "send HEAD", seen: "teapot"), finding(), false),
      (entry(step: "send GET", subject: "body as JSON, /error", seen: "teapot"), finding(), true),
      (entry(step: "send GET", subject: "status", seen: "teapot"), finding(), false),
    ])
  func describes(entry: Target.ExpectedDeviation, finding: Finding, expected: Bool) {
    #expect(entry.describes(finding) == expected)
  }

  private static let known = finding()
  private static func other(_ verdict: Verdict) -> Finding { finding(verdict, seen: "coffee") }

  @Test(
    "makes a case skipped, and the gravest of its other findings decides if there are any",
    arguments: [
      (record(.failed, [known]), Verdict.skipped), (record(.failed, [known, known]), .skipped),
      (record(.failed, [known, other(.warned)]), .warned),
      (record(.failed, [other(.warned), known, other(.failed)]), .failed),
      (record(.failed, [known, other(.failed), other(.warned)]), .failed),
      (record(.errored, [known, other(.warned), other(.errored)]), .errored),
      (record(.failed, [known, other(.errored), other(.failed), other(.errored)]), .failed),
    ])
  func weighed(record: CaseRecord, verdict: Verdict) {
    for id in ["tea/pot", "tea"] {
      let deviations = KnownDeviations(
        [KnownDeviationsTests.entry(id, seen: "teapot", reason: "it is a teapot")], seesAll: true, allowsStale: false)
      let weighed = deviations.weigh(record)
      #expect(weighed.verdict == verdict)
      #expect(weighed.findings == record.findings)
      #expect(weighed.reason == (verdict == .skipped ? "expected deviation: it is a teapot" : nil))
      #expect(deviations.staleRecords == [])
    }
  }

  @Test("gives its reason once, and those of all entries that a case shows")
  func reasons() {
    let deviations = KnownDeviations(
      [
        KnownDeviationsTests.entry(seen: "teapot", reason: "a"),
        KnownDeviationsTests.entry(seen: "coffee", reason: "b"),
        KnownDeviationsTests.entry("tea", seen: "milk", reason: "a"),
      ], seesAll: true, allowsStale: false)
    let findings = ["teapot", "coffee", "milk"].map { KnownDeviationsTests.finding(seen: $0) }
    #expect(deviations.weigh(KnownDeviationsTests.record(.failed, findings)).reason == "expected deviation: a; b")
  }

  struct Stale: Sendable {
    var record: CaseRecord
    var seesAll = true
    var allowsStale = false
    /// The verdict if the entry counts as one that no longer occurs; `nil` if it does not.
    var verdict: Verdict?

    init(
      _ record: CaseRecord, seesAll: Bool = true, allowsStale: Bool = false, _ verdict: Verdict?
    ) {
      (self.record, self.seesAll, self.allowsStale, self.verdict) = (record, seesAll, allowsStale, verdict)
    }
  }

  @Test(
    "that no longer occurs in its case is a finding, unless the case or the run shows nothing about it",
    arguments: [
      Stale(record(.passed), .failed), Stale(record(.passed), allowsStale: true, .warned),
      Stale(record(.warned, [other(.warned)]), .failed),
      Stale(record(.warned, [other(.warned)]), allowsStale: true, .warned),
      Stale(record(.failed, [other(.failed)]), allowsStale: true, .failed),
      Stale(record(.failed, [other(.failed)]), .failed), Stale(record(.passed), seesAll: false, .failed),
      Stale(record(.passed, suite: Invariant.suite), .failed),
      Stale(record(.passed, suite: Invariant.suite), seesAll: false, nil),
      Stale(record(.errored, [other(.errored)]), nil), Stale(record(.skipped, reason: "not here"), nil),
      Stale(record(.pending, reason: "waits"), nil), Stale(record(.passed, of: "tea/cup"), nil),
      Stale(record(.passed, of: "coffee"), nil),
    ])
  func stale(_ one: Stale) {
    let deviations = KnownDeviations(
      [KnownDeviationsTests.entry(step: "send GET", seen: "teapot")], seesAll: one.seesAll,
      allowsStale: one.allowsStale)
    let weighed = deviations.weigh(one.record)
    guard let verdict = one.verdict else {
      #expect(weighed == one.record)
      return
    }
    #expect(weighed.verdict == verdict)
    #expect(weighed.findings.dropLast() == one.record.findings[...])
    let finding = weighed.findings.last
    #expect(finding?.verdict == (one.allowsStale ? .warned : .failed))
    #expect(
      finding?.message == "the expected deviation 'tea/pot' no longer occurs; remove its entry at case.yaml:5:3")
    #expect(finding?.step == "send GET" && finding?.place == Fixture.place(5))
    #expect(finding?.requirements.map(\.id) == ["TST-01"])
  }

  @Test("of which one occurs and another does not makes its case fail, without the reason of the first")
  func oneStale() {
    let deviations = KnownDeviations(
      [KnownDeviationsTests.entry(seen: "teapot"), KnownDeviationsTests.entry(seen: "coffee")], seesAll: true,
      allowsStale: false)
    let weighed = deviations.weigh(KnownDeviationsTests.record(.failed, [KnownDeviationsTests.known]))
    #expect(weighed.verdict == .failed && weighed.reason == nil)
    #expect(weighed.findings.count == 2)
  }

  @Test("of a scenario that occurs in none of its cases is a finding of the last of them, in the order of the plan")
  func staleScenario() {
    let entries = ["tea", "cocoa", "coffee"].map { KnownDeviationsTests.entry($0, seen: "teapot") }
    func run(seesAll: Bool) -> [CaseRecord] {
      let deviations = KnownDeviations(entries, seesAll: seesAll, allowsStale: false)
      for (number, id) in ["tea/pot", "tea/cup", "cocoa/pot", "coffee/pot", "coffee/cup", "milk"].enumerated() {
        let findings = id == "coffee/pot" ? [KnownDeviationsTests.known] : []
        let record = KnownDeviationsTests.record(findings.isEmpty ? .passed : .failed, findings, of: id, number: number)
        #expect(deviations.weigh(record).verdict == (findings.isEmpty ? .passed : .skipped))
      }
      return deviations.staleRecords
    }
    let records = run(seesAll: true)
    #expect(records.map(\.planned.id) == ["tea/cup", "cocoa/pot"])
    #expect(records.map(\.verdict) == [.failed, .failed])
    #expect(records.first?.findings.first?.message.contains("'tea' no longer occurs") == true)
    #expect(run(seesAll: false) == [])
  }

  @Test("of a scenario with one case is about that case, and is reported once")
  func single() {
    let deviations = KnownDeviations([KnownDeviationsTests.entry("tea")], seesAll: true, allowsStale: false)
    #expect(deviations.weigh(KnownDeviationsTests.record(.passed, of: "tea")).findings.count == 1)
    #expect(deviations.staleRecords == [])
  }

  @Test("of a case that was skipped says nothing about its scenario")
  func skipped() {
    let deviations = KnownDeviations([KnownDeviationsTests.entry("tea")], seesAll: true, allowsStale: false)
    _ = deviations.weigh(KnownDeviationsTests.record(.skipped, reason: "not here"))
    #expect(deviations.staleRecords == [])
  }
}
