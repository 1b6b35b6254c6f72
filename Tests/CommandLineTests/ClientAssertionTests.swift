import ConformanceModel
import Cryptography
import Foundation
import JSONValue
import TestSupport
import Testing

@Suite("Clients that authenticate by assertions")
struct ClientAssertionTests {
  private static let posting = """
    title: Clients get tokens that work
    covers: TST-01
    given:
      - create-client: { as: erp }
      - create-client: { as: shop }
    steps:
      - request-token: { as: token, client: erp }
        expect: issued
      - request-token: { client: erp }
        expect: issued
      - request-token: { client: shop }
        expect: issued
      - post-payload: { token: token }
        expect: accepted
    """
  private static let refused = """
    title: Wrong assertions are refused
    covers: TST-01
    given:
      - create-client: { as: erp }
    steps:
      - request-token: { client: erp, auth: WAY, assertion: { signature: other-key } }
        expect: { error: invalid_client }
      - request-token: { client: erp, auth: WAY, assertion: { signature: changed } }
        expect: { error: invalid_client }
      - request-token: { client: erp, auth: WAY, assertion: { signature: none } }
        expect: { error: invalid_client }
      - request-token: { client: erp, auth: WAY, assertion: { claims: { aud: [a, b], sub: null }, header: { kid: other } } }
        expect: { error: invalid_client }
      - request-token: { client: erp, auth: WAY }
        expect: issued
    """

  private static func scenarios(_ way: String) -> [String: String] {
    ["posts": posting, "refused": refused.replacing("WAY", with: way)]
  }

  private func run(
    _ workspace: Workspace, _ environment: [String: String] = [:]
  ) throws -> (outcome: Outcome, everything: String) {
    let outcome = try workspace.conform(
      "run", "--start", "2022-07-20T10:03:08Z", environment: environment.merging(["no_proxy": "*"]) { $1 })
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let reports = try workspace.names(in: "Reports").filter { $0.contains(".") }.map {
      try workspace.read("Reports/\($0)")
    }
    return (outcome, (reports + [outcome.output, outcome.errors]).joined())
  }

  /// The files of a run contain no assertion and no private key.
  private func expectNoSecrets(_ everything: String, _ service: AssertionService) {
    let texts = service.state.withLock { $0.assertions }
    #expect(texts.count >= 3)
    for text in texts {
      #expect(!everything.contains(text))
      let signature = text.split(separator: ".", omittingEmptySubsequences: false)[2]
      #expect(signature.isEmpty || !everything.contains(signature), "\(text)")
    }
    #expect(everything.contains("client_assertion=$ERP_ASSERTION"))
    #expect(!everything.contains("PRIVATE KEY"))
  }

  @Test(
    "sign with keys that a run generates and registers, each another one", arguments: ["", "RS256", "ES384", "EdDSA"])
  func generated(algorithm: String) throws {
    let service = try AssertionService()
    let workspace = try Workspace(
      scenarios: Self.scenarios("private-key-jwt"),
      target: service.target(
        ways: "private-key-jwt", assertion: algorithm.isEmpty ? "" : ", algorithm: \(algorithm)",
        clients: #"create: { request: POST /clients, json: { jwks: "${client.jwks}" }, answer: { id: /id } }"#))
    let everything = try run(workspace).everything
    expectNoSecrets(everything, service)
    let headers = service.assertions.map(\.header)
    let wanted = JSON.string(algorithm.isEmpty ? "ES256" : algorithm)
    #expect(
      headers.allSatisfy { $0["alg"] == wanted || $0["alg"] == "none" } && headers.contains { $0["alg"] == "none" })
    let keys = Set(headers.compactMap { $0["kid"]?.string })
    // of both clients, and the one that a scenario writes
    #expect(keys.count == 3)
    let ids = service.assertions.compactMap { (try? JSON(parsing: $0.payload))?["jti"]?.string }
    #expect(Set(ids).count == ids.count)
  }

  @Test("sign with the key of a file, or with one from the environment; no file of the run has it")
  func given() throws {
    let keys = try (0..<2).map { _ in try #require(SigningKey.generate(for: .es256)) }
    let service = try AssertionService(clients: ["a": .key(keys[0].publicKey), "b": .key(keys[1].publicKey)])
    let workspace = try Workspace(
      scenarios: Self.scenarios("private-key-jwt"),
      target: service.target(
        ways: "private-key-jwt",
        clients: #"static: [{ id: a, key: a.pem, kid: first }, { id: b, key: "${env.KEY_OF_B}" }]"#))
    let texts = try keys.map { try #require($0.pem) }
    try workspace.write(texts[0], to: "Scenarios/targets/a.pem")
    let everything = try run(workspace, ["KEY_OF_B": texts[1]]).everything
    expectNoSecrets(everything, service)
    for line in texts.flatMap({ $0.split(separator: "\n") }) where !line.hasPrefix("-----") {
      #expect(!everything.contains(line))
    }
    let ids = Set(service.assertions.compactMap { $0.header["kid"]?.string })
    #expect(ids.isSuperset(of: ["first", "other"]))
  }

  @Test("sign with their secret", arguments: ["HS256", "HS512"])
  func secret(algorithm: String) throws {
    let service = try AssertionService(clients: ["a": .secret(Workspace.secret), "b": .secret("an0ther-secret-of-b")])
    let workspace = try Workspace(
      scenarios: Self.scenarios("client-secret-jwt"),
      target: service.target(
        ways: "[client-secret-jwt]", assertion: ", secret-algorithm: \(algorithm)",
        clients: #"static: [{ id: a, secret: "${env.SECRET_A}" }, { id: b, secret: "${env.SECRET_B}" }]"#))
    let everything = try run(
      workspace, ["SECRET_A": Workspace.secret, "SECRET_B": "an0ther-secret-of-b"]
    ).everything
    expectNoSecrets(everything, service)
    #expect(!everything.contains(Workspace.secret))
    #expect(service.assertions.allSatisfy { $0.header["alg"] == .string(algorithm) || $0.header["alg"] == "none" })
  }

  @Test("have no secret, so that scenarios which need one are skipped")
  func withoutSecret() throws {
    let service = try AssertionService()
    let scenarios = [
      "posts": Self.posting,
      "secret": """
      title: The secret is not shown
      covers: TST-01
      given:
        - create-client: { as: erp }
      steps:
        - request-token: { client: erp }
          expect: { outcome: issued, text: { not: { contains: "${erp.secret}" } } }
      """,
      "basic": """
      title: Basic works
      covers: TST-01
      given:
        - create-client: { as: erp }
      steps:
        - request-token: { client: erp, auth: basic }
          expect: issued
      """,
    ]
    let workspace = try Workspace(
      scenarios: scenarios,
      target: service.target(
        ways: "private-key-jwt",
        clients: #"create: { request: POST /clients, json: { jwks: "${client.jwks}" }, answer: { id: /id } }"#))
    let (outcome, _) = try run(workspace)
    #expect(
      outcome.output.contains("1 skipped: the target's clients have no secret (client-secret)"), "\(outcome.output)")
    #expect(outcome.output.contains("does not declare client authentication by HTTP Basic"), "\(outcome.output)")
  }

  @Test("cannot sign with a variable that holds no key: the cases are errored")
  func noKey() throws {
    let service = try AssertionService()
    let workspace = try Workspace(
      scenarios: Self.scenarios("private-key-jwt"),
      target: service.target(
        ways: "private-key-jwt", clients: #"static: [{ id: a, key: "${env.KEY}" }, { id: b, key: "${env.KEY}" }]"#))
    let outcome = try workspace.conform("run", environment: ["KEY": "no key at all, but l0ng", "no_proxy": "*"])
    #expect(outcome.status == 3)
    #expect(outcome.output.contains("the private key of the clients cannot be read; expected PEM without a password"))
    #expect(!outcome.output.contains("no key at all"))
  }

  @Test("are registered and sign as the example of the guide has it")
  func guide() throws {
    let guide = try String(
      contentsOf: Workspace.repository.appending(path: "Scenarios/targets/README.md"), encoding: .utf8)
    let section = try #require(guide.components(separatedBy: "\n### assertions\n").dropFirst().first)
    let example = try #require(section.components(separatedBy: "```yaml\n").dropFirst().first)
    let keys = try #require(example.components(separatedBy: "\n```").first)
    let service = try AssertionService()
    let target = """
      target: The example of the guide
      base-url: \(service.url)
      connectors:
        only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } }
      """
    let workspace = try Workspace(scenarios: Self.scenarios("private-key-jwt"), target: "\(target)\n\(keys)\n")
    expectNoSecrets(try run(workspace).everything, service)
  }

  @Test("are given to programs with their public keys, and to no program with a private key")
  func program() throws {
    let service = try AssertionService()
    let workspace = try Workspace(
      scenarios: ["posts": Self.posting],
      target: service.target(
        ways: "private-key-jwt", clients: "command: [./manage, '\(service.url)']\n  operations: [create, delete]"))
    try workspace.write(
      """
      #!/usr/bin/env python3
      import json, sys, urllib.request
      text = sys.stdin.read()
      order = json.loads(text)
      assert "PRIVATE" not in text and order["public-key"].startswith("-----BEGIN PUBLIC KEY-----")
      body = json.dumps({"jwks": order["jwks"]}).encode()
      with urllib.request.urlopen(urllib.request.Request(sys.argv[1] + "/clients", body)) as response:
          print(json.dumps({"id": json.load(response)["id"]}))
      """, to: "Scenarios/targets/manage")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: workspace.folder.appending(path: "Scenarios/targets/manage").path)
    expectNoSecrets(try run(workspace).everything, service)
  }
}
