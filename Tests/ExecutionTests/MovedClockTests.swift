// A clock that something else moves while the cases run.

import ConformanceModel
import HTTPModel
import RunEvents
import TestSupport
import Testing

@testable import Execution

/// A clock of which only the reading can be wrong.
private struct MovedClock: ClockDriver {
  let shown: @Sendable () -> SimulatedInstant?

  func prove(from start: SimulatedInstant) async throws(TargetError) -> String? { nil }
  func read() async throws(TargetError) -> SimulatedInstant? { shown() }
  func advance(to instant: SimulatedInstant) async throws(TargetError) -> ClockReadings { ClockReadings() }
}

@Suite("A clock that something else moves")
struct MovedClockTests {
  /// Posts with a token that is refused. The clock is moved by so many seconds before that.
  private func run(by seconds: Int64?, cases: Int = 1) async throws -> [CaseRecord] {
    var target = Fixture.target
    target.clock = .process(Target.ProcessClock(library: .own))
    let isPosted = Locked(false)
    let transport = ScriptedTransport { sent throws(TransportError) in
      if sent.path == "/token" { return WireResponse(200, #"{"access_token":"a-token-of-the-service"}"#) }
      isPosted.withLock { $0 = true }
      return WireResponse(status: 401)
    }
    let clock = MovedClock {
      let start = SimulatedInstant.documented
      guard isPosted.withLock({ $0 }) else { return start }
      return seconds.map { start + SimulatedDuration(milliseconds: 1000 * $0) }
    }
    let steps = [Step.token("token", of: "erp"), .post("token", [.must(.success(.postPayload))])]
    let scenarios = (1...cases).map { Fixture.scenario(named: "case-\($0)", given: [.client("erp")], steps) }
    let result = try await Fixture.run(scenarios, on: target, transport, clock: clock)
    return try (1...cases).map { try result.record("case-\($0)") }
  }

  @Test("makes what failed errored, with both times first", arguments: [86_400, -60, 3])
  func moved(seconds: Int64) async throws {
    let record = try await run(by: seconds)[0]
    #expect(record.verdict == .errored)
    #expect(record.findings.allSatisfy { $0.verdict == .errored })
    let message = try #require(record.findings.first?.message)
    #expect(message.hasPrefix("the target's clock shows 2022-07-2"), "\(message)")
    #expect(message.contains("but the run advanced it to 2022-07-20T10:03:08Z: something else moved it"), "\(message)")
    #expect(record.findings.count == 2)
  }

  @Test("is distinguished from a failure by its reading alone", arguments: [0, 1, nil])
  func unmoved(seconds: Int64?) async throws {
    let record = try await run(by: seconds)[0]
    #expect(record.verdict == .failed && record.findings.count == 1, "\(record.findings)")
  }
}
