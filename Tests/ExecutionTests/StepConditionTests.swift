// Steps that run only under conditions.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

extension StepCondition {
  fileprivate static func needs(_ capability: Capability) -> StepCondition {
    var when = StepCondition()
    when.capabilities = [capability]
    return when
  }

  fileprivate static func behaviour(_ behaviour: Behaviour, _ value: JSON) -> StepCondition {
    var when = StepCondition()
    when.behaviours = [BehaviourCondition(behaviour, value)]
    return when
  }

  fileprivate static func value(_ path: String..., is matcher: Matcher) -> StepCondition {
    var when = StepCondition()
    when.values = [Value(Reference(path: path), matcher)]
    return when
  }
}

extension Step {
  fileprivate func when(_ condition: StepCondition) -> Step {
    var step = self
    step.when = condition
    return step
  }
}

@Suite("A step with when") struct StepConditionTests {
  /// Saves the status of a request as `status`.
  private static let save: Step = {
    var step = Step.http("GET", "/saved", status: nil)
    step.savings = [Saving(name: "status", source: .status, place: Fixture.place(3))]
    return step
  }()

  private func run(_ steps: [Step], finally: [Step] = []) async throws -> (CaseRecord, [String], [StepRecord]) {
    var scenario = Fixture.scenario(steps)
    scenario.finally = finally
    let transport = ScriptedTransport { _ in WireResponse(200) }
    let result = try await Fixture.run([scenario], transport)
    let steps = result.events.compactMap { if case .stepFinished(let step) = $0 { step } else { nil } }
    return (try result.record(), transport.sent.dropFirst().map(\.path), steps)
  }

  private static let conditions: [(StepCondition, reason: String?)] = [
    (.needs(.deleteClient), "when delete-client: the target cannot delete clients"),
    (.needs(.basicAuthentication), nil),
    (.behaviour(.namelessClient, "refused"), "when nameless-client is refused; the target declares "),
    (.behaviour(.payloadAccepted, [200, 201]), nil),
    (.value("status", is: .equal(201)), "when status is 201; it is 200"),
    (.value("status", is: .equal(200)), nil),
    (.value("other", is: .equal(1)), "when other is 1; it is missing"),
    (.value("other", is: .absent(true)), nil),
    (.value("other", is: .absent(false)), "when other is "),
    (.value("unique", "x", is: .absent(true)), nil),
  ]

  @Test("is left out if the condition is not met, and the case goes on", arguments: conditions.indices)
  func leftOut(_ index: Int) async throws {
    let (condition, reason) = StepConditionTests.conditions[index]
    let (record, sent, steps) = try await run([
      StepConditionTests.save, .http("GET", "/a", status: 200).when(condition), .http("GET", "/b"),
    ])
    #expect(record.verdict == .passed, "\(record.findings.map(\.message))")
    #expect(sent == (reason == nil ? ["/saved", "/a", "/b"] : ["/saved", "/b"]))
    #expect(steps.map { $0.notRun != nil } == (reason == nil ? [false, false, false] : [false, true, false]))
    if let reason {
      #expect(steps[1].notRun?.hasPrefix(reason) == true, "\(steps[1].notRun ?? "")")
      #expect(record.notRun.count == 1 && record.notRun[0].hasPrefix("send GET: \(reason)"), "\(record.notRun)")
    }
  }

  @Test("is left out with all of its steps, if it has steps")
  func nested() async throws {
    let no = StepCondition.value("status", is: .equal(1))
    let steps = [
      StepConditionTests.save, .make(.repeat(3, [.http("GET", "/a")])).when(no),
      .make(.concurrently([[.http("GET", "/b")], [.http("GET", "/c").when(no)]])),
      .make(.concurrently([[.http("GET", "/d")], [.http("GET", "/e")]])).when(no),
    ]
    let (record, sent, _) = try await run(steps)
    #expect(record.verdict == .passed && sent == ["/saved", "/b"])
    #expect(record.notRun == ["send GET: when status is 1; it is 200 (6 times)"])
  }

  @Test("is no pass by itself: a case of which all judging steps were left out is skipped")
  func unjudged() async throws {
    let no = StepCondition.value("status", is: .equal(1))
    var implied = Step.http("GET", "/b")
    implied.isJudging = false
    let (record, sent, _) = try await run(
      [StepConditionTests.save, implied, .http("GET", "/a").when(no)], finally: [.http("DELETE", "/c")])
    #expect(record.verdict == .skipped, "\(record.findings.map(\.message))")
    #expect(record.reason == "none of its expectations applies: not run: when status is 1; it is 200")
    #expect(sent == ["/saved", "/b", "/c"])
    let (judged, _, _) = try await run([StepConditionTests.save, .http("GET", "/b"), .http("GET", "/a").when(no)])
    #expect(judged.verdict == .passed)
    let (failed, _, _) = try await run([StepConditionTests.save, .http("GET", "/b", status: 201), .http().when(no)])
    #expect(failed.verdict == .failed)
  }

  @Test("requires nothing of a target that leaves it out: the plan shows it before anything is sent")
  func plan() async throws {
    let delete = Step.make(.deleteClient(client: "erp"), [.must(.success(.deleteClient))])
    func entry(_ steps: [Step]) -> Plan.Entry {
      Plan(
        scenarios: [Fixture.scenario(given: [.client("erp")], steps)], requirements: [], target: Fixture.target
      ).scenarios[0]
    }
    #expect(entry([.http(), delete]).skipReason?.hasSuffix("(delete-client)") == true)
    #expect(entry([.http(), delete.when(.needs(.deleteClient))]).skipReason == nil)
    let reason = "none of its expectations applies: not run: when delete-client: the target cannot delete clients"
    #expect(entry([delete.when(.needs(.deleteClient))]).skipReason == reason)
    #expect(entry([.make(.repeat(2, [delete])).when(.needs(.deleteClient))]).skipReason == reason)
    #expect(entry([.make(.repeat(2, [delete.when(.needs(.deleteClient))]))]).skipReason == reason)
    let unknown = StepCondition.value("x", is: .equal(1))
    #expect(entry([.http().when(unknown)]).skipReason == nil)
  }

  @Test("is errored if its condition cannot be evaluated")
  func unevaluated() async throws {
    let unknown = StepCondition.value("status", is: .equals(.reference(Reference(path: ["nothing"]))))
    let (record, sent, _) = try await run([StepConditionTests.save, .http("GET", "/a").when(unknown)])
    #expect(record.verdict == .errored && sent == ["/saved"])
    #expect(record.findings.map(\.message) == ["when: cannot resolve ${nothing}: nothing was saved under that name"])
  }

  @Test("is left out of a pending case for good, and may be its wait")
  func pending() async throws {
    let no = StepCondition.value("status", is: .equal(1))
    let scenario = Fixture.scenario([
      StepConditionTests.save, PendingFixture.day.when(no), .http("GET", "/a").when(no), PendingFixture.day,
    ])
    let part = try await PendingFixture.run([scenario]) { _ in WireResponse(200) }
    #expect(try part.result.record().verdict == .pending)
    #expect(part.states.first?.leftOut.keys.sorted() == [1, 2])
    let read = try part.states.map { try #require(PendingState($0.json)) }
    #expect(read.map(\.leftOut) == part.states.map(\.leftOut))
    var states = part.states
    states[0].recorded = ["send GET": 1, "wait 1d": 1]
    let rest = try await PendingFixture.run([scenario], from: states) { _ in WireResponse(200) }
    let record = try rest.result.record()
    #expect(record.verdict == .skipped, "\(record.findings.map(\.message))")
    #expect(record.notRun.count == 2)
  }
}
