import ConformanceModel
import Foundation
import JSONValue
import Testing

@Suite("Clients are managed in whatever way a target has")
struct ClientDriverTests {
  static let scenario = """
    title: A client that is made in a step gets tokens
    covers: TST-01
    steps:
      - create-client: { as: erp }
        expect: created
      - request-token: { as: token, client: erp }
        expect: issued
      - post-payload: { token: token }
        expect: accepted
    """
  static let deleting = scenario + "\n  - delete-client: { client: erp }\n    expect: deleted"

  @Test("by dynamic registration, with the metadata of the target file, and the management of RFC 7592")
  func registration() throws {
    let service = try SmallService()
    let clients = """
      clients:
        rfc7591: { url: /register, initial-access-token: "${env.INITIAL}", managed: true, metadata: { scope: orders, token_endpoint_auth_method: null } }
      """
    let workspace = try Workspace(scenarios: ["made": ClientDriverTests.deleting], target: service.target(clients))
    let outcome = try workspace.conform("run", environment: ["INITIAL": "initial-token-of-the-test"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let made = try #require(service.requests.first { $0.hasPrefix("POST /register ") })
    #expect(made.contains("Authorization: Bearer initial-token-of-the-test\r\n"))
    #expect(made.contains(#""grant_types":["client_credentials"],"scope":"orders"}"#))
    #expect(made.contains(#"{"client_name":"conform-"#))
    #expect(service.clients.isEmpty)
    let everything = try [outcome.output, workspace.read("Reports/run.jsonl"), workspace.read("Reports/junit.xml")]
      .joined()
    for secret in ["initial-token-of-the-test", "-alone", "-of-the-small-service"] {
      #expect(!everything.contains(secret), "\(secret)")
    }
  }

  @Test("by dynamic registration, each for the way in which the scenario authenticates it")
  func registeredWays() throws {
    let service = try SmallService()
    let scenario = """
      title: Clients that authenticate in different ways get tokens
      covers: TST-01
      steps:
        - create-client: { as: erp }
          expect: created
        - create-client: { as: shop }
          expect: created
        - request-token: { client: erp, auth: body }
          expect: issued
        - request-token: { client: shop, auth: basic }
          expect: issued
      """
    let workspace = try Workspace(
      scenarios: ["made": scenario], target: service.target("clients: { rfc7591: { url: /register } }"))
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let made = service.requests.filter { $0.hasPrefix("POST /register ") }
    #expect(made.count == 2)
    #expect(made.first?.contains(#""token_endpoint_auth_method":"client_secret_post""#) == true)
    #expect(made.last?.contains(#""token_endpoint_auth_method":"client_secret_basic""#) == true)
    // a service may require that names differ
    #expect(Set(service.state.withLock { $0.names }).count == 2)
  }

  @Test("a client that the target registers for one way is not asked to authenticate in the other")
  func otherWay() throws {
    let service = try SmallService()
    let scenario = """
      title: A client authenticates in the body
      covers: TST-01
      given:
        - create-client: { as: erp }
      steps:
        - request-token: { client: erp, auth: body }
          expect: issued
      """
    let workspace = try Workspace(
      scenarios: ["made": ClientDriverTests.scenario, "body": scenario],
      target: service.target(
        "clients: { rfc7591: { url: /register, metadata: { token_endpoint_auth_method: client_secret_basic } } }"))
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("2 cases: 1 passed, 1 skipped"))
  }

  @Test("by requests in which the caller chooses id and secret, which is as secret as any other")
  func chosen() throws {
    let service = try SmallService()
    let clients = """
      clients:
        create: { request: "PUT /clients/mine-${random.id}", json: { key: "${random.secret}" }, answer: { id: { sent: "mine-${random.id}" }, secret: { sent: "${random.secret}" } } }
        delete: { request: "DELETE /clients/${client.id}" }
      """
    let two = ClientDriverTests.deleting.replacing(
      "steps:\n", with: "given:\n  - create-client: { as: other }\nsteps:\n")
    let workspace = try Workspace(scenarios: ["made": two], target: service.target(clients))
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let (id, secret) = try #require(service.state.withLock { $0.secrets.first })
    #expect(id.hasPrefix("mine-") && service.clients.count == 1)
    let everything = try outcome.output + workspace.read("Reports/run.jsonl") + workspace.read("Reports/junit.xml")
    #expect(!everything.contains(secret) && everything.contains("$OTHER_SECRET"))
  }

  @Test("a registration that cannot be managed skips what deletes, with the reason")
  func unmanaged() throws {
    let service = try SmallService()
    let workspace = try Workspace(
      scenarios: ["made": ClientDriverTests.scenario, "deleted": ClientDriverTests.deleting],
      target: service.target("clients: { rfc7591: { url: /register } }"))
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("2 cases: 1 passed, 1 skipped"))
    #expect(try workspace.read("Reports/junit.xml").contains("the target cannot delete clients"))
  }

  /// A program that makes clients at the small service; it writes down what it was given.
  private func commandTarget(_ service: SmallService, _ script: String, _ more: String = "operations: [create, delete]")
    -> String
  {
    service.target("clients:\n  command: [./manage, \"${connector.name}\"]\n  \(more)").replacing(
      "SCRIPT", with: script)
  }

  private func commandWorkspace(
    _ script: String, service: SmallService, more: String = "operations: [create, delete]", scenario: String = deleting
  ) throws -> Workspace {
    let workspace = try Workspace(scenarios: ["made": scenario], target: commandTarget(service, script, more))
    try workspace.write("#!/bin/sh\n\(script)\n", to: "Scenarios/targets/manage")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: workspace.folder.appending(path: "Scenarios/targets/manage").path)
    return workspace
  }

  @Test("a secret that a failing program printed is not in its error message")
  func failingProgram() throws {
    let script =
      #"echo '{"id":"made-by-hand","secret":"secret-made-by-hand"}'; echo 'failed at secret-made-by-hand' >&2; exit 3"#
    let service = try SmallService()
    let workspace = try commandWorkspace(script, service: service)
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 3)
    #expect(outcome.output.contains("ended with status 3: failed at $CLIENT_SECRET"), "\(outcome.output)")
    for file in ["Reports/run.jsonl", "Reports/junit.xml", "Reports/report.html", "Reports/summary.md"] {
      #expect(try !workspace.read(file).contains("secret-made-by-hand"), "\(file)")
    }
  }

  @Test(
    "by a program that gets the operation as JSON and answers in JSON; it runs beside the target file, without a shell")
  func command() throws {
    let service = try SmallService()
    service.state.withLock { $0.secrets["made-by-hand"] = "secret-made-by-hand" }
    let script = #"cat >> input; echo " $1" >> input; echo '{"id":"made-by-hand","secret":"secret-made-by-hand"}'"#
    let workspace = try commandWorkspace(script, service: service)
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let input = try workspace.read("Scenarios/targets/input").split(separator: "\n").map(String.init)
    #expect(input.count == 2)
    #expect(
      input[0].hasPrefix(#"{"operation":"create","connector":{"name":"only"},"name":"conform-"#)
        && input[0].hasSuffix(" only"))
    #expect(input[1].contains(#""operation":"delete""#) && input[1].contains(#""client":{"id":"made-by-hand""#))
    let everything =
      try outcome.output + workspace.read("Reports/run.jsonl") + workspace.read("Scenarios/targets/input")
    #expect(!everything.contains("secret-made-by-hand"))
  }

  @Test(
    "a program that fails is reported with its output, as an error of the run",
    arguments: [
      ("echo no such tenant >&2; exit 4", "could not create a client: ./manage ended with status 4: no such tenant"),
      ("echo '{}'", "the command's output for 'create' has no id"),
      ("echo oops", "the command printed no JSON for 'create'"),
      ("sleep 1000", "./manage took longer than 1 s and was ended"),
    ])
  func failingCommand(script: String, message: String) throws {
    let service = try SmallService()
    let workspace = try commandWorkspace(script, service: service, more: "time-limit: 500ms")
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 3)
    #expect(outcome.output.contains(message), "\(outcome.output)")
  }

  @Test("prompts without a terminal are refused before anything is sent")
  func promptWithoutTerminal() throws {
    let service = try SmallService()
    let workspace = try Workspace(
      scenarios: ["made": ClientDriverTests.scenario], target: service.target("clients: { prompt: the dashboard }"))
    let process = Process()
    // a session of its own has no terminal
    process.executableURL = URL(filePath: "/usr/bin/setsid")
    process.arguments = ["--wait", Workspace.program.path, "run"]
    process.currentDirectoryURL = workspace.folder
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 2)
    #expect(text.contains("but this process has no terminal; configure credentials with 'clients: static' instead"))
    #expect(service.requests.isEmpty)
  }

  @Test("a person at the terminal is prompted, and the pasted secret is not shown")
  func prompt() throws {
    let service = try SmallService()
    service.state.withLock { $0.secrets["pasted-id"] = "pasted-secret-of-the-test" }
    let workspace = try Workspace(
      scenarios: ["made": ClientDriverTests.scenario], target: service.target("clients: { prompt: the dashboard }"))
    let terminal = try PseudoTerminal(command: [Workspace.program.path, "run"], folder: workspace.folder.path)
    let task = try terminal.read(until: "client id: ")
    #expect(task.contains("On the connector only (the dashboard), create an OAuth2 client named: conform-"))
    try terminal.write("pasted-id\n")
    _ = try terminal.read(until: "(not shown): ")
    try terminal.write("  pasted-secret-of-the-test\n")
    let (rest, status) = try terminal.finish()
    #expect(status == 0, "\(rest)")
    #expect(!rest.contains("pasted-secret"))
    #expect(try !workspace.read("Reports/run.jsonl").contains("pasted-secret"))
  }
}
