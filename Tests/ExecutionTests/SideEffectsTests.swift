import ConformanceModel
import JSONValue
import Testing

@testable import Execution

@Suite("What a scenario leaves behind at a live target") struct SideEffectsTests {
  private static let place = Fixture.place(40)

  private static func http(_ method: String, edited: String? = nil, _ expectations: [Expectation] = []) -> Step {
    var request = FreeRequest(url: "/")
    request.method = method
    request.edits.method = edited
    return .make(.http(request), expectations)
  }

  private static func reason(_ step: Step, _ target: Target = Fixture.target) -> String? {
    reason(Fixture.scenario([.http(), step]), target)
  }

  private static func reason(_ scenario: Scenario, _ target: Target = Fixture.target) -> String? {
    SideEffects.reason(scenario, target, target.capabilities)
  }

  @Test(
    "is nothing for a method that reads",
    arguments: [("GET", true), ("HEAD", true), ("OPTIONS", true), ("POST", false), ("PUT", false), ("DELETE", false)])
  func methods(method: String, isSafe: Bool) {
    let reason = SideEffectsTests.reason(SideEffectsTests.http(method))
    #expect(reason == (isSafe ? nil : "sends \(method), which may leave something behind"))
    #expect((SideEffectsTests.reason(SideEffectsTests.http("GET", edited: method)) == nil) == isSafe)
    #expect((SideEffectsTests.reason(SideEffectsTests.http("POST", edited: method)) == nil) == isSafe)
  }

  @Test(
    "is nothing if the step expects that the request is refused",
    arguments: [
      (.status(.equal(400)), true), (.status(.equal(499)), true), (.status(.equal(399)), false),
      (.status(.equal(500)), false), (.status(.equal("401")), false), (.status(.statusClass(4)), true),
      (.status(.statusClass(2)), false), (.status(.statusClass(5)), false),
      (.status(.oneOf([.equal(400), .statusClass(4)])), true), (.status(.oneOf([.equal(400), .equal(201)])), false),
      (.status(.oneOf([])), false), (.status(.not(.equal(200))), false),
      (.status(.among(behaviour(.foreignToken))), true), (.status(.equals(behaviour(.malformedPayload))), true),
      (.status(.among(behaviour(.blankPayloadRefused))), true), (.status(.among(behaviour(.mismatchedPayload))), true),
      (.status(.among(behaviour(.payloadAccepted))), false), (.status(.among(behaviour(.blankPayload))), false),
      (.error(.equal("invalid_client")), true), (.challenge(scheme: "Bearer", .equal("x")), true),
      (.success(.postPayload), false), (.header("X", .equal("400")), false),
    ] as [(Expectation.Subject, Bool)])
  func refused(subject: Expectation.Subject, isRefused: Bool) {
    let post = SideEffectsTests.reason(.post("t", [.must(.text(.equal(""))), .must(subject)]))
    #expect(post == (isRefused ? nil : "leaves payloads behind"))
    #expect((SideEffectsTests.reason(SideEffectsTests.http("POST", [.must(subject)])) == nil) == isRefused)
  }

  private static func behaviour(_ behaviour: Behaviour) -> Template {
    .reference(Reference(path: ["behaviour", behaviour.rawValue]))
  }

  @Test("is a client that cannot be deleted")
  func clients() {
    let request = Target.RequestTemplate(method: "DELETE", url: "/", place: SideEffectsTests.place)
    var managed = Target.HTTPClients()
    managed.requests = [.create: request]
    var target = Fixture.target
    for step in [Step.client("a"), .make(.replaceClient(client: "a"), as: "b")] {
      #expect(SideEffectsTests.reason(step, target) == nil, "static clients")
      target.clients = .http(managed)
      #expect(SideEffectsTests.reason(step, target) == "creates clients that cannot be deleted there")
      managed.requests[.delete] = request
      target.clients = .http(managed)
      #expect(SideEffectsTests.reason(step, target) == nil)
      target.clients = nil
      #expect(SideEffectsTests.reason(step, target) != nil)
      managed.requests[.delete] = nil
      target = Fixture.target
    }
  }

  @Test("is time that passes on its clock, except on the wall clock")
  func waits() {
    let wait = Step.make(.wait(.span(WaitLength(SimulatedDuration(milliseconds: 1000)))))
    var target = Fixture.target
    for (clock, isHarmless) in [(Target.Clock.wall, true), (.process(.init(library: .own)), false)] {
      target.clock = clock
      #expect((SideEffectsTests.reason(wait, target) == nil) == isHarmless)
    }
  }

  @Test("is also that of nested steps and of the setup")
  func nested() {
    for step in [
      Step.make(.repeat(2, [.http(), .post("t")])), .make(.concurrently([[.http()], [.post("t")]])),
    ] {
      #expect(SideEffectsTests.reason(step) == "leaves payloads behind")
      #expect(SideEffectsTests.reason(Fixture.scenario(given: [step], [.http()])) == "leaves payloads behind")
    }
    #expect(SideEffectsTests.reason(.make(.repeat(2, [.http()]))) == nil)
    #expect(SideEffectsTests.reason(.make(.concurrently([[.http()], [.http()]]))) == nil)
  }

  @Test("keeps a scenario from running at a live target alone, unless side effects are allowed")
  func live() {
    for environment in Target.Environment.allCases {
      for isAllowed in [true, false] {
        var target = Fixture.target
        target.environment = environment
        let plan = Plan(
          scenarios: [Fixture.scenario([.post("t")]), Fixture.scenario(named: "other", [.http()])], requirements: [],
          target: target, allowsSideEffects: isAllowed)
        let isSkipped = environment == .live && !isAllowed
        #expect(
          plan.scenarios[0].skipReason
            == (isSkipped
              ? "leaves payloads behind, and the target is live; --allow-destructive runs it anyway" : nil))
        #expect(plan.scenarios[1].skipReason == nil)
      }
    }
  }

  @Test("a post that is refused with the statuses of the row leaves nothing behind", arguments: [422, 201])
  func statusOfTheRow(status: Int) {
    let post = Step.post("t", [.must(.status(.among(.reference(Reference(path: ["status"])))))])
    var scenario = Fixture.scenario([post])
    scenario.cases = .rows([
      .init(name: "a", values: [.init("status", .literal([400, 422]))]),
      .init(name: "b", values: [.init("status", .literal(.int(status)))]),
    ])
    #expect((SideEffectsTests.reason(scenario) == nil) == (status == 422))
  }
}
