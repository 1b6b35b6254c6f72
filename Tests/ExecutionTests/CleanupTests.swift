// The steps of `finally`.

import ConformanceModel
import HTTPModel
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("The steps of finally") struct CleanupTests {
  private static let cleanup = Step.http("DELETE", "/a")

  /// Runs a case whose requests have these statuses by their paths; 0 is a connection that fails, others are 200.
  private func run(
    given: [Step] = [], _ steps: [Step], finally: [Step] = [cleanup], _ statuses: [String: Int] = [:]
  ) async throws -> (record: CaseRecord, sent: [String]) {
    var scenario = Fixture.scenario(given: given, steps)
    scenario.finally = finally
    let transport = ScriptedTransport { sent throws(TransportError) in
      let status = statuses["\(sent.request.method) \(sent.path)"] ?? 200
      if status == 0 { throw TransportError(.connection, "no connection") }
      return WireResponse(status: status)
    }
    let result = try await Fixture.run([scenario], transport)
    return (try result.record(), transport.sent.dropFirst().map { "\($0.request.method) \($0.path)" })
  }

  @Test(
    "run after the others, whatever became of them",
    arguments: [
      (200, Verdict.passed), (500, .failed), (0, .errored), (299, .skipped),
    ])
  func always(status: Int, verdict: Verdict) async throws {
    let first = status == 299 ? Step.http("GET", "/x", status: nil, onlyIf: 200) : .http("GET", "/x")
    let (record, sent) = try await run([first, .http("GET", "/b")], ["GET /x": status])
    #expect(record.verdict == verdict, "\(record.findings.map(\.message))")
    #expect(sent == (status == 200 ? ["GET /x", "GET /b", "DELETE /a"] : ["GET /x", "DELETE /a"]))
    #expect(record.notRun == (status == 200 ? [] : ["send GET"]))
    #expect(record.exchanges == sent.count)
  }

  @Test("run after a setup that failed")
  func afterSetup() async throws {
    let (record, sent) = try await run(given: [.http("POST", "/a")], [.http()], ["POST /a": 500])
    #expect(record.verdict == .errored && record.findings.map(\.part) == ["setup"])
    #expect(sent == ["POST /a", "DELETE /a"])
  }

  @Test("make a case errored that would have passed or been skipped, and hide no failure", arguments: [200, 500, 299])
  func failing(status: Int) async throws {
    let first = status == 299 ? Step.http("GET", "/x", status: nil, onlyIf: 200) : .http("GET", "/x")
    let (record, _) = try await run([first], ["GET /x": status, "DELETE /a": 503])
    #expect(record.verdict == (status == 500 ? .failed : .errored))
    #expect(record.findings.map(\.part) == (status == 500 ? [nil, "cleanup"] : ["cleanup"]))
    let last = try #require(record.findings.last)
    #expect(last.message == "cleanup failed: status: expected 200, got 503" && last.verdict == .errored)
    #expect(last.exchange?.status == 503)
  }

  @Test("are marked as such also if there is no response")
  func unanswered() async throws {
    let (record, _) = try await run([.http()], ["DELETE /a": 0])
    #expect(record.verdict == .errored && record.findings.map(\.part) == ["cleanup"])
    #expect(record.findings.first?.kind == .connection)
  }

  @Test("each run, also after one that failed, and nested ones")
  func each() async throws {
    let nested: [Step] = [
      .make(.repeat(2, [.http("PUT", Step.reference("index"))])),
      .make(.concurrently([[.http("PUT", "/c")], [.http("PUT", "/d")]])),
    ]
    let (record, sent) = try await run(
      [.http()], finally: nested + [CleanupTests.cleanup], ["PUT /1": 500, "PUT /c": 500])
    #expect(sent.prefix(2) == ["GET /", "PUT /1"] && sent.last == "DELETE /a")
    #expect(Set(sent.dropFirst(2).dropLast()) == ["PUT /c", "PUT /d"])
    #expect(record.findings.map(\.part) == ["cleanup", "cleanup"] && record.notRun == ["send PUT"])
  }

  @Test("are left out if they are about something that was not saved")
  func unsaved() async throws {
    var made = Step.http("POST", "/a", status: 201)
    made.savings = [Saving(name: "id", source: .status, place: Fixture.place(3))]
    let (record, sent) = try await run([made], finally: [.http("DELETE", Step.reference("id"))], ["POST /a": 500])
    #expect(record.verdict == .failed && record.findings.count == 1)
    #expect(sent == ["POST /a"])
    #expect(record.notRun == ["send DELETE: cannot resolve ${id}: nothing was saved under that name"])
    let (passed, all) = try await run([made], finally: [.http("DELETE", Step.reference("id"))], ["POST /a": 201])
    #expect(passed.verdict == .passed && all == ["POST /a", "DELETE /201"])
  }

  @Test("need the capabilities that they use")
  func capabilities() async throws {
    let step = Step.make(.deleteClient(client: "erp"), [.must(.success(.deleteClient))])
    let (record, sent) = try await run(given: [.client("erp")], [.http()], finally: [step])
    #expect(record.verdict == .skipped && sent == [])
    #expect(record.reason?.hasSuffix("(delete-client)") == true, "\(record.reason ?? "")")
  }

  // MARK: - Stopped and pending

  private static func scenario(_ steps: [Step]) -> Scenario {
    var scenario = Fixture.scenario(steps)
    scenario.finally = [cleanup]
    return scenario
  }

  /// Runs until the request with this path, at which the run is stopped.
  private func stopped(at path: String, _ scenario: Scenario, from states: [PendingState]? = nil) async throws
    -> PendingFixture
  {
    let stop = Locked<(@Sendable () -> Void)?>(nil)
    return try await PendingFixture.run([scenario], from: states, stop: { now in stop.withLock { $0 = now } }) { sent in
      if sent.path == path { stop.withLock { $0 }?() }
      return WireResponse(200)
    }
  }

  @Test("run after Ctrl-C")
  func interrupted() async throws {
    let part = try await stopped(at: "/x", CleanupTests.scenario([.http("GET", "/x"), .http("GET", "/y")]))
    #expect(part.result.sent.map(\.path) == ["/x", "/a"])
    let record = try part.result.record()
    #expect(record.verdict == .errored && record.findings.map(\.message) == ["not finished: Ctrl-C"])
  }

  @Test("are not run if the case never started")
  func neverStarted() async throws {
    let part = try await PendingFixture.run([CleanupTests.scenario([.http()])], stop: { $0() }) { _ in WireResponse(200)
    }
    #expect(part.result.sent.isEmpty)
    #expect(try part.result.record().verdict == .errored)
  }

  @Test("are not run if the values of the case cannot be made, so that no step runs")
  func noValues() async throws {
    var scenario = CleanupTests.scenario([.http("GET", "/x")])
    scenario.cases = .rows([.init(name: "row", values: [.init("x", .reference(Reference(path: ["nothing"])))])])
    let transport = ScriptedTransport { _ in WireResponse(200) }
    let record = try await Fixture.run([scenario], transport).record("case/row")
    #expect(record.verdict == .errored && record.findings.count == 1 && record.notRun == ["send GET", "send DELETE"])
    #expect(transport.sent.count == 1, "the check that the target responds")
  }

  @Test("belong to the end of a pending case")
  func pending() async throws {
    let scenario = CleanupTests.scenario([.http("GET", "/x"), PendingFixture.day, .http("GET", "/y")])
    let part = try await PendingFixture.run([scenario]) { _ in WireResponse(200) }
    #expect(part.result.sent.map(\.path) == ["/x"])
    #expect(try part.result.record().verdict == .pending)
    let rest = try await PendingFixture.run([scenario], from: part.states) { _ in WireResponse(200) }
    #expect(rest.result.sent.map(\.path) == ["/y", "/a"])
    #expect(try rest.result.record().verdict == .passed)
  }

  @Test("are not run if a stopped run leaves the case pending")
  func staysPending() async throws {
    let scenario = CleanupTests.scenario([PendingFixture.day, .http("GET", "/y"), .http("GET", "/z")])
    let part = try await PendingFixture.run([scenario]) { _ in WireResponse(200) }
    let rest = try await stopped(at: "/y", scenario, from: part.states)
    #expect(rest.result.sent.map(\.path) == ["/y"])
    #expect(rest.states.count == 1)
    #expect(throws: TargetError.self) { try rest.result.record() }
  }

  @Test("run if the failures of others end the case at a wait")
  func cutShort() async throws {
    let other = Fixture.scenario(named: "other", [.http("GET", "/other")])
    let scenario = CleanupTests.scenario([.http("GET", "/x"), PendingFixture.day, .http("GET", "/y")])
    let transport = ScriptedTransport { WireResponse(status: $0.path == "/other" ? 500 : 200) }
    var target = Fixture.target
    target.clock = .process(.init(library: .own))
    let result = try await Fixture.run([scenario, other], on: target, transport, clock: InstantClock(), maxFailures: 1)
    #expect(transport.sent.map(\.path) == ["/x", "/other", "/a"])
    let record = try result.record()
    #expect(record.verdict == .skipped && record.reason?.hasPrefix("not finished: ") == true)
  }
}
