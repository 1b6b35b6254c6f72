import TestSupport
import Testing

@Suite("Scenarios that use fragments")
struct FragmentRunTests {
  private static let scenario = """
    title: A payload is accepted
    covers: TST-01
    given:
      - use: fragments/new-token.yaml
    steps:
      - use: fragments/post.yaml
        with: { with-token: token, status: 201 }
    """

  /// The issue of a token is known by the fragment's own name of the client.
  private func workspace(_ status: Int) throws -> (Workspace, RawServer) {
    let server = try RawServer { request, connection in
      if request.head.hasPrefix("POST /token") {
        return connection.respond("HTTP/1.1 200 OK", #"{"access_token":"a-token-that-is-long-enough"}"#)
      }
      connection.respond("HTTP/1.1 \(request.head.hasPrefix("POST /in") ? status : 200) Done", "{}")
    }
    let workspace = try Workspace(
      scenarios: ["accepted": FragmentRunTests.scenario], target: Workspace.bareTarget(server.url))
    try workspace.write(
      """
      outputs: token
      steps:
        - create-client: { as: erp }
        - request-token: { as: token, client: erp }
      """, to: "Scenarios/fragments/new-token.yaml")
    try workspace.write(
      """
      parameters: { with-token: , status: }
      steps:
        - post-payload: { token: "${with-token}", payload: valid }
          expect: { status: "${status}" }
      """, to: "Scenarios/fragments/post.yaml")
    return (workspace, server)
  }

  @Test("run, and a finding has the place in the fragment and that of the use", arguments: [201, 500])
  func run(status: Int) throws {
    let (workspace, server) = try workspace(status)
    let outcome = try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == (status == 201 ? 0 : 1), "\(outcome.output)\(outcome.errors)")
    #expect(server.requests.contains { $0.head.hasPrefix("POST /in") })
    let log = try workspace.read("Reports/run.jsonl")
    #expect(log.contains("request a token for 'new-token.erp' as 'token'"))
    guard status == 500 else { return }
    #expect(outcome.output.contains("status: expected 201, got 500"))
    let report = try workspace.read("Reports/junit.xml")
    for text in [outcome.output, report] {
      #expect(text.contains("fragments/post.yaml:4, used at "), "\(text)")
      #expect(text.contains("accepted.yaml:6"), "\(text)")
    }
  }

  @Test("are checked, listed and documented like others, and fragments are none")
  func others() throws {
    let (workspace, _) = try workspace(201)
    let check = try workspace.conform("check")
    #expect(check.status == 0, "\(check.output)\(check.errors)")
    let list = try workspace.conform("list", environment: ["TEST_SECRET": Workspace.secret])
    #expect(list.status == 0 && list.output.contains("accepted"), "\(list.output)")
    #expect(!list.output.contains("new-token"))
    let docs = try workspace.conform("docs")
    #expect(docs.status == 0, "\(docs.errors)")
    #expect(try workspace.read("Reports/behaviour.md").contains("a token `token` of `new-token.erp`"))
    let direct = try workspace.conform("check", "Scenarios/fragments/post.yaml")
    #expect(direct.status != 0 && direct.errors.contains("is a fragment, which scenarios use"), "\(direct)")
    try workspace.write("steps:\n  - lst-clients: {}\n", to: "Scenarios/fragments/post.yaml")
    let broken = try workspace.conform("check")
    #expect(broken.status != 0)
    #expect(
      broken.errors.contains("post.yaml:2:5: unknown key 'lst-clients' in a step; did you mean 'list-clients'?"),
      "\(broken.errors)")
    #expect(broken.errors.contains("used at Scenarios/"), "\(broken.errors)")
  }
}
