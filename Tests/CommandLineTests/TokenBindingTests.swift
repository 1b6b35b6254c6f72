import HTTPModel
import Testing

@Suite("Tokens are asked for and sent as the target wants it")
struct TokenBindingTests {
  @Test("by GET, with its own parameters, and what is about POST is skipped with the reason")
  func get() throws {
    let service = try SmallService()
    let about =
      "title: Another method\ncovers: TST-01\ngiven:\n  - create-client: { as: erp }\nsteps:\n  - request-token: { client: erp, method: PUT }\n    expect: { status: 404 }\n"
    let workspace = try Workspace(
      scenarios: ["gets": ClientDriverTests.deleting, "about": about],
      target: service.target(
        token: "{ url: /token, method: GET, client-authentication: body, params: { scope: a b } }", SmallService.managed
      ))
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("2 cases: 1 passed, 1 skipped"))
    #expect(
      outcome.output.contains(
        "the target's token endpoint accepts token requests by GET only, without a body (token-by-post)"))
    let request = try #require(service.requests.first { $0.contains("/token") })
    #expect(request.hasPrefix("GET /token?grant_type=client_credentials&scope=a+b&client_id=client-"), "\(request)")
    // the secret stood in a URL: it is masked there as well
    let everything = try outcome.output + workspace.read("Reports/run.jsonl") + workspace.read("Reports/junit.xml")
    #expect(!everything.contains("-of-the-small-service") && everything.contains("client_secret=$ERP_SECRET"))
  }

  @Test("the token is sent in the header and read from the place that the target names")
  func header() throws {
    let service = try SmallService()
    let token = """
      { url: /token, headers: { X-Tenant: acme }, answer: { access-token: { regex: '"access_token":"([^"]+)"' } }, bearer: { header: Authorization, value: "Bearer ${token}" } }
      """
    let workspace = try Workspace(
      scenarios: ["made": ClientDriverTests.deleting], target: service.target(token: token, SmallService.managed))
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(service.requests.contains { $0.hasPrefix("POST /token ") && $0.contains("X-Tenant: acme\r\n") })
    let other = try Workspace(
      scenarios: ["made": ClientDriverTests.deleting],
      target: service.target(
        token: token.replacing("header: Authorization, value: \"Bearer ", with: "header: X-Access-Token, value: \""),
        SmallService.managed))
    #expect(try other.conform("run").status == 1)
    #expect(
      service.requests.contains {
        $0.hasPrefix("POST /in ") && $0.contains("X-Access-Token: token-") && !$0.contains("Authorization")
      })
  }
}
