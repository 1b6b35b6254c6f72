import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("An attempt without a response") struct FailedAttemptTests {
  private static let invariants = [Fixture.invariant([.must(.status(.not(.equal(999))))])]

  private static func error(_ kind: TransportError.Kind, isLost: Bool = false, isUnprocessed: Bool = false)
    -> TransportError
  {
    var error = TransportError(kind, "no response")
    error.isWithoutResponse = isLost
    error.isUnprocessed = isUnprocessed
    return error
  }

  /// Requests `/x` on a kept connection, with this error for each attempt.
  private static func run(_ method: String, _ error: TransportError) async throws -> RunResult {
    try await Fixture.run([.http("GET", "/first"), .http(method, "/x")], invariants: invariants) {
      sent throws(TransportError) in
      if sent.path == "/x" { throw error }
      return WireResponse(200)
    }
  }

  @Test(
    "is repeated only if the server did not process it, or a kept connection lost the response to an idempotent request",
    arguments: [
      ("GET", error(.timeout), 1), ("GET", error(.tls), 1), ("GET", error(.connection, isLost: true), 2),
      ("POST", error(.timeout), 1), ("GET", error(.protocol, isUnprocessed: true), 3),
      ("POST", error(.connection, isLost: true, isUnprocessed: true), 3),
    ])
  func repeated(method: String, error: TransportError, attempts: Int) async throws {
    let result = try await FailedAttemptTests.run(method, error)
    let record = try result.record()
    #expect(record.verdict == .errored && record.attempts == 1)
    #expect(result.sent.count { $0.path == "/x" } == attempts)
    #expect(result.exchanges.count == attempts + 1)
    #expect(result.events.count { if case .caseStarted = $0 { true } else { false } } == 1)
  }

  @Test(
    "says what it was, and counts as no response only if the server has read the request",
    arguments: [
      (error(.timeout), .timeout, Verdict.errored), (error(.protocol), .protocol, .errored),
      (error(.tls), Finding.Kind(.tls), .passed), (error(.timeout, isUnprocessed: true), .timeout, .passed),
      (error(.connection, isLost: true, isUnprocessed: true), .connection, .passed),
    ] as [(TransportError, Finding.Kind, Verdict)])
  func invariant(error: TransportError, kind: Finding.Kind, verdict: Verdict) async throws {
    let result = try await FailedAttemptTests.run("POST", error)
    let finding = try #require(try result.record().findings.first)
    #expect(finding.kind == kind && finding.verdict == .errored && finding.message == "no response")
    #expect(finding.step == "send POST" && finding.place == Fixture.place(10))
    #expect(try result.record(Invariant.everyRequestGetsAResponse).verdict == verdict)
  }

  @Test("on a new connection is not made again, since no other request has closed that")
  func fresh() async throws {
    let scenario = Fixture.scenario([.http("GET", "/x")])
    let run = try await PendingFixture.run([scenario], on: Fixture.target) { sent throws(TransportError) in throw .lost
    }
    #expect(run.result.sent.map(\.connection.isReused) == [false])
    #expect(try run.result.record().verdict == .errored && run.result.record().attempts == 1)
  }

  /// Runs a step while a closure stops the run.
  private static func stopped(
    _ step: Step, on target: Target = Fixture.target,
    _ respond: @escaping @Sendable (_ stop: () -> Void) throws(TransportError) -> WireResponse
  ) async throws -> PendingFixture {
    let stop = Locked<(@Sendable () -> Void)?>(nil)
    return try await PendingFixture.run(
      [Fixture.scenario([step])], on: target, stop: { closure in stop.withLock { $0 = closure } }
    ) { _ throws(TransportError) in
      try respond { stop.withLock { $0 }?() }
    }
  }

  @Test("that the end of the run cancels is not in the log, and its case says why the run ended")
  func cancelled() async throws {
    let run = try await FailedAttemptTests.stopped(.http()) { stop throws(TransportError) in
      stop()
      throw TransportError(.cancelled, "cancelled")
    }
    #expect(try run.result.record().findings.map(\.message) == ["not finished: Ctrl-C"])
    #expect(run.result.exchanges.isEmpty && run.result.sent.count == 1)
    #expect(try run.result.record().exchanges == 0)
  }

  @Test("does not follow a 429 once the run is stopped")
  func tooManyRequests() async throws {
    let run = try await FailedAttemptTests.stopped(.http()) { stop throws(TransportError) in
      stop()
      return WireResponse(429, "", [HeaderField("Retry-After", "50")])
    }
    #expect(run.result.sent.count == 1 && run.result.exchanges.map(\.status) == [429])
    #expect(try run.result.record().verdict == .errored)
  }

  @Test("does not have to be: a request waits for its turn at the rate of the target")
  func rate() async throws {
    var target = Fixture.target
    target.rate = 0.001
    var request = FreeRequest(url: "/a")
    request.alternatives = ["/b"]
    // the second request would start after 1000 seconds
    let run = try await FailedAttemptTests.stopped(.make(.http(request)), on: target) { stop in
      stop()
      return WireResponse(404)
    }
    #expect(run.result.sent.map(\.path) == ["/a"])
  }

  @Test("after a 429 leaves that once in the log")
  func once() async throws {
    let result = try await Fixture.run([.http()]) { sent throws(TransportError) in
      if sent.options.attempt == 1 { return WireResponse(429, "", [HeaderField("Retry-After", "0")]) }
      throw FailedAttemptTests.error(.timeout)
    }
    #expect(result.exchanges.map(\.status) == [429, 0])
  }

  @Test("is not repeated if a branch of its case has let time pass")
  func waitInBranch() async throws {
    let wait = Step.make(.wait(.span(WaitLength(SimulatedDuration(milliseconds: 1000)))))
    var target = Fixture.target
    target.clock = .process(.init(library: .own))
    for isFirst in [true, false] {
      let branches = Step.make(.concurrently(isFirst ? [[wait], [.http()]] : [[.http()], [wait]]))
      let scenario = Fixture.scenario([branches, .post()])
      let transport = ScriptedTransport { sent throws(TransportError) in
        if sent.request.method == "POST" { throw .lost }
        return WireResponse(200)
      }
      let record = try await Fixture.run([scenario], on: target, transport, clock: InstantClock()).record()
      #expect(record.notes.contains { $0.contains("it has let time pass") })
      #expect(record.verdict == .errored && transport.sent.count { $0.request.method == "POST" } == 1)
    }
  }
}
