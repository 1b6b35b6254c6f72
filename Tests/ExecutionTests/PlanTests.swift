import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import Testing

@testable import Execution

@Suite("A plan") struct PlanTests {
  private func reason(
    given: [Step] = [], _ steps: [Step] = [.http()], when: [BehaviourCondition] = [], needs: [Capability] = [],
    _ change: (inout Target) -> Void = { _ in }
  ) -> String? {
    var scenario = Fixture.scenario(given: given, steps)
    scenario.when = when
    scenario.needs = needs
    var target = Fixture.target
    change(&target)
    return Plan(scenarios: [scenario], requirements: [], target: target).scenarios[0].skipReason
  }

  private static let delete = Step.make(.deleteClient(client: "a"))

  @Test("skips a scenario whose conditions the target does not declare")
  func conditions() {
    let refused = [BehaviourCondition(.blankPayload, "refused")]
    #expect(reason(when: refused) == nil, "by default")
    #expect(
      reason(when: refused) { $0.behaviour = [.blankPayload: "accepted"] }
        == "applies only if blank-payload is refused; the target declares accepted")
    let hour = [BehaviourCondition(.tokenLifetime, 3600)]
    #expect(reason(when: refused + hour)?.hasPrefix("applies only if token-lifetime is 3600") == true)
    #expect(reason(when: refused + hour) { $0.behaviour = [.tokenLifetime: .number("3600.0")] } == nil)
  }

  @Test("skips a scenario that needs clients if the target has none")
  func clients() {
    #expect(reason(given: [.client("a")]) { $0.clients = nil } == "the target cannot create clients (create-client)")
    #expect(reason { $0.clients = nil } == nil)
    var clients = Target.HTTPClients()
    clients.requests = [.create: Target.RequestTemplate(method: "POST", url: "/", place: Fixture.place(40))]
    #expect(reason(given: [.client("a")]) { $0.clients = .http(clients) } == nil)
  }

  @Test("skips a scenario that needs more static clients than a connector has", arguments: [1, 2, 3])
  func staticClients(count: Int) {
    func given(_ role: ConnectorRole) -> Target.GivenClient { .init(id: "c", secret: "s", connector: role) }
    let steps = (0..<count).map { Step.make(.createClient(name: nil, connector: .first), as: "c\($0)") }
    let configured = reason(given: steps) { $0.clients = .static([given(.first), given(.second), given(.first)]) }
    #expect(
      configured == (count < 3 ? nil : "needs 3 clients on the first connector; the target configures 2"))
    let none = reason(given: steps) { $0.clients = .static([given(.second)]) }
    #expect(
      none == "needs \(count == 1 ? "one client" : "\(count) clients") on the first connector; "
        + "the target configures none")
  }

  @Test("names the first capability that the target lacks, by the order of the names")
  func capabilities() {
    let reason = reason([PlanTests.delete, .make(.readInbox(connector: .second))], needs: [.revocation, .metadata])
    #expect(reason == "the target cannot delete clients (delete-client)")
  }

  @Test("has a case for each payload that the target declares as refused, and skips the scenario without one")
  func refusedSamples() {
    var scenario = Fixture.scenario([.http()])
    var target = Fixture.target
    func plan(_ role: ConnectorRole) -> Plan {
      scenario.cases = .refusedSamples(of: role)
      return Plan(scenarios: [scenario], requirements: [], target: target)
    }
    #expect(plan(.first).scenarios[0].skipReason?.contains("first connector of the target has no payload") == true)
    #expect(plan(.first).caseCount == 1)
    target.connectors[0].payloads += [
      .init(name: "a", contentType: nil, payload: .text("x"), refused: [422]),
      .init(name: "b", contentType: nil, payload: .text("x")),
      .init(name: "c d", contentType: nil, payload: .text("x"), refused: [400, 415]),
    ]
    let cases = Array(plan(.first).cases)
    #expect(plan(.first).scenarios[0].skipReason == nil)
    #expect(cases.map(\.planned.id) == ["\(scenario.id)/a", "\(scenario.id)/c d"])
    let values = cases.last?.row?.values.map { "\($0.name) \($0.value.shown(atMost: 40))" }
    #expect(values == ["sample c d", "status [400,415]"])
    #expect(plan(.second).scenarios[0].skipReason != nil)
  }

  @Test("skips a scenario that posts a sample that the connector does not have")
  func samples() {
    func post(_ name: String) -> Step {
      var post = PayloadPost()
      post.payload = .sample(name)
      return .make(.postPayload(post))
    }
    #expect(reason([post("valid")]) == nil)
    #expect(reason([post("valid"), post("odd")]) == "the target has no payload 'odd' (payload)")
  }

  @Test("skips a scenario of two connectors at a target with one")
  func connectors() {
    let list = Step.make(
      .requestToken(
        {
          var one = TokenRequest(client: "a"); one.connector = .second; return one
        }()))
    #expect(reason([list]) == "the target has only one connector (second-connector)")
    #expect(reason([list]) { $0.connectors.append($0.connectors[0]) } == nil)
    var third = PayloadPost()
    third.connector = .third
    let post = Step.make(.postPayload(third))
    #expect(
      reason([post]) { $0.connectors.append($0.connectors[0]) }
        == "the target has no third connector (third-connector)")
    #expect(reason([post]) { $0.connectors += [$0.connectors[0], $0.connectors[0]] } == nil)
  }

  // MARK: - At the start of a run

  @Test("skips a scenario that waits until an instant that has passed", arguments: [-1, 0, 1] as [Int64])
  func until(seconds: Int64) {
    let instant = SimulatedInstant.documented + SimulatedDuration(milliseconds: seconds * 1000)
    let plan = Plan(
      scenarios: [Fixture.scenario([.make(.wait(.until(instant, later: .none)))])], requirements: [],
      target: PendingFixture.target)
    let reason = plan.scenarios[0].skipReason(start: .documented, maxWait: nil)
    #expect((reason?.contains("already; it only moves forward") == true) == (seconds < 0))
    #expect((reason == nil) == (seconds >= 0))
  }

  @Test("skips a scenario with a nested wait beyond the limit, which no case can be pending in")
  func nestedWait() {
    let wait = Step.make(.wait(.span(WaitLength(SimulatedDuration(milliseconds: 60_000)))))
    for (steps, limit, isSkipped) in [
      ([.make(.repeat(1, [wait]))], 59_999, true), ([.make(.repeat(1, [wait]))], 60_000, false), ([wait], 1, false),
    ] as [([Step], Int64, Bool)] {
      let plan = PendingFixture.plan([Fixture.scenario(steps)])
      let reason = plan.scenarios[0].skipReason(start: .documented, maxWait: SimulatedDuration(milliseconds: limit))
      #expect((reason?.contains("where a case cannot become pending") == true) == isSkipped)
      #expect((reason == nil) == !isSkipped)
      #expect(plan.scenarios[0].skipReason(start: .documented, maxWait: nil) == nil)
    }
  }

  // MARK: - Cases

  @Test("makes what a target declares mandatory, even if the requirement leaves a choice")
  func declared() {
    let requirements = [Requirement(id: "TST-02", level: .should, source: "here", text: "It holds.")]
    for (behaviours, expected) in [
      ([], Level.should), ([.blankPayload], .must), ([.blankPayload, .secretOnShow], .should),
    ] as [([Behaviour], Level)] {
      var scenario = Fixture.scenario([.http()], covers: ["TST-02"])
      scenario.when = behaviours.map { BehaviourCondition($0, $0.defaultValue) }
      var target = Fixture.target
      target.behaviour = [.blankPayload: "refused"]
      let plan = Plan(scenarios: [scenario], requirements: requirements, target: target)
      #expect(plan.makeCase(number: 0)?.planned.covers.map(\.level) == [expected])
    }
  }

  private static var rows: Plan {
    func scenario(_ id: String, _ rows: [String]) -> Scenario {
      var scenario = Fixture.scenario(named: id, [.http()])
      scenario.cases = .rows(rows.map { Cases.Row(name: $0, values: []) })
      return scenario
    }
    return Plan(
      scenarios: [
        scenario("a", ["1", "2"]), Fixture.scenario(named: "none", [.http()]), scenario("empty", []),
        scenario("a/2", ["x"]), scenario("ab", ["1"]),
      ], requirements: [], target: Fixture.target)
  }

  @Test("has each row of each scenario as a case, found by its number and by its id")
  func cases() {
    let plan = PlanTests.rows
    let ids = ["a/1", "a/2", "none", "a/2/x", "ab/1"]
    #expect(plan.caseCount == 5)
    #expect(plan.cases.map(\.planned.id) == ids)
    #expect(plan.cases.map(\.number) == [0, 1, 2, 3, 4])
    for (number, id) in ids.enumerated() {
      #expect(plan.makeCase(number: number)?.planned.id == id)
      for other in [number, 0, 4, 99] {
        let found = plan.makeCase(id: id, number: other)
        #expect(found?.planned.id == id && found?.number == other)
      }
    }
    #expect(plan.makeCase(number: 5) == nil)
    for id in ["a", "a/3", "b", "none/1", ""] { #expect(plan.makeCase(id: id, number: 0) == nil) }
  }

  @Test("has the same random order for the same seed")
  func shuffled() {
    let plan = ShardingTests.plan([50])
    #expect(plan.shuffled(seed: 1) == plan.shuffled(seed: 1))
    #expect(plan.shuffled(seed: 1) != plan.shuffled(seed: 2))
    #expect(plan.shuffled(seed: 1).sorted() == Array(0..<50))
    var generator = SplitMix(seed: 1_234_567)
    // the reference values of the algorithm
    #expect(
      (0..<3).map { _ in generator.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ])
  }

  @Test("continues pending cases that still exist, in their order, and no others")
  func resumed() {
    func state(_ id: String, _ number: Int) -> PendingState {
      PendingState(
        number: number, id: id, due: .documented, startedAt: .documented, simulatedStart: .documented, exchanges: 0,
        stepsDone: 1, stepCount: 1, names: [:], confidential: [:], givenTaken: [:], clients: [])
    }
    let states = [state("ab/1", 4), state("gone", 0), state("a/2", 7), state("gone", 1)]
    for seed in [nil, 7] as [UInt64?] {
      let queue = CaseQueue(PlanTests.rows, shuffle: seed, resumed: states)
      var items: [CaseQueue.Item] = []
      while let item = queue.next() { items.append(item) }
      #expect(items.map(\.planned.planned.id) == ["ab/1", "a/2"] && items.map(\.planned.number) == [4, 7])
      #expect(items.map(\.state) == [states[0], states[2]])
    }
  }
}
