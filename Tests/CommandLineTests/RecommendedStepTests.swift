import Foundation
import Testing

@Suite("A step of which only something recommended fails") struct RecommendedStepTests {
  private static func scenario(_ level: String) -> String {
    """
    title: A wrong secret gets a token
    covers: TST-01
    given:
      - create-client: { as: erp }
    steps:
      - request-token: { as: extra, client: erp, secret: wrong }
        expect: { \(level): { outcome: issued } }
      - post-payload: { token: extra }
        expect: accepted
      - wait: { expiry-of: extra }
      - request-token: { as: token, client: erp }
        expect: { json: { access_token: { not: "${extra.value}" } } }
      - post-payload: { token: token }
        expect: accepted
    """
  }

  @Test("does not err the steps that need what it would have saved: they are left out, and the others judge")
  func leavesOut() throws {
    let workspace = try Workspace(scenarios: ["extra": Self.scenario("should")])
    let outcome = try workspace.conform("run", "--verbose")
    #expect(outcome.status == 0 && outcome.output.contains("1 warned"), "\(outcome.output)\(outcome.errors)")
    let log = try workspace.read("Reports/run.jsonl")
    #expect(log.contains("cannot resolve ${extra}: nothing was saved under that name"))
    try workspace.write(
      Self.scenario("should").replacing("expect: accepted", with: "expect: { status: 418 }"),
      to: "Scenarios/area/extra.yaml")
    #expect(try workspace.conform("run").status == 1)
  }

  @Test("excuses no value that is missing for another reason")
  func otherRecommendation() throws {
    let workspace = try Workspace(
      scenarios: [
        "extra": Self.scenario("should").replacing(
          "should: { outcome: issued }", with: "status: 401, should: { headers: { X-Conform: { type: string } } }")
      ])
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 3 && outcome.output.contains("1 errored"), "\(outcome.output)\(outcome.errors)")
  }

  @Test("fails alone if it is required")
  func required() throws {
    let workspace = try Workspace(scenarios: ["extra": Self.scenario("must")])
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 1 && !outcome.output.contains("cannot resolve"), "\(outcome.output)\(outcome.errors)")
  }
}
