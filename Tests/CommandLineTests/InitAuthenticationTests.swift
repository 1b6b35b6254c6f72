import ConformanceModel
import Cryptography
import Foundation
import TestSupport
import Testing

@Suite("conform init finds out how clients authenticate")
struct InitAuthenticationTests {
  private static func discover(_ service: ServedService, _ more: [String]) throws -> (Outcome, Workspace) {
    let workspace = try Workspace.forInit()
    let arguments = [
      "init", "mine.yaml", "--discover", "\(service.url)/connectors/orders", "--create",
      "POST /connectors/orders/clients", "--manager-header", "Authorization: Bearer ${env.MANAGER_KEY}",
      "--inbound-url", "/v1/acme/orders", "--sample", #"{"id":"${unique}","lines":[]}"#, "--clock", "http",
      "--clock-advance", "PUT /control/clock",
    ]
    let outcome = try workspace.conform(arguments + more, environment: ["MANAGER_KEY": "the-key-of-the-manager"])
    return (outcome, workspace)
  }

  @Test("each way that the metadata names is tried, with a public key that the creation registers")
  func registeredKey() throws {
    let service = try ServedService([], key: "the-key-of-the-manager")
    defer { service.stop() }
    let (outcome, workspace) = try Self.discover(service, ["--create-key", "jwks"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let text = try workspace.read("mine.yaml")
    #expect(text.contains("client-authentication: [basic, body, client-secret-jwt, private-key-jwt]\n"), "\(text)")
    #expect(text.contains(#"json: {"name":"${name}","jwks":"${client.jwks}"}"#), "\(text)")
    #expect(outcome.output.contains("token, client authentication 'private-key-jwt': HTTP 200"), "\(outcome.output)")
    #expect(!outcome.output.contains("eyJ") && !outcome.output.contains("PRIVATE KEY"))
    let (without, other) = try Self.discover(service, [])
    #expect(without.status == 0, "\(without.output)\(without.errors)")
    #expect(
      without.output.contains(
        "client authentication 'private-key-jwt': not tried, since no member of --create-json registers the public key"),
      "\(without.output)")
    #expect(try other.read("mine.yaml").contains("client-authentication: [basic, body, client-secret-jwt]\n"))
  }

  @Test("a given client without a secret has a private key of the environment, for the audience that the server takes")
  func givenKey() throws {
    let key = try #require(SigningKey.generate(for: .es256))
    let pem = try #require(key.pem)
    let service = try AssertionService(clients: ["mine": .key(key.publicKey)], isIssuer: true)
    let workspace = try Workspace.forInit()
    let arguments = [
      "init", "mine.yaml", "--discover", service.url, "--clients", "static", "--id-variable", "ID", "--inbound-url",
      "/in", "--clock", "wall",
    ]
    let outcome = try workspace.conform(
      arguments, environment: ["ID": "mine", "PRIVATE": pem], input: "PRIVATE\n")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("the environment variable with its private key, in PEM; empty: none"))
    let text = try workspace.read("mine.yaml")
    for part in [
      "client-authentication: [private-key-jwt]\n  assertion: { audience: \"\(service.url)\" }\n",
      #"- { id: "${env.ID}", key: "${env.PRIVATE}" }"#,
    ] { #expect(text.contains(part), "\(part)\n\(text)") }
    let body = pem.split(separator: "\n")[1]
    #expect(!(outcome.output + text).contains(body))
    let wrong = try workspace.conform(
      arguments + ["--force", "--key-variable", "PRIVATE"],
      environment: ["ID": "mine", "PRIVATE": try #require(SigningKey.generate(for: .es256)?.pem)])
    #expect(wrong.status == 3 && wrong.errors.contains("no token was issued (private-key-jwt: HTTP 401"))
  }

  @Test("what nobody can use is left out, and an unknown way is refused")
  func unusable() throws {
    let service = try AssertionService(isIssuer: true)
    let workspace = try Workspace.forInit()
    let arguments = ["init", "mine.yaml", "--base-url", service.url, "--token-url", "/token", "--inbound-url", "/in"]
    let unknown = try workspace.conform(arguments + ["--client-authentication", "magic"])
    #expect(unknown.status == 2)
    #expect(
      unknown.errors.contains(
        "--client-authentication: expected one of: basic, body, basic-raw, client-secret-jwt, private-key-jwt, "
          + "tls-client-auth"), "\(unknown.errors)")
    let left = try workspace.conform(
      arguments + ["--client-authentication", "tls_client_auth", "--client-authentication", "body", "--no-probe"])
    #expect(left.status == 0, "\(left.errors)")
    #expect(try workspace.read("mine.yaml").contains("client-authentication: [body]\n"))
  }
}
