import ConformanceModel
import HTTPModel
import JSONValue
import Redaction
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("Generated values") struct GeneratedValuesTests {
  /// The paths of requests with these references, of which the first is repeated twice.
  private func paths(_ references: [[String]], seed: UInt64? = nil, id: String = "case", run: String = "run")
    async throws
    -> [String]
  {
    let steps = references.map { path in
      Step.http("GET", .text([.literal("/"), .reference(Reference(path: path))]))
    }
    let scenario = Fixture.scenario(named: id, [.make(.repeat(2, [steps[0]]))] + steps)
    let transport = ScriptedTransport { _ in WireResponse(200) }
    let session = try TargetSession(
      target: Fixture.target, transport: transport, makeTransport: { transport }, redactor: SecretRedactor(),
      environment: [:],
      runID: run)
    var options = RunOptions()
    options.seed = seed
    let plan = Plan(
      scenarios: [scenario], requirements: [Requirement(id: "TST-01", level: .must, source: "s", text: "t")],
      target: Fixture.target)
    _ = await Runner(plan: plan, session: session, options: options, listeners: []).run()
    return transport.sent.dropFirst().map { String($0.path.dropFirst()) }
  }

  @Test("are UUIDs of version 4, the same for a name, and another one in each repetition")
  func uuid() async throws {
    let found = try await paths([["uuid"], ["uuid"], ["uuid", "a"], ["uuid", "b"], ["uuid", "a"]])
    #expect(found.count == 7)
    for uuid in found {
      #expect(uuid.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
    }
    #expect(found[2] == found[3] && found[4] == found[6])
    #expect(Set(found).count == 5)
  }

  @Test("differ from run to run and from case to case, unless a seed repeats them")
  func seed() async throws {
    let first = try await paths([["uuid"]])
    #expect(try await paths([["uuid"]], run: "other") != first)
    #expect(try await paths([["uuid"]], id: "other") != first)
    let seeded = try await paths([["uuid"]], seed: 7)
    #expect(try await paths([["uuid"]], seed: 7, run: "other") == seeded)
    #expect(try await paths([["uuid"]], seed: 8) != seeded)
    #expect(try await paths([["uuid"]], seed: 7, id: "other") != seeded)
  }

  @Test("have the time of the target's clock")
  func now() async throws {
    let wait = Step.make(.wait(.span(WaitLength(SimulatedDuration(milliseconds: 90_000)))))
    let now = Step.http(
      "GET",
      .text([.literal("/"), .reference(Reference(path: ["now"], filters: [.later(.init(milliseconds: 3_600_000))]))]))
    var target = Fixture.target
    target.clock = .process(.init(library: .own))
    let transport = ScriptedTransport { _ in WireResponse(200) }
    let result = try await Fixture.run(
      [Fixture.scenario([now, wait, now])], on: target, transport, clock: InstantClock())
    #expect(try result.record().verdict == .passed)
    #expect(transport.sent.map(\.path) == ["/2022-07-20T11:03:08Z", "/2022-07-20T11:04:38Z"])
  }

  @Test("are those of the first run in a case that was pending")
  func pending() async throws {
    let steps = [
      Step.http("GET", Step.reference("uuid")), PendingFixture.day, .http("GET", Step.reference("uuid")),
    ]
    let part = try await PendingFixture.run([Fixture.scenario(steps)]) { _ in WireResponse(200) }
    let rest = try await PendingFixture.run([Fixture.scenario(steps)], from: part.states) { _ in WireResponse(200) }
    #expect(part.result.sent.map(\.path) == rest.result.sent.map(\.path) && part.result.sent.count == 1)
  }
}
