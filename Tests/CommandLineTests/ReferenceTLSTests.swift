import Foundation
import Testing

@Suite("The reference service over TLS") struct ReferenceTLSTests {
  private static let target = """
    target: The reference service over TLS
    include: reference.yaml
    launch: reference-service-tls
    token: { client-authentication: [tls-client-auth, private-key-jwt, basic] }
    """
  private static let scenario = """
    title: Each client has a certificate of its own
    covers: TST-01
    given:
      - create-client: { as: erp }
      - create-client: { as: crm }
    steps:
      - request-token: { as: token, client: erp }
        expect: issued
      - request-token: { client: crm }
        expect: issued
      - request-token: { client: erp, auth: private-key-jwt }
        expect: issued
      - request-token: { client: erp, auth: basic }
        expect: issued
      - request-token: { client: erp, id: "${crm.id}" }
        expect: { error: invalid_client }
      - replace-client: { client: erp, as: new }
        expect: replaced
      - request-token: { client: new }
        expect: issued
      - request-token: { client: new, id: "${erp.id}" }
        expect: { error: invalid_client }
      - request-token: { client: erp }
        expect: issued
      - post-payload: { token: token }
        expect: accepted
    """

  private static func workspace(_ target: String = target) throws -> Workspace {
    let workspace = try Workspace(scenarios: ["tls": scenario])
    try workspace.write(target, to: "Scenarios/targets/tls.yaml")
    return workspace
  }

  @Test("gets certificates that the run makes, whose keys are in no file")
  func made() throws {
    let workspace = try Self.workspace()
    let outcome = try workspace.conform("run", "--target", "Scenarios/targets/tls.yaml", "--verbose")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let log = try workspace.read("Reports/run.jsonl")
    #expect(log.contains(#"https://127.0.0.1:"#) && log.contains(#""x5c":["#.replacing("\"", with: "\\\"")))
    #expect(!log.contains("PRIVATE KEY"))
    #expect(log.contains(#""certificate":{"file":"erp.pem","key":"erp-key.pem"}"#))
  }

  @Test("is shown in curl lines with the option that accepts its certificate")
  func curlLines() throws {
    let workspace = try Self.workspace()
    let wrong = Self.scenario.replacing("expect: accepted", with: "expect: { status: 418 }")
    try workspace.write(wrong, to: "Scenarios/area/tls.yaml")
    let outcome = try workspace.conform("run", "--target", "Scenarios/targets/tls.yaml")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("curl -i --insecure "), "\(outcome.output)")
  }

  @Test("is served with a certificate of one's own", .enabled(if: Workspace.has("openssl"), "openssl is in PATH"))
  func served() throws {
    let workspace = try Self.workspace()
    try Certificate.make("server", in: workspace)
    let path = workspace.folder.path
    let service = try ServedService(
      ["--tls-cert", "\(path)/server.pem", "--tls-key", "\(path)/server-key.pem"], key: "the-key-of-the-manager")
    defer { service.stop() }
    #expect(service.url.hasPrefix("https://127.0.0.1:"))
    let external = try workspace.read("Scenarios/targets/reference.yaml").replacing(
      "launch: reference-service\n", with: ""
    )
    .replacing("${service.url}", with: service.url.replacing("127.0.0.1", with: "localhost"))
    .replacing("${service.manager-key}", with: "${env.CONFORM_MANAGER_KEY}")
    .replacing("client-authentication: [", with: "client-authentication: [tls-client-auth, ")
    try workspace.write("\(external)\ntls: { ca: server.pem }\n", to: "external.yaml")
    let outcome = try workspace.conform(
      "run", "--target", "external.yaml", environment: ["CONFORM_MANAGER_KEY": "the-key-of-the-manager"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test("is not served with what is no certificate", .enabled(if: Workspace.has("openssl"), "openssl is in PATH"))
  func unusable() throws {
    let workspace = try Self.workspace()
    try Certificate.make("a", in: workspace)
    try Certificate.make("b", in: workspace)
    try Certificate.encryptKey(of: "a", as: "encrypted.pem", password: "pass-of-a", in: workspace)
    for (arguments, status, message) in [
      (["--tls-cert", "a.pem"], 3, "the certificate of the service cannot be used: expected a certificate in PEM"),
      (["--tls-cert", "a.pem", "--tls-key", "b-key.pem"], 3, "cannot be used"),
      (["--tls-cert", "a.pem", "--tls-key", "encrypted.pem"], 3, "without a password"),
      (["--tls-cert", "a-key.pem", "--tls-key", "a-key.pem"], 3, "cannot be used"),
      (["--tls-cert", "none.pem"], 2, "--tls-cert: none.pem: cannot be read: No such file or directory"),
      (["--tls-cert", "."], 2, "is a folder, not a file"),
      (["--tls-key", "a-key.pem"], 2, "--tls-key belongs to a certificate; add --tls-cert FILE"),
    ] {
      let outcome = try workspace.conform(["serve", "--port", "0"] + arguments)
      #expect(outcome.status == Int32(status) && outcome.errors.contains(message), "\(arguments): \(outcome.errors)")
    }
  }

  @Test("detects faults of certificates in an audit")
  func audited() throws {
    let workspace = try Workspace(
      scenarios: [
        "tls": Self.scenario.replacing("client: erp, id:", with: "client: erp, auth: tls-client-auth, id:")
      ])
    let shipped = Workspace.repository.appending(path: "Scenarios/targets/reference-tls.yaml")
    try workspace.write(try String(contentsOf: shipped, encoding: .utf8), to: "Scenarios/targets/reference-tls.yaml")
    let outcome = try workspace.conform("audit", "--fault", "any-certificate-accepted")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("F any-certificate-accepted (critical): tls"), "\(outcome.output)")
  }
}
