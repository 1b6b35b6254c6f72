import Foundation
import TestSupport
import Testing

@Suite("A setup that cases share")
struct SharedSetupTests {
  private static func scenario(once: String, covers: String = "TST-01") -> String {
    """
    title: A payload is accepted
    covers: \(covers)
    cases: [{ n: 1 }, { n: 2 }, { n: 3 }]
    given:
      - use: fragments/new-token.yaml
        once: \(once)
    steps:
      - post-payload: { token: token, payload: valid }
        expect: accepted
    """
  }

  private static let fragment = """
    outputs: [token, erp]
    steps:
      - create-client: { as: erp }
      - request-token: { as: token, client: erp }
    """

  /// - Parameter status: That of the token endpoint.
  private func workspace(_ scenarios: [String: String], status: Int = 200) throws -> (Workspace, RawServer) {
    let server = try RawServer { request, connection in
      if request.head.hasPrefix("POST /token") {
        return connection.respond(
          "HTTP/1.1 \(status) Done", #"{"access_token":"a-token-that-is-long-enough","token_type":"Bearer"}"#)
      }
      let token = request.head.contains("a-token-that-is-long-enough")
      // a secret of another case is masked where no name speaks of it, too
      let body = token ? #"{"note":"got a-token-that-is-long-enough"}"# : "{}"
      connection.respond("HTTP/1.1 \(request.head.hasPrefix("POST /in") && token ? 201 : 401) Done", body)
    }
    let workspace = try Workspace(scenarios: scenarios, target: Workspace.bareTarget(server.url))
    try workspace.write(SharedSetupTests.fragment, to: "Scenarios/fragments/new-token.yaml")
    return (workspace, server)
  }

  private func tokenRequests(_ server: RawServer) -> Int {
    server.requests.count { $0.head.hasPrefix("POST /token") }
  }

  @Test("runs in one case, and the others use what it saved", arguments: [1, 16])
  func run(jobs: Int) throws {
    let (workspace, server) = try workspace([
      "one": SharedSetupTests.scenario(once: "run"), "two": SharedSetupTests.scenario(once: "run"),
    ])
    let outcome = try workspace.conform("run", "--jobs", "\(jobs)", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(tokenRequests(server) == 1)
    #expect(server.requests.count { $0.head.hasPrefix("POST /in") } == 6)
    let log = try workspace.read("Reports/run.jsonl")
    #expect(log.components(separatedBy: "it runs once, and ran in ").count == 1 + 5 * 2 * 2, "\(log)")
    #expect(!log.contains("a-token-that-is-long-enough"))
    #expect(log.components(separatedBy: "got $TOKEN").count == 7)
    #expect(try workspace.conform("render").status == 0)
  }

  @Test("of other values, or of a suite alone, runs for each")
  func apart() throws {
    let (workspace, server) = try workspace([
      "one": SharedSetupTests.scenario(once: "suite"), "two": SharedSetupTests.scenario(once: "suite"),
      "three": SharedSetupTests.scenario(once: "run"),
      "four": SharedSetupTests.scenario(once: "run").replacingOccurrences(
        of: "once: run", with: "once: run\n    with: { name: other }"),
    ])
    try workspace.write(
      "parameters: { name: { default: erp } }\n"
        + SharedSetupTests.fragment.replacingOccurrences(of: "{ as: erp }", with: "{ as: erp, name: \"${name}\" }"),
      to: "Scenarios/fragments/new-token.yaml")
    try workspace.write(SharedSetupTests.scenario(once: "suite"), to: "Scenarios/other/five.yaml")
    let outcome = try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(tokenRequests(server) == 4)
  }

  @Test("that fails leaves the others errored, with the case that has the reason")
  func failure() throws {
    let (workspace, server) = try workspace(["one": SharedSetupTests.scenario(once: "run")], status: 500)
    let outcome = try workspace.conform("run", "--jobs", "1", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(tokenRequests(server) == 1)
    #expect(!server.requests.contains { $0.head.hasPrefix("POST /in") })
    let report = try workspace.read("Reports/junit.xml")
    #expect(report.components(separatedBy: "requesting the token failed: HTTP 500 (expected 200)\">").count == 2)
    #expect(report.components(separatedBy: "the setup that cases share did not succeed: see one/n=1\">").count == 3)
  }

  @Test("runs anew once the clock has moved, since what it saved may have expired")
  func afterAdvance() throws {
    let pack = try Workspace(scenarios: [
      "one": """
      title: A token expires
      covers: TST-01
      given:
        - use: fragments/new-token.yaml
          once: run
      steps:
        - wait: 25h
        - post-payload: { token: token, payload: valid }
          expect: { status: 401 }
      """,
      "two": SharedSetupTests.scenario(once: "run").replacingOccurrences(of: "given:", with: "serial: true\ngiven:"),
    ])
    try pack.write(SharedSetupTests.fragment, to: "Scenarios/fragments/new-token.yaml")
    let outcome = try pack.conform("run")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let log = try pack.read("Reports/run.jsonl")
    #expect(log.components(separatedBy: "it runs once, and ran in ").count == 1 + 2 * 2 * 2, "\(log)")
  }

  @Test("is not shared with cases that can become pending, whose state must not depend on others")
  func pending() throws {
    let (workspace, server) = try workspace([
      "one": SharedSetupTests.scenario(once: "run").replacingOccurrences(
        of: "steps:", with: "steps:\n  - wait: 1h")
    ])
    try workspace.write(
      Workspace.bareTarget(server.url) + "\nclock: { driver: wall }\n", to: "Scenarios/targets/reference.yaml")
    let outcome = try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.output.contains("3 pending"), "\(outcome.output)\(outcome.errors)")
    #expect(tokenRequests(server) == 3)
  }
}
