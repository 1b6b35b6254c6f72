import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("A pending case") struct PendingCaseTests {
  private static let day = PendingFixture.day
  private static let token = #"{"access_token":"a-token-of-the-test","token_type":"Bearer","expires_in":3600}"#
  private static let respond: ScriptedTransport.Respond = { WireResponse(200, $0.path == "/token" ? token : "") }

  /// Takes a client and a token, waits for a day, and uses both.
  private static var scenario: Scenario {
    Fixture.scenario(
      given: [.client("erp"), .token("t", of: "erp")],
      [day, .post("t"), .http("GET", Step.reference("erp", "id")), .http("GET", Step.reference("unique"))])
  }

  private func first(_ scenario: Scenario = scenario) async throws -> PendingFixture {
    try await PendingFixture.run([scenario], PendingCaseTests.respond)
  }

  @Test("has run up to its wait, which the log has, and nothing after it")
  func pending() async throws {
    let part = try await first()
    let record = try part.result.record()
    #expect(record.verdict == .pending && record.exchanges == 1 && record.findings == [])
    #expect(part.result.sent.map(\.path) == ["/token"])
    let sentences = part.result.events.compactMap {
      if case .stepFinished(let step) = $0 { step.sentence } else { nil }
    }
    #expect(sentences == ["request a token for 'erp' as 't'", "wait 1d"])
    let state = try #require(part.states.first)
    #expect(
      record.reason == "waits until \(state.due); run the rest after that by 'conform resume --target FILE'")
    // with the second of slack of a clock that runs
    #expect(state.due - SimulatedInstant.documented >= SimulatedDuration(milliseconds: 86_401_000))
    #expect(part.states.count == 1 && state.stepsDone == 3 && state.stepCount == 6 && state.exchanges == 1)
    #expect(state.givenTaken == ["first": 1])
    #expect(state.confidential.values.joined().contains("a-token-of-the-test"))
  }

  @Test("continues with its names, and has the exchanges of both runs")
  func continues() async throws {
    let part = try await first()
    let rest = try await PendingFixture.run([PendingCaseTests.scenario], from: part.states, PendingCaseTests.respond)
    let record = try rest.result.record()
    #expect(record.verdict == .passed, "\(record.findings.map(\.message))")
    #expect(record.exchanges == 4 && record.notRun == [])
    #expect(record.startedAt == (try part.result.record().startedAt))
    #expect(rest.result.sent.prefix(2).map(\.path) == ["/in", "/client-1"])
    #expect(rest.result.sent.first?.request.headers.first("Authorization") == "Bearer a-token-of-the-test")
    #expect(rest.result.sent.last?.path == part.states.first?.names["unique"]?.string.map { "/\($0)" })
    #expect(rest.states == [])
  }

  @Test("keeps its secrets out of the log of the run that continues it")
  func secrets() async throws {
    let part = try await first()
    let rest = try await PendingFixture.run([PendingCaseTests.scenario], from: part.states) { _ in
      WireResponse(200, "a-token-of-the-test")
    }
    #expect(rest.result.exchanges.count == 3)
    #expect(rest.lines.count { $0.contains("$T") } == 3)
    #expect(!rest.lines.joined().contains("a-token-of-the-test"))
  }

  @Test("takes the next static client after those that it had")
  func clients() async throws {
    let scenario = Fixture.scenario(
      given: [.client("a"), PendingCaseTests.day, .client("b")], [.http("GET", Step.reference("b", "id"))])
    let part = try await first(scenario)
    let rest = try await PendingFixture.run([scenario], from: part.states, PendingCaseTests.respond)
    #expect(rest.result.sent.map(\.path) == ["/client-2"])
    #expect(try rest.result.record().verdict == .passed)
  }

  @Test("is judged by its findings before the wait, too")
  func findings() async throws {
    let scenario = Fixture.scenario([
      .http(status: nil, [.should(.status(.equal(201)))]), PendingCaseTests.day, .http("GET", "/b"),
    ])
    var part = try await first(scenario)
    let findings = try part.result.record().findings
    #expect(findings.map(\.verdict) == [.warned])
    part.states[0].findings = findings
    let rest = try await PendingFixture.run([scenario], from: part.states, PendingCaseTests.respond)
    #expect(try rest.result.record().verdict == .warned)
  }

  @Test("is pending again at its next wait")
  func twice() async throws {
    let scenario = Fixture.scenario([PendingCaseTests.day, .http(), PendingCaseTests.day, .http("GET", "/b")])
    let part = try await first(scenario)
    let rest = try await PendingFixture.run([scenario], from: part.states, PendingCaseTests.respond)
    #expect(try rest.result.record().verdict == .pending)
    #expect(rest.states.map(\.stepsDone) == [3] && rest.states.map(\.exchanges) == [1])
    #expect(rest.states.map(\.fingerprint) == part.states.map(\.fingerprint))
  }

  @Test("is not a case whose wait is as long as --max-wait, with the slack of a running clock", arguments: [59, 60])
  func limit(seconds: Int64) async throws {
    let wait = Step.make(.wait(.span(WaitLength(SimulatedDuration(milliseconds: seconds * 1000)))))
    let part = try await first(Fixture.scenario([wait, .http()]))
    #expect(try part.result.record().verdict == (seconds == 59 ? .passed : .pending))
  }

  @Test("cannot be inside of 'repeat': the case is errored, and what follows does not run")
  func nested() async throws {
    let wait = Step.make(.wait(.expiry(of: "t", later: .none)))
    let scenario = Fixture.scenario(
      given: [.client("erp"), .token("t", of: "erp")], [.make(.repeat(2, [wait])), .http()])
    var target = PendingFixture.target
    // the plan lets it run, but the token lives longer than the target declares
    target.behaviour = [.tokenLifetime: 10]
    let part = try await PendingFixture.run([scenario], on: target, PendingCaseTests.respond)
    let record = try part.result.record()
    #expect(record.verdict == .errored && part.states == [])
    #expect(record.findings.first?.message.contains("a case cannot be pending inside 'repeat'") == true)
    #expect(record.notRun.last == "send GET")
  }

  // MARK: - What cannot continue

  @Test("is errored if it no longer exists, or has changed, and nothing is sent")
  func changed() async throws {
    let part = try await first()
    var other = PendingCaseTests.scenario
    other.steps[1].expectations = [.must(.status(.equal(200)))]
    let renamed = Fixture.scenario(named: "renamed", other.steps)
    for (scenario, words) in [(renamed, "no longer exists"), (other, "has changed since the case began")] {
      var states = part.states
      // as the log has it
      states[0].planned = try part.result.record().planned
      let rest = try await PendingFixture.run([scenario], from: states, PendingCaseTests.respond)
      let record = try rest.result.record()
      #expect(record.verdict == .errored && record.exchanges == 1)
      let finding = try #require(record.findings.first)
      #expect(finding.message.contains(words) && finding.requirements.map(\.id) == ["TST-01"])
      #expect(rest.result.sent.isEmpty && rest.states == [])
    }
  }

  @Test("is found by its id if its number in the plan is another")
  func moved() async throws {
    let part = try await first()
    let before = (0..<2).map { Fixture.scenario(named: "before-\($0)", [.http()]) }
    let scenarios = before + [PendingCaseTests.scenario]
    let rest = try await PendingFixture.run(scenarios, from: part.states, PendingCaseTests.respond)
    #expect(try rest.result.record().verdict == .passed)
    #expect(rest.result.sent.count == 3)
  }

  @Test(
    "cannot have stopped but after a wait of its own steps",
    arguments: [(1, 6, false), (2, 6, false), (3, 6, true), (4, 6, false), (7, 6, false), (3, 5, false)])
  func place(done: Int, count: Int, isPossible: Bool) async throws {
    var state = try #require(try await first().states.first)
    state.stepsDone = done
    state.stepCount = count
    let obstacle = PendingFixture.plan([PendingCaseTests.scenario]).obstacle(to: state)
    #expect((obstacle == nil) == isPossible)
    #expect(isPossible || obstacle?.contains("the file was changed") == true)
  }

  @Test(
    "has all of its waits in the log, nested ones too",
    arguments: [
      (["wait 1s": 2, "wait 2s": 2, "wait 1d": 1], true), (["wait 1s": 3, "wait 2s": 2, "wait 1d": 1], true),
      (["wait 1s": 1, "wait 2s": 2, "wait 1d": 1], false), (["wait 1s": 2, "wait 2s": 1, "wait 1d": 1], false),
      (["wait 1s": 2, "wait 2s": 2], false), ([:], false),
    ] as [([String: Int], Bool)])
  func recorded(recorded: [String: Int], isPossible: Bool) async throws {
    func wait(_ seconds: Int64) -> Step {
      .make(.wait(.span(WaitLength(SimulatedDuration(milliseconds: seconds * 1000)))))
    }
    let branches = Step.make(.concurrently([[wait(2)], [wait(2), .http()]]))
    let scenario = Fixture.scenario([
      .make(.repeat(2, [wait(1)])), branches, PendingCaseTests.day, .http(), PendingCaseTests.day,
    ])
    let plan = PendingFixture.plan([scenario])
    var state = PendingState(
      number: 0, id: "case", due: .documented, startedAt: .documented, simulatedStart: .documented, exchanges: 0,
      stepsDone: 3, stepCount: 5, names: [:], confidential: [:], givenTaken: [:], clients: [])
    state.fingerprint = plan.fingerprint(of: try #require(plan.makeCase(number: 0)))
    state.recorded = recorded
    #expect((plan.obstacle(to: state) == nil) == isPossible)
    state.recorded = nil
    #expect(plan.obstacle(to: state) == nil)
  }

  // MARK: - A run that is stopped

  @Test("stays pending if the run that continues it is stopped at its first request")
  func stop() async throws {
    let part = try await first()
    let stop = Locked<(@Sendable () -> Void)?>(nil)
    let rest = try await PendingFixture.run(
      [PendingCaseTests.scenario], from: part.states, stop: { closure in stop.withLock { $0 = closure } }
    ) { _ in
      stop.withLock { $0 }?()
      return WireResponse(200)
    }
    #expect(rest.result.sent.count == 1)
    #expect(rest.states == part.states)
    #expect(throws: TargetError.self) { try rest.result.record() }
  }

  @Test("that does not start, since the run is stopped before, stays pending")
  func stopBefore() async throws {
    let part = try await first()
    let rest = try await PendingFixture.run(
      [PendingCaseTests.scenario], from: part.states, stop: { $0() }, PendingCaseTests.respond)
    #expect(rest.states == part.states && rest.result.sent.isEmpty)
  }

  @Test("that ends with an error of its own is errored, and does not stay pending")
  func errored() async throws {
    let part = try await first()
    let rest = try await PendingFixture.run([PendingCaseTests.scenario], from: part.states) {
      sent throws(TransportError) in
      if sent.path == "/in" { return WireResponse(200) }
      throw TransportError(.timeout, "no response in time")
    }
    #expect(try rest.result.record().verdict == .errored)
    #expect(rest.states == [])
  }

  @Test("that has failed before the run is stopped is failed")
  func failedThenStopped() async throws {
    let scenario = Fixture.scenario([PendingCaseTests.day, .http(status: 201), .http()])
    let part = try await first(scenario)
    let stop = Locked<(@Sendable () -> Void)?>(nil)
    let rest = try await PendingFixture.run(
      [scenario], from: part.states, stop: { closure in stop.withLock { $0 = closure } }
    ) { _ in
      stop.withLock { $0 }?()
      return WireResponse(200)
    }
    #expect(try rest.result.record().verdict == .failed)
    #expect(rest.states == [])
  }
}
