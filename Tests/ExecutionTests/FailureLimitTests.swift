import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("A run that stops after so many failures")
struct FailureLimitTests {
  /// Runs scenarios `case-0`, `case-1`, …; each sends one request to `/0`, `/1`, ….
  private static func run(_ statuses: [Int], maxFailures: Int?, given: [Step] = []) async throws -> RunResult {
    let transport = ScriptedTransport { request in
      WireResponse(Int(request.path.dropFirst()).map { statuses[$0] } ?? 200)
    }
    let scenarios = statuses.indices.map {
      Fixture.scenario(named: "case-\($0)", given: given, [.http("GET", .literal(.string("/\($0)")), status: 200)])
    }
    var result = try await Fixture.run(scenarios, transport, maxFailures: maxFailures)
    result.sent = Array(transport.sent.dropFirst())
    return result
  }

  private static func summary(_ result: RunResult) throws -> RunSummary {
    guard case .runFinished(let summary)? = result.events.last else { throw TargetError("no end") }
    return summary
  }

  @Test("starts no case after the first failure, and says why the others did not run")
  func first() async throws {
    let result = try await FailureLimitTests.run([200, 500, 500, 200], maxFailures: 1)
    let verdicts = try (0...3).map { try result.record("case-\($0)").verdict }
    #expect(verdicts == [.passed, .failed, .skipped, .skipped])
    #expect(try result.record("case-3").reason == "not run: stopped after the first failure (--fail-fast)")
    #expect(result.sent.count == 2)
    let summary = try FailureLimitTests.summary(result)
    #expect(summary.aborted == "stopped after the first failure (--fail-fast)" && summary.failureLimit == 1)
  }

  @Test("counts failures, also those of cases without a verdict on the target")
  func several() async throws {
    let result = try await FailureLimitTests.run([500, 200, 500, 200], maxFailures: 2)
    #expect(try (0...3).map { try result.record("case-\($0)").verdict } == [.failed, .passed, .failed, .skipped])
    #expect(try FailureLimitTests.summary(result).aborted == "stopped after 2 failures (--max-failures)")
    let errored = try await FailureLimitTests.run([200, 200], maxFailures: 1, given: [.http("GET", "/0", status: 201)])
    #expect(try (0...1).map { try errored.record("case-\($0)").verdict } == [.errored, .skipped])
  }

  @Test("runs all cases if there are fewer failures, or no limit", arguments: [3, nil])
  func fewer(maxFailures: Int?) async throws {
    let result = try await FailureLimitTests.run([500, 200, 500, 200], maxFailures: maxFailures)
    #expect(result.sent.count == 4)
    let summary = try FailureLimitTests.summary(result)
    #expect(summary.aborted == nil && summary.failureLimit == nil)
  }
}
