import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("What is expected of all branches together") struct JointExpectationTests {
  /// Copies of a request whose statuses and values are these, in any order; each saves its value.
  private static func run(
    _ answers: [(status: Int, value: String)], _ expectations: [Expectation], inner: [Expectation] = [],
    saves: Bool = true
  ) async throws -> CaseRecord {
    let count = Locked(0)
    var request = Step.http(status: nil, inner)
    if saves {
      request.savings = [Saving(name: "v", source: .json(JSONPointer(tokens: ["v"])), place: Fixture.place(11))]
    }
    let step = Step.make(
      .concurrently(Array(repeating: [request], count: answers.count)), expectations, line: 12)
    return try await Fixture.run([step]) { _ in
      // the first request of a run tries the target
      let index = count.withLock { count in
        defer { count += 1 }
        return count - 1
      }
      guard answers.indices.contains(index) else { return WireResponse(200) }
      return WireResponse(answers[index].status, #"{"v":"\#(answers[index].value)"}"#)
    }.record()
  }

  private static let value = Reference(path: ["v"])

  @Test(
    "the number of branches that succeeded is counted",
    arguments: [
      ([200, 409, 409], 1, true), ([200, 201, 409], 1, false), ([409, 400, 409], 1, false), ([200, 200], 2, true),
    ])
  func succeeded(statuses: [Int], expected: Int, holds: Bool) async throws {
    let record = try await JointExpectationTests.run(
      statuses.map { ($0, "x") }, [.must(.succeeded(.equal(.int(expected))))])
    #expect(record.verdict == (holds ? .passed : .failed))
    if !holds {
      let count = statuses.count { $0 < 300 }
      #expect(record.findings.map(\.message) == ["branches that succeeded: expected \(expected), got \(count)"])
    }
  }

  @Test(
    "values are different, or equal",
    arguments: [
      (["a", "b", "c"], true, false), (["a", "b", "a"], false, false), (["a", "a", "a"], false, true),
    ])
  func compared(values: [String], areDifferent: Bool, areEqual: Bool) async throws {
    let answers = values.map { (200, $0) }
    let different = try await JointExpectationTests.run(
      answers, [.must(.different(JointExpectationTests.value))])
    let equal = try await JointExpectationTests.run(answers, [.must(.equal(JointExpectationTests.value))])
    #expect(different.verdict == (areDifferent ? .passed : .failed))
    #expect(equal.verdict == (areEqual ? .passed : .failed))
    // values may be secrets
    for finding in different.findings + equal.findings {
      #expect(finding.message.hasPrefix("v of the copies: expected "), "\(finding.message)")
      #expect(finding.place == Fixture.place(20))
    }
  }

  @Test("a value that fewer than two copies saved is not compared, and that is a failure")
  func nothing() async throws {
    let record = try await JointExpectationTests.run(
      [(200, "a"), (200, "b")], [.must(.different(JointExpectationTests.value))], saves: false)
    #expect(record.verdict == .failed)
    #expect(record.findings.first?.message.contains("values of two or more copies") == true)
  }

  @Test("a recommendation warns, and a branch that failed leaves the number open")
  func severities() async throws {
    let warned = try await JointExpectationTests.run(
      [(200, "a"), (200, "a")], [.should(.different(JointExpectationTests.value))])
    #expect(warned.verdict == .warned)
    let failed = try await JointExpectationTests.run(
      [(200, "a"), (500, "b")], [.must(.succeeded(.equal(2)))], inner: [.must(.status(.equal(200)))])
    #expect(failed.verdict == .failed && failed.findings.count == 1, "\(failed.findings)")
  }
}
