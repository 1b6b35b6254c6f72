import Foundation
import JSONValue
import TestSupport
import Testing

@Suite("A token endpoint with scopes")
struct GrantedScopeTests {
  /// A token endpoint that knows the scope `orders`.
  ///
  /// - Parameter respond: The response to a request for this scope: members of a token response, or `nil` to refuse it.
  private static func run(
    token: String = "scope: orders", _ respond: @escaping @Sendable (_ scope: String) -> String?
  ) throws -> Outcome {
    let server = try RawServer { request, connection in
      let body = String(decoding: request.body, as: UTF8.self)
      let scope = body.split(separator: "&").first { $0.hasPrefix("scope=") }?.dropFirst("scope=".count) ?? ""
      guard let members = respond(String(scope).replacing("+", with: " ").replacing("%3A", with: ":")) else {
        return connection.respond("HTTP/1.1 400 Bad Request", #"{"error":"invalid_scope"}"#)
      }
      connection.respond(
        "HTTP/1.1 200 OK", #"{"access_token":"a-token-that-is-long-enough","token_type":"Bearer"\#(members)}"#)
    }
    let workspace = try Workspace(
      scenarios: [:],
      target: Workspace.bareTarget(server.url).replacing("url: /token,", with: "url: /token, \(token),"))
    for name in ["granted-scope", "granted-scope-is-stated"] {
      let file = Workspace.repository.appending(path: "Scenarios/token-issuance/\(name).yaml")
      try workspace.write(
        String(contentsOf: file, encoding: .utf8).replacing("[ISS-12]", with: "TST-01"),
        to: "Scenarios/area/\(name).yaml")
    }
    return try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
  }

  @Test("conforms if it refuses what it does not know, or states what it grants in its place")
  func conforming() throws {
    let strict = try GrantedScopeTests.run { $0 == "orders" ? "" : nil }
    #expect(strict.status == 0, "\(strict.output)\(strict.errors)")
    let lenient = try GrantedScopeTests.run { _ in #","scope":"orders""# }
    #expect(lenient.status == 0, "\(lenient.output)\(lenient.errors)")
  }

  @Test("fails if it grants less and does not say so, or grants what it does not know")
  func unstated() throws {
    let silent = try GrantedScopeTests.run { _ in "" }
    #expect(silent.status == 1)
    #expect(silent.output.contains("FAILED granted-scope-is-stated"), "\(silent.output)")
    let generous = try GrantedScopeTests.run { ",\"scope\":\"\($0)\"" }
    #expect(generous.status == 1)
    #expect(generous.output.contains("FAILED granted-scope-is-stated"), "\(generous.output)")
  }

  @Test("fails if it grants another scope than the declared one, or none")
  func another() throws {
    let another = try GrantedScopeTests.run { _ in #","scope":"all""# }
    #expect(another.status == 1)
    #expect(
      another.output.contains("FAILED granted-scope - body as JSON, /scope: expected "), "\(another.output)")
    let refusing = try GrantedScopeTests.run { _ in nil }
    #expect(refusing.status == 1)
    #expect(refusing.output.contains("FAILED granted-scope"), "\(refusing.output)")
  }

  @Test("is not asked for scopes if its target file names none")
  func undeclared() throws {
    let outcome = try GrantedScopeTests.run(token: "method: POST") { _ in "" }
    #expect(outcome.status == 4)
    #expect(
      outcome.output.contains("'token.scope' of the target file names no scope that clients get"), "\(outcome.output)")
  }
}
