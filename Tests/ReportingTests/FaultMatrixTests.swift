import ConformanceModel
import Reporting
import Testing

@Suite("The matrix of faults and scenarios")
struct FaultMatrixTests {
  private static func run(_ cases: (scenario: String, Verdict, broken: Set<String>)...) -> FaultMatrixRun {
    FaultMatrixRun(
      uniqueKeysWithValues: cases.map {
        ($0.scenario, FaultMatrixCase(scenario: $0.scenario, verdict: $0.1, broken: $0.broken, reason: "not declared"))
      })
  }

  private static func matrix(broken: Set<String>, shared: String = "b.yaml:2:1") -> FaultMatrix {
    let baseline = run(("a", .passed, []), ("b", .passed, []), ("c", .skipped, []))
    let row = FaultMatrixRow(
      name: "fault", area: "tokens", severity: "major", sentence: "A fault.", run: run(("a", .failed, broken)),
      baseline: baseline)
    return FaultMatrix(
      faults: [row], scenarios: [("a", ["A-01"]), ("b", ["A-01"]), ("c", [])], baseline: baseline,
      expectations: [
        AuditedExpectation(scenario: "a", place: "a.yaml:1:1", subject: "status"),
        AuditedExpectation(scenario: "a", place: shared, subject: "header Allow"),
        AuditedExpectation(scenario: "b", place: "b.yaml:2:1", subject: "header Allow"),
        AuditedExpectation(scenario: "c", place: "c.yaml:3:1", subject: "status"),
      ])
  }

  @Test("an expectation that no fault breaks is a gap, if all faults met all cases")
  func gaps() {
    let gap = FaultMatrixTests.matrix(broken: ["a.yaml:1:1"])
    #expect(gap.deadExpectations == ["b.yaml:2:1: header Allow"])
    #expect(gap.hasGaps(ofAllFaults: true))
    #expect(!gap.hasGaps(ofAllFaults: false))
    let whole = FaultMatrixTests.matrix(broken: ["a.yaml:1:1", "b.yaml:2:1"])
    #expect(whole.deadExpectations == [] && !whole.hasGaps(ofAllFaults: true))
  }

  @Test("a fault that nothing notices is a gap, whichever faults were run")
  func survivor() {
    let matrix = FaultMatrix(
      faults: [
        FaultMatrixRow(
          name: "fault", area: "tokens", severity: "major", sentence: "A fault.", run: [:], baseline: [:])
      ], scenarios: [], baseline: [:], expectations: [])
    #expect(matrix.hasGaps(ofAllFaults: false) && matrix.hasGaps(ofAllFaults: true))
  }

  @Test("what was not asked is listed with the reason, and what scenarios share counts once")
  func notAsked() {
    let text = FaultMatrixTests.matrix(broken: []).text(isWhole: true, showsDeadWeight: true)
    #expect(text.contains("1 scenario that does not apply to the service:\n  c: not declared\n"), "\(text)")
    #expect(
      text.contains("2 expectations that never failed:\n  a.yaml:1:1: status\n  b.yaml:2:1: header Allow\n"), "\(text)")
  }
}
