import ConformanceModel
import RunEvents
import Testing

@testable import Execution

@Suite("The ledger of a case") struct CaseLedgerTests {
  private let step = Step.http(status: 200)

  /// A ledger in which one step is done but for some entries.
  private func ledger(without missing: Set<CaseLedger.Entry> = [], _ steps: [Step]? = nil) -> CaseLedger {
    var ledger = CaseLedger(steps ?? [step])
    for entry in [CaseLedger.Entry.reached, .received, .recorded, .monitored, .evaluated, .ended]
    where !missing.contains(entry) {
      ledger.enter(entry, at: 0)
    }
    return ledger
  }

  private func verdict(_ ledger: CaseLedger, _ findings: [Finding] = [], isSkipped: Bool = false) -> Verdict {
    CaseLedger.verdict(of: findings, gaps: ledger.gaps(isSkipped: isSkipped))
  }

  @Test("grants 'passed' if every step ended and every exchange was recorded, monitored and evaluated")
  func whole() {
    #expect(ledger().gaps(isSkipped: false) == [])
    #expect(verdict(ledger()) == .passed)
    #expect(ledger().notRun == [])
  }

  @Test(
    "has a gap for whatever is missing, and the case is errored",
    arguments: [
      (CaseLedger.Entry.ended, "send GET: not finished"),
      (.recorded, "send GET: with an exchange that was not recorded"),
      (.monitored, "send GET: with an exchange that the invariants were not evaluated on"),
      (.evaluated, "send GET: with 1 expectation not evaluated"),
    ])
  func gap(missing: CaseLedger.Entry, words: String) {
    #expect(ledger(without: [missing]).gaps(isSkipped: false) == [words])
    #expect(verdict(ledger(without: [missing])) == .errored)
    #expect(verdict(ledger(without: [missing]), isSkipped: true) == .errored)
  }

  @Test("counts an entry that is made twice as a gap")
  func twice() {
    var ledger = ledger()
    ledger.enter(.evaluated, at: 0)
    #expect(verdict(ledger) == .errored)
  }

  @Test("lists the steps that were not reached, and does not owe them if the rest does not apply")
  func notReached() {
    let ledger = ledger([step, .post(), .post()])
    #expect(ledger.notRun == ["post the payload 'valid' without a token (2 times)"])
    #expect(verdict(ledger) == .errored)
    #expect(verdict(ledger, isSkipped: true) == .passed)
  }

  @Test("owes nested steps as often as they run")
  func nested() {
    let branches = Step.make(.concurrently([[step], [step, .post()]]))
    let steps = [Step.make(.repeat(3, [branches])), step]
    #expect(CaseLedger.width(steps) == 10)
    let words = ["send GET (2 times)", "post the payload 'valid' without a token"]
    let expected = words + words + words + ["send GET"]
    #expect(CaseLedger(steps).notRun == expected)
  }

  @Test("takes over the account of a branch at its place")
  func branch() {
    var whole = CaseLedger([.make(.concurrently([[.post()], [step]]))])
    whole.take(ledger(), at: 1)
    #expect(whole.notRun == ["post the payload 'valid' without a token"])
  }

  @Test("settles the steps that ran before the case was pending")
  func resumed() {
    var resumed = CaseLedger([.make(.repeat(2, [step])), .post(), step])
    resumed.settle(first: 2)
    #expect(resumed.notRun == ["send GET"])
    #expect(resumed.gaps(isSkipped: false) == ["send GET: not run"])
  }

  @Test(
    "takes the gravest verdict of the findings",
    arguments: [
      ([Verdict.warned], Verdict.warned), ([.warned, .errored], .errored), ([.errored, .failed, .warned], .failed),
    ])
  func gravest(verdicts: [Verdict], expected: Verdict) {
    #expect(CaseLedger.verdict(of: verdicts.map { Finding($0, .assertion, "") }, gaps: []) == expected)
  }

  @Test("does not let a gap hide a failure, nor a warning hide a gap")
  func gapAndFinding() {
    #expect(CaseLedger.verdict(of: [Finding(.failed, .assertion, "")], gaps: ["a gap"]) == .failed)
    #expect(CaseLedger.verdict(of: [Finding(.warned, .assertion, "")], gaps: ["a gap"]) == .errored)
  }

  @Test("has no account beyond its steps", arguments: [-1, 2])
  func beyond(slot: Int) {
    var ledger = CaseLedger([step, step])
    ledger.enter(.reached, at: slot)
    ledger.take(CaseLedger([step]), at: slot)
    ledger.take(CaseLedger([step, step]), at: 1)
    #expect(ledger.notRun == ["send GET (2 times)"])
  }

  @Test("lists 50 steps, and counts the rest", arguments: [50, 51, 53])
  func many(count: Int) {
    let steps = (0..<count).map { $0.isMultiple(of: 2) ? step : .post() }
    let lines = CaseLedger(steps).notRun
    #expect(lines.count == min(count, 51))
    #expect(lines.dropFirst(50) == (count == 50 ? [] : ["\((count - 50).counted("more step"))"]))
  }
}
