// The probe of the endpoints of `endpoints:`, and of a new set of credentials.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("The probe of endpoints and new sets")
struct ProbeEndpointTests {
  /// The reference service with its endpoints and the replacement of lost sets.
  private func fixture(fault: String? = nil, _ change: (inout Target) -> Void = { _ in }) throws -> ReferenceFixture {
    try ReferenceFixture(fault: fault).with { target in
      target.endpoints = [
        .issuer: "/connectors/orders", .revocation: "/connectors/orders/oauth/revoke",
        .introspection: "/connectors/orders/oauth/introspect",
      ]
      guard case .http(var clients) = target.clients, var replace = clients.requests[.create] else { return }
      replace.url = .text([
        .literal("/connectors/orders/clients/"), .reference(Reference(path: ["client", "id"])),
        .literal("/replacement"),
      ])
      replace.json = nil
      clients.requests[.replace] = replace
      target.clients = .http(clients)
      change(&target)
    }
  }

  /// A request to the URL of an endpoint, whatever its response is.
  private static func request(_ name: String) -> Scenario {
    let step = Step.http("POST", .reference(Reference(path: [name])), status: nil)
    return Fixture.scenario(named: name, [step])
  }

  private func run(_ target: Target, _ transport: any Transport) async throws -> RunResult {
    let scenarios = ["metadata-url", "revocation-url", "introspection-url"].map(ProbeEndpointTests.request)
    let replace = Fixture.scenario(
      named: "replace", given: [.client("erp")],
      [.make(.replaceClient(client: "erp"), as: "new"), .token("token", of: "new")])
    return try await Fixture.run(scenarios + [replace], on: target, transport, probes: true)
  }

  private func text(_ record: CaseRecord) -> String {
    record.findings.map { "\($0.message); \($0.hint ?? "")" }.joined(separator: "\n")
  }

  @Test("does not hold the metadata against a token URL that does not exist")
  func tokenURL() async throws {
    let fixture = try fixture { $0.token.url = "/connectors/orders/oauth/tokens" }
    let result = try await run(fixture.target, fixture.transport)
    let probe = try result.record("probe")
    #expect(probe.verdict == .errored && text(probe).contains("'token.url'") && !text(probe).contains("issuer"))
    #expect(try result.record("metadata-url").verdict == .errored)
  }

  @Test("passes if they fit, and needs one request for each")
  func fits() async throws {
    let fixture = try fixture()
    let result = try await run(fixture.target, fixture.transport)
    let probe = try result.record("probe")
    #expect(probe.verdict == .passed, "\(text(probe))")
    // create, token, introspect, post, revoke, replace, token, token by the old set, metadata
    #expect(probe.exchanges == 9)
    #expect(try result.record("introspection-url").verdict == .passed)
  }

  @Test(
    "names the key of an endpoint that does not exist or is another, and no case fails for it",
    arguments: [
      (Target.Endpoint.issuer, "/connector/orders", Verdict.errored, "correct 'endpoints.issuer' in the target file"),
      (.issuer, "/connectors/products", .failed, "'endpoints.issuer' or 'token.url' in the target file"),
      (.revocation, "/connectors/orders/oauth/revoked", .errored, "correct 'endpoints.revocation'"),
      (.introspection, "/connectors/orders/oauth/introspection", .errored, "correct 'endpoints.introspection'"),
      (
        .introspection, "/connectors/products/oauth/introspect", .errored,
        "the credentials of the client are refused: correct 'endpoints.introspection' in the target file, or remove it"
      ),
      (.introspection, "/connectors/orders/oauth/revoke", .failed, "is wrong, or 'endpoints.introspection'"),
      (.revocation, "/connectors/orders/oauth/token", .failed, "is wrong, or 'endpoints.revocation'"),
      (.revocation, "/connectors/products/oauth/revoke", .failed, "is wrong, or 'endpoints.revocation'"),
    ])
  func slip(endpoint: Target.Endpoint, url: String, verdict: Verdict, hint: String) async throws {
    let fixture = try fixture { $0.endpoints[endpoint] = .literal(.string(url)) }
    let result = try await run(fixture.target, fixture.transport)
    let probe = try result.record("probe")
    #expect(probe.verdict == verdict && probe.findings.count == 1 && text(probe).contains(hint), "\(text(probe))")
    let names = [
      Target.Endpoint.issuer: "metadata-url", .revocation: "revocation-url", .introspection: "introspection-url",
    ]
    for (other, name) in names {
      let record = try result.record(name)
      #expect((record.verdict == .errored && record.exchanges == 0) == (other == endpoint), "\(name)")
    }
  }

  @Test(
    "asks for a key to be removed if clients may not introspect (RFC 7662 sections 2.1 and 2.2)",
    arguments: [
      (401, "{}", "credentials of the client are refused"), (403, "{}", "or remove it"),
      (200, #"{"active":false}"#, "2.2"),
    ])
  func introspection(status: Int, body: String, hint: String) async throws {
    var target = Fixture.target
    target.endpoints = [.introspection: "/introspect"]
    let transport = ScriptedTransport { sent throws(TransportError) in
      switch sent.path {
      case "/token": WireResponse(200, #"{"access_token":"a-token-of-the-service","expires_in":86400}"#)
      case "/introspect": WireResponse(status, body)
      default: WireResponse(status: 201)
      }
    }
    let probe = try await Fixture.run(
      [ProbeEndpointTests.request("introspection-url")], on: target, transport, probes: true
    ).record("probe")
    #expect(probe.verdict == .errored && text(probe).contains(hint), "\(text(probe))")
    #expect(text(probe).contains("'endpoints.introspection'"))
  }

  @Test(
    "allows a service not to revoke access tokens (RFC 7009 section 2.2.1)",
    arguments: [("unsupported_token_type", Verdict.passed), ("invalid_request", .failed)])
  func revocation(error: String, verdict: Verdict) async throws {
    var target = Fixture.target
    target.endpoints = [.revocation: "/revoke"]
    let create = Target.RequestTemplate(method: "POST", url: "/clients", place: Fixture.place(70))
    var clients = Target.HTTPClients()
    clients.requests = [.create: create]
    clients.requests[.create]?.answer = [
      "id": .json(JSONPointer(tokens: ["id"])), "secret": .json(JSONPointer(tokens: ["secret"])),
    ]
    target.clients = .http(clients)
    let transport = ScriptedTransport { sent throws(TransportError) in
      switch sent.path {
      case "/token": WireResponse(200, #"{"access_token":"a-token-of-the-service","expires_in":86400}"#)
      case "/revoke": WireResponse(400, #"{"error":"\#(error)"}"#)
      case "/clients": WireResponse(201, #"{"id":"erp-1","secret":"correct-horse-1"}"#)
      default: WireResponse(status: 201)
      }
    }
    let probe = try await Fixture.run(
      [ProbeEndpointTests.request("revocation-url")], on: target, transport, probes: true
    ).record("probe")
    #expect(probe.verdict == verdict, "\(text(probe))")
  }

  @Test("leaves faults of the endpoints to the cases", arguments: ["active-as-text", "unknown-tokens-are-active"])
  func faults(name: String) async throws {
    let fixture = try fixture(fault: name)
    let result = try await run(fixture.target, fixture.transport)
    #expect(try result.record("probe").verdict == .passed)
    #expect(try result.record("introspection-url").verdict == .passed)
  }

  @Test("gets a token by a new set, or names both causes", arguments: ["slip", "fault"])
  func newSet(cause: String) async throws {
    let fixture = try fixture(fault: cause == "fault" ? "new-set-does-not-work" : nil) { target in
      guard cause == "slip", case .http(var clients) = target.clients else { return }
      clients.requests[.replace]?.answer["secret"] = .json(JSONPointer(tokens: ["name"]))
      target.clients = .http(clients)
    }
    let result = try await run(fixture.target, fixture.transport)
    let probe = try result.record("probe"), one = try result.record("replace")
    #expect(probe.verdict == .failed)
    #expect(text(probe).contains("either the service is wrong, or 'clients.replace: answer'"), "\(text(probe))")
    #expect(one.verdict == .errored && one.exchanges == 0)
  }
}
