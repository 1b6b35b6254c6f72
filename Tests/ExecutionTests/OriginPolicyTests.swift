// Requests go only to the origins that the target file names.

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction
import TestSupport
import Testing

@testable import Execution

@Suite("The origins of a target")
struct OriginPolicyTests {
  private static func text(_ text: String) -> Template {
    do { return try Template(parsing: text) } catch {
      Issue.record("\(error)")
      return .literal(.null)
    }
  }

  private static func target(allowing hosts: [String] = []) -> Target {
    let place = Place(file: "target.yaml", line: 1, column: 1)
    var connector = Target.Connector(name: "orders", inboundURL: text("https://in.example.com/${connector.path}"))
    connector.values = [.init("path", text("acme/orders"))]
    var target = Target(
      name: "T", place: place, baseURL: text("https://api.example.com/base"),
      token: .init(url: text("https://login.example.com:8443/token")), connectors: [connector])
    target.allowedHosts = hosts
    return target
  }

  private static func session(_ target: Target, _ transport: any Transport) throws -> TargetSession {
    try TargetSession(
      target: target, transport: transport, makeTransport: { transport }, redactor: SecretRedactor(), environment: [:],
      runID: "run")
  }

  @Test(
    "the origins of the file's own URLs are allowed, with their default ports",
    arguments: [
      "https://api.example.com/x", "https://API.example.com:443", "https://in.example.com/other",
      "https://login.example.com:8443/token", "https://user@api.example.com/",
    ])
  func own(url: String) async throws {
    let transport = ScriptedTransport { _ throws(TransportError) in WireResponse(status: 200) }
    _ = try await OriginPolicyTests.session(OriginPolicyTests.target(), transport).transport.send(WireRequest(url: url))
    #expect(transport.sent.count == 1)
  }

  @Test(
    "no request is sent to another origin, however its URL is written",
    arguments: [
      "https://evil.example.com/", "http://api.example.com/", "https://api.example.com:444/",
      "https://login.example.com/token", "https://api.example.com@evil.example.com/",
      "https://evil.example.com\\@api.example.com/", "https://api.example.com.evil.example/",
      "https://a@b@api.example.com/", "https://api.example.com:80x/", "https://[::1/", "ftp://api.example.com/",
      "file:///etc/passwd", "https://", "https://api.example.com\u{3002}evil.example/", "https:///x",
    ])
  func others(url: String) async throws {
    let transport = ScriptedTransport { _ throws(TransportError) in WireResponse(status: 200) }
    let session = try OriginPolicyTests.session(OriginPolicyTests.target(), transport)
    let error = await #expect(throws: TransportError.self) {
      _ = try await session.transport.send(WireRequest(url: url))
    }
    #expect(error?.kind == .request && error?.message.hasPrefix("not sent: ") == true)
    #expect(transport.sent.isEmpty)
  }

  @Test("the error names the line to add, and that line allows the request")
  func allowedHosts() throws {
    let url = "https://other.example.com:9000/x"
    let transport = ScriptedTransport { _ in .init(status: 200) }
    let templates = try OriginPolicyTests.session(OriginPolicyTests.target(), transport).templates
    let error = #expect(throws: TransportError.self) {
      try OriginPolicy(OriginPolicyTests.target(), templates).check(url)
    }
    #expect(
      error?.message
        == "not sent: https://other.example.com:9000 is not an origin of the target; if requests may go there, add "
        + "'allowed-hosts: [\"other.example.com:9000\"]' to target.yaml")
    for hosts in [["other.example.com:9000"], ["other.example.com"]] {
      try OriginPolicy(OriginPolicyTests.target(allowing: hosts), templates).check(url)
    }
    #expect(throws: TransportError.self) {
      try OriginPolicy(OriginPolicyTests.target(allowing: ["other.example.com:9001"]), templates).check(url)
    }
  }

  @Test("a registration response cannot direct the registration token to another origin")
  func registration() async throws {
    var target = OriginPolicyTests.target()
    var registration = Target.Registration(url: OriginPolicyTests.text("/register"))
    registration.isManaged = true
    target.clients = .registration(registration)
    let transport = ScriptedTransport { _ throws(TransportError) in WireResponse(status: 204) }
    let session = try OriginPolicyTests.session(target, transport)
    let client: JSON = [
      "id": "one", "registration": ["url": "https://evil.example.com/clients/one", "token": "the-registration-token"],
    ]
    await #expect(throws: TransportError.self) { try await session.delete(client, .first) }
    #expect(transport.sent.isEmpty)
  }

  @Test(
    "an id is percent-encoded once in the path of a URL, unless a filter of the template encodes it",
    arguments: [
      ("/clients/${client.id}", "/clients/a%2F..%2Fb%3Fc%2541"),
      ("/clients?name=${name}", "/clients?name=x%26y"),
      ("/clients/${client.id|hex}", "/clients/612f2e2e2f623f63253431"),
      ("/${connector.path}/x", "/acme/orders/x"),
    ])
  func encodesIDs(template: String, path: String) throws {
    let target = OriginPolicyTests.target()
    let templates = try OriginPolicyTests.session(target, ScriptedTransport { _ in .init(status: 200) }).templates
    let connector = try #require(target.connectors.first)
    let url = try templates.url(
      OriginPolicyTests.text(template),
      ["client": ["id": "a/../b?c%41"], "name": "x&y", "connector": try templates.values(of: connector)])
    #expect(url == "https://api.example.com/base" + path)
  }
}
