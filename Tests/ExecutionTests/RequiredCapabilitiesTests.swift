import ConformanceModel
import HTTPModel
import JSONValue
import Testing

@testable import Execution

@Suite("What a scenario requires of a target") struct RequiredCapabilitiesTests {
  private static func derive(given: [Step] = [], _ steps: [Step], needs: [Capability] = []) -> RequiredCapabilities {
    var scenario = Fixture.scenario(given: given, steps)
    scenario.needs = needs
    return RequiredCapabilities(scenario, Fixture.target, Fixture.target.capabilities)
  }

  private static func token(_ way: ClientAuthentication?, _ connector: ConnectorRole? = nil) -> StepAction {
    var request = TokenRequest(client: "erp")
    request.authentication = way
    request.connector = connector
    return .requestToken(request)
  }

  private static func post(_ payload: Payload, _ connector: ConnectorRole? = nil) -> StepAction {
    var post = PayloadPost(token: "t")
    post.payload = payload
    post.connector = connector
    return .postPayload(post)
  }

  private static let second = Wait.span(WaitLength(SimulatedDuration(milliseconds: 1000)))

  private static let requiredOfActions: [(StepAction, Set<Capability>)] = [
    (.createClient(name: nil, connector: .first), [.createClient]),
    (.createClient(name: nil, connector: .second), [.createClient, .secondConnector]),
    (.listClients(connector: .first), [.listClients]),
    (.listClients(connector: .second), [.listClients, .secondConnector]), (.showClient(client: "a"), [.showClient]),
    (.replaceClient(client: "a"), [.replaceClient]), (.deleteClient(client: "a"), [.deleteClient]),
    (.readInbox(connector: .first), [.readInbox]), (.readInbox(connector: .second), [.readInbox, .secondConnector]),
    (.wait(second), [.moveClock]), (.http(FreeRequest(url: "/")), []),
    (token(nil), []), (token(.basic), [.basicAuthentication]), (token(.basicRaw), [.basicAuthentication]),
    (token(.body), [.bodyAuthentication]), (token(.both), [.clientSecret]),
    (token(.clientSecretJWT), [.clientSecretJWT]),
    (token(.privateKeyJWT), [.privateKeyJWT]), (token(nil, .second), [.secondConnector]),
    (post(.hex([])), []), (post(.hex([]), .second), [.secondConnector]), (post(.hex([]), .third), [.thirdConnector]),
    (.createClient(name: nil, connector: .third), [.createClient, .thirdConnector]),
    (.repeat(2, [.make(.showClient(client: "a"))]), [.showClient]),
    (.concurrently([[.http()], [.make(.listClients(connector: .first))]]), [.listClients]),
  ]

  @Test("follows from its actions", arguments: requiredOfActions)
  func actions(action: StepAction, capabilities: Set<Capability>) {
    #expect(RequiredCapabilitiesTests.derive([.make(action)]).capabilities == capabilities)
  }

  private static func request(_ change: (inout TokenRequest) -> Void) -> TokenRequest {
    var request = TokenRequest(client: "erp")
    change(&request)
    return request
  }

  private static let tokenRequests: [(TokenRequest, Bool)] = [
    (request { $0.edits.method = "PUT" }, true), (request { $0.edits.body = "x" }, true),
    (request { $0.edits.chunked = true }, true), (request { $0.edits.query = [.init("a", "b")] }, true),
    (request { $0.edits.headers = [.init("CONTENT-Type", "x")] }, true),
    (request { $0.edits.headers = [.init("Accept", "x")] }, false),
    (request { $0.parameters = [.init("a", "b")] }, false), (request { $0.authentication = .idOnly }, false),
  ]

  @Test("is a token request by POST if it modifies what only that has", arguments: tokenRequests)
  func tokenByPost(request: TokenRequest, isRequired: Bool) {
    let required = RequiredCapabilitiesTests.derive([.make(.requestToken(request))])
    #expect(required.capabilities == (isRequired ? [.tokenByPost] : []))
  }

  @Test(
    "is client management by HTTP if it evaluates what only an HTTP response has",
    arguments: [
      (.status(.equal(200)), true), (.header("X", .equal("")), true), (.mediaType("text/plain"), true),
      (.challenge(scheme: "Bearer", .equal("")), true), (.error(.equal("")), true), (.duration(.equal(1)), true),
      (.interim(.equal([])), true), (.success(.showClient), false), (.text(.equal("")), false),
      (.json(.equal([])), false), (.listed(["a"]), false), (.saved(.equal([])), false), (.noSecrets, false),
    ] as [(Expectation.Subject, Bool)])
  func http(subject: Expectation.Subject, isRequired: Bool) {
    let show = Step.make(.showClient(client: "a"), [.must(subject)])
    #expect(
      RequiredCapabilitiesTests.derive([show]).capabilities
        == (isRequired ? [.showClient, .httpClients] : [.showClient]))
    // every other action sends an HTTP request anyway
    #expect(RequiredCapabilitiesTests.derive([.http(status: nil, [.must(subject)])]).capabilities == [])
  }

  @Test(
    "is client management by HTTP if it saves a status or a header field",
    arguments: [
      (.status, true), (.header("X"), true), (.text, false), (.json(JSONPointer(tokens: [])), false),
    ] as [(Saving.Source, Bool)])
  func httpOfSaving(source: Saving.Source, isRequired: Bool) {
    var show = Step.make(.showClient(client: "a"))
    show.savings = [Saving(name: "x", source: source, place: Fixture.place(11))]
    #expect(RequiredCapabilitiesTests.derive([show]).capabilities.contains(.httpClients) == isRequired)
  }

  @Test("is a manager's key if a step replaces it")
  func manager() {
    var step = Step.make(.listClients(connector: .first))
    step.manager = "none"
    #expect(RequiredCapabilitiesTests.derive([step]).capabilities == [.listClients, .managerKey, .httpClients])
    step.manager = "other-connector"
    let ofOther: Set<Capability> = [.listClients, .managerKey, .httpClients, .connectorManagers]
    #expect(RequiredCapabilitiesTests.derive([step]).capabilities == ofOther)
    // by a row, too
    var scenario = Fixture.scenario([step])
    for (row, expected) in [("none", ofOther.subtracting([.connectorManagers])), ("other-connector", ofOther)] {
      scenario.steps[0].manager = .reference(Reference(path: ["who"]))
      scenario.cases = .rows([.init(name: row, values: [.init("who", .literal(.string(row)))])])
      #expect(RequiredCapabilities(scenario, Fixture.target, Fixture.target.capabilities).capabilities == expected)
    }
  }

  @Test("are no created clients if static ones can replace those of the setup")
  func setup() {
    let client = Step.client("a")
    var saving = client
    saving.savings = [Saving(name: "x", source: .text, place: Fixture.place(11))]
    var conditional = client
    conditional.condition = [.must(.text(.equal("")))]
    var aboutSaved = client
    aboutSaved.condition = [.must(.saved(.equal([])))]
    for (step, isRequired) in [(client, false), (aboutSaved, false), (saving, true), (conditional, true)] {
      let required = RequiredCapabilitiesTests.derive(given: [step], [.http()])
      #expect(required.capabilities == (isRequired ? [.createClient] : []))
      #expect(required.preparesClients && required.givenClients == [.first: 1])
    }
    #expect(RequiredCapabilitiesTests.derive(given: [client], [client]).capabilities == [.createClient])
    #expect(RequiredCapabilitiesTests.derive(given: [client], [client]).givenClients == [.first: 1])
    let needed = RequiredCapabilitiesTests.derive(given: [client], [.http()], needs: [.createClient, .metadata])
    #expect(needed.capabilities == [.createClient, .metadata])
    #expect(!RequiredCapabilitiesTests.derive([client]).preparesClients)
    let repeated = Step.make(.repeat(3, [client, .make(.repeat(2, [client]))]))
    #expect(RequiredCapabilitiesTests.derive(given: [repeated, client], []).givenClients == [.first: 10])
  }

  @Test("are the samples that it posts")
  func samples() {
    typealias Sample = RequiredCapabilities.Sample
    let posts = [
      RequiredCapabilitiesTests.post(.sample("invalid")),
      RequiredCapabilitiesTests.post(.validOfSize(.literal(10)), .second), RequiredCapabilitiesTests.post(.text("x")),
    ]
    #expect(
      RequiredCapabilitiesTests.derive(posts.map { .make($0) }).samples == [
        Sample(name: "invalid", roles: [.first]), Sample(name: "valid", roles: [.second]),
      ])
  }

  @Test("is time: the longest nested wait, and the earliest instant that it waits until")
  func waits() throws {
    func wait(_ seconds: Int64) -> Step {
      .make(.wait(.span(WaitLength(SimulatedDuration(milliseconds: seconds * 1000)))))
    }
    let noon = try #require(SimulatedInstant(rfc3339: "2022-07-21T12:00:00Z"))
    let hour = WaitLength(SimulatedDuration(milliseconds: 3_600_000))
    let untils = [hour, .none, hour].map { Step.make(.wait(.until(noon, later: $0))) }
    #expect(RequiredCapabilitiesTests.derive([wait(5)] + untils).maxNestedWait.milliseconds == 0)
    #expect(RequiredCapabilitiesTests.derive([wait(5)] + untils).earliestUntil == noon)
    let nested = [Step.make(.repeat(2, [wait(3), .make(.concurrently([[wait(1)], [wait(2)]]))])), wait(9)]
    #expect(RequiredCapabilitiesTests.derive(nested).maxNestedWait.milliseconds == 3000)
    #expect(RequiredCapabilitiesTests.derive(nested).earliestUntil == nil)
    let expiry = Step.make(.wait(.expiry(of: "t", later: .none)))
    #expect(RequiredCapabilitiesTests.derive([expiry]).maxNestedWait.milliseconds == 0)
    #expect(RequiredCapabilitiesTests.derive([.make(.repeat(1, [expiry]))]).maxNestedWait.milliseconds == 86_400_000)
  }
}
