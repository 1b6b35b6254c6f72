import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("The probe of a target file")
struct ProbeTests {
  /// What makes a target file wrong in one place.
  struct Slip: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var change: @Sendable (inout Target) -> Void
    /// The verdict of the probe, and a part of its finding.
    var verdict: Verdict
    var text: String

    init(_ name: String, _ verdict: Verdict, _ text: String, _ change: @escaping @Sendable (inout Target) -> Void) {
      testDescription = name
      self.change = change
      self.verdict = verdict
      self.text = text
    }
  }

  private static func changeClients(_ target: inout Target, _ change: (inout Target.RequestTemplate) -> Void) {
    guard case .http(var clients) = target.clients, var create = clients.requests[.create] else { return }
    change(&create)
    clients.requests[.create] = create
    target.clients = .http(clients)
  }

  static let slips = [
    Slip("the URL at which clients are created", .errored, "correct 'clients.create' (its method and URL)") {
      changeClients(&$0) { $0.url = "/connectors/orders/client" }
    },
    Slip("the credentials of the management", .errored, "correct 'clients.create' (its credentials)") {
      changeClients(&$0) { $0.headers = [] }
    },
    Slip("the place of the secret", .errored, "correct 'secret' in 'clients.create: answer'") {
      changeClients(&$0) { $0.answer["secret"] = .json(JSONPointer(tokens: ["password"])) }
    },
    Slip("the token endpoint", .errored, "correct 'token.url' or 'token.method'") {
      $0.token.url = "/nowhere"
    },
    Slip("the place of the token", .errored, "correct 'access-token' in 'token: answer'") {
      $0.token.accessToken = .json(JSONPointer(tokens: ["token"]))
    },
    Slip("the place of the lifetime", .errored, "correct 'expires-in' in 'token: answer'") {
      $0.token.expiresIn = .json(JSONPointer(tokens: ["expires"]))
    },
    Slip("the places of id and secret", .errored, "correct 'id' and 'secret' in 'clients.create: answer'") {
      changeClients(&$0) { create in
        let id = create.answer["id"]
        create.answer["id"] = create.answer["secret"]
        create.answer["secret"] = id
      }
    },
    Slip("another place of the token", .errored, "/token_type is not the access_token of the response: correct") {
      $0.token.accessToken = .json(JSONPointer(tokens: ["token_type"]))
    },
    Slip("a parameter of token requests", .failed, "'token.params', 'token.headers' or 'clients.create: answer'") {
      $0.token.parameters = [.init("grant_type", "password")]
    },
    Slip("the header field of the token", .failed, "'token.bearer' or 'inbound-url' of the connector 'orders'") {
      $0.token.bearer = .init("X-Token", .reference(Reference(path: ["token"])))
    },
    Slip("the statuses of accepted payloads", .failed, "declare 'behaviour: { payload-accepted: [201] }'") {
      $0.behaviour[.payloadAccepted] = [200]
    },
    Slip("the inbound URL", .errored, "correct 'inbound-url' of the connector 'orders'") {
      $0.connectors[0].inboundURL = "/v1/acme/order"
    },
    Slip("a payload that the service rightly refuses", .failed, "either the service is wrong, or 'payloads.valid'") {
      $0.connectors[0].payloads[0].payload = .json(["ident": "1"])
    },
    Slip("credentials that the service does not know", .failed, "or the credentials of 'clients.static'") {
      $0.clients = .static([.init(id: "nobody", secret: "a-secret-of-nobody", connector: .first)])
    },
  ]

  /// The reference service, which lists clients and shows payloads as these requests say.
  private func observed(list: String, ids: String, inbox: String, payloads: String) throws -> ReferenceFixture {
    let fixture = try ReferenceFixture()
    return fixture.with { target in
      guard case .http(var clients) = target.clients, let create = clients.requests[.create] else { return }
      func request(_ url: String, _ part: String, _ pointer: String) -> Target.RequestTemplate {
        var request = Target.RequestTemplate(method: "GET", url: .literal(.string(url)), place: Fixture.place(50))
        request.headers = create.headers
        request.answer = [part: .json(JSONPointer(tokens: pointer.split(separator: "/").map { String($0) }))]
        return request
      }
      clients.requests[.list] = request("/connectors/orders/\(list)", "ids", ids)
      target.clients = .http(clients)
      target.inbox = Target.Inbox(read: request("/control/\(inbox)/orders", "payloads", payloads))
    }
  }

  @Test(
    "blames the target file for what a list and an inbox do not have, in one finding",
    arguments: [
      ("clients", "/clients/*/client_id", "inbox", "/payloads/*/body", nil),
      ("clientz", "/clients/*/client_id", "inbox", "/payloads/*/body", "'clients.list' (its method and URL)"),
      ("clients", "/clients", "inbox", "/payloads/*/body", "correct 'ids' in 'clients.list: answer'"),
      ("clients", "/clients/*/client_id", "inboxx", "/payloads/*/body", "'inbox.read' (its method and URL)"),
      ("clients", "/clients/*/client_id", "inbox", "/payloads", "correct 'payloads' in 'inbox.read: answer'"),
      ("clients", "/clients/*/client_id", "inbox", "/payload/*", "correct 'payloads' in 'inbox.read: answer'"),
    ] as [(String, String, String, String, String?)])
  func lists(list: String, ids: String, inbox: String, payloads: String, key: String?) async throws {
    let fixture = try observed(list: list, ids: ids, inbox: inbox, payloads: payloads)
    let probe = try await run(fixture.target, fixture.transport).record("probe")
    let text = probe.findings.map { "\($0.message); \($0.hint ?? "")" }
    #expect(probe.verdict == (key == nil ? .passed : .errored), "\(text)")
    #expect(text.count == (key == nil ? 0 : 1) && text.allSatisfy { $0.contains(key ?? "") }, "\(text)")
  }

  private static let scenario = Fixture.scenario(
    given: [.client("erp")], [.token("token", of: "erp"), .post("token", [.must(.success(.postPayload))])])

  private func run(
    _ target: Target, _ transport: any Transport, _ scenarios: [Scenario] = [scenario]
  ) async throws -> RunResult { try await Fixture.run(scenarios, on: target, transport, probes: true) }

  @Test("passes if everything fits, before the cases run")
  func fits() async throws {
    let fixture = try ReferenceFixture()
    let result = try await run(fixture.target, fixture.transport)
    #expect(try result.record("probe").verdict == .passed)
    #expect(try result.record().verdict == .passed)
    let order = result.events.compactMap { if case .caseFinished(let record) = $0 { record.planned.id } else { nil } }
    #expect(order == ["probe", "case"])
  }

  @Test("names the key to correct, and no case fails for it", arguments: slips)
  func slip(_ slip: Slip) async throws {
    let fixture = try ReferenceFixture()
    var target = fixture.target
    slip.change(&target)
    let result = try await run(target, fixture.transport)
    let probe = try result.record("probe"), one = try result.record()
    #expect(probe.verdict == slip.verdict)
    let text = probe.findings.map { "\($0.message); \($0.hint ?? "")" }.joined(separator: "\n")
    #expect(text.contains(slip.text), "\(text)")
    #expect(one.verdict == .errored && one.exchanges == 0)
    #expect(one.findings.first?.message.hasPrefix("not run, since the probe shows") == true)
  }

  @Test("leaves the cases alone that do not use what is wrong")
  func others() async throws {
    let fixture = try ReferenceFixture()
    var target = fixture.target
    target.connectors[0].payloads[0].payload = .json(["ident": "1"])
    let other = Fixture.scenario(named: "other", given: [.client("erp")], [.token("token", of: "erp")])
    let result = try await run(target, fixture.transport, [ProbeTests.scenario, other])
    #expect(try result.record("other").verdict == .passed)
    #expect(try result.record().verdict == .errored)
  }

  @Test("leaves no post to fail if the first post with a token is refused, whatever its payload is")
  func posts() async throws {
    let fixture = try ReferenceFixture()
    var post = PayloadPost(token: "token")
    post.payload = .json(.literal(["id": "2", "lines": []]))
    let other = Fixture.scenario(
      named: "other", given: [.client("erp")],
      [.token("token", of: "erp"), .make(.postPayload(post), [.must(.success(.postPayload))])])
    for change in [
      { @Sendable (target: inout Target) in target.behaviour[.payloadAccepted] = [200] },
      { @Sendable in $0.token.bearer = .init("X-Token", .reference(Reference(path: ["token"]))) },
    ] {
      var target = fixture.target
      change(&target)
      let record = try await run(target, fixture.transport, [other]).record("other")
      #expect(record.verdict == .errored && record.exchanges == 0, "\(record.findings.map(\.message))")
    }
  }

  @Test("says that a token does not fit its header field, before the payload is blamed")
  func unfit() async throws {
    let fixture = try ReferenceFixture(fault: "tokens-with-quotes")
    let probe = try await run(fixture.target, fixture.transport).record("probe")
    let hint = try #require(probe.findings.first?.hint)
    #expect(probe.verdict == .failed && hint.hasPrefix("the token has characters that a header field"), "\(hint)")
    #expect(!hint.contains("payloads"))
  }

  @Test("blocks no case for a connection that fails once")
  func unreliable() async throws {
    let fixture = ScriptedTransport { sent throws(TransportError) in
      // the first request checks that the target responds
      if sent.number == 1 { throw TransportError(.timeout, "no response") }
      return sent.path == "/token"
        ? WireResponse(200, #"{"access_token":"a-token-of-the-service","expires_in":10}"#) : WireResponse(status: 201)
    }
    let result = try await run(Fixture.target, fixture)
    #expect(try result.record("probe").verdict == .errored)
    let one = try result.record()
    #expect(one.verdict == .passed, "\(one.findings.map(\.message))")
  }

  @Test(
    "takes the lifetime of tokens from their response under the RFCs alone; another than the declared one fails",
    arguments: [Profile.oauth, .patchworks])
  func lifetime(profile: Profile) async throws {
    var target = Fixture.target
    target.profile = profile
    let transport = ScriptedTransport { sent throws(TransportError) in
      sent.path == "/token"
        ? WireResponse(200, #"{"access_token":"a-token-of-the-service","expires_in":600}"#) : WireResponse(status: 201)
    }
    let lifetime = Template.reference(Reference(path: ["behaviour", "token-lifetime"]))
    let scenario = Fixture.scenario(
      given: [.client("erp")],
      [.token("token", of: "erp", [.must(.json(.object([.init("expires_in", .equals(lifetime))])))])],
      covers: [])
    let result = try await run(target, transport, [scenario])
    let one = try result.record()
    #expect(one.verdict == (profile == .oauth ? .passed : .errored), "\(one.findings.map(\.message))")
    let probe = try result.record("probe")
    #expect(probe.verdict == (profile == .oauth ? .passed : .failed))
    let hint = "either the service is wrong, or declare 'behaviour: { token-lifetime: 600 }' in the target file"
    #expect(probe.findings.first?.hint == (profile == .oauth ? nil : hint))
  }
}
