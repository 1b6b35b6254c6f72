import Foundation
import HTTPModel
import TestSupport
import Testing

@Suite("What must hold of every exchange") struct InvariantTests {
  private static let scenario = """
    title: A look at the service
    covers: TST-01
    steps:
      - http: { url: / }
        expect: { status: 200 }
      - http: { url: /again }
        expect: { status: 200 }
    """

  private func workspace(_ invariants: String) throws -> Workspace {
    let service = try SmallService()
    keep.append(service)
    let workspace = try Workspace(scenarios: ["look": InvariantTests.scenario], target: service.target(""))
    try workspace.write("invariants:\n\(invariants)\n", to: "Scenarios/invariants.yaml")
    return workspace
  }

  private let keep = Keeper()

  @Test("is a case of its own next to the scenarios")
  func holds() throws {
    let workspace = try workspace("  - { id: answers, title: Answers come, covers: TST-01, expect: { status: 2xx } }")
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("3 cases: 3 passed"))
    #expect(try workspace.read("Reports/junit.xml").contains(#"classname="invariants.answers" name="answers""#))
  }

  @Test("is errored if a pattern takes too much work on a response: it does not count as not found")
  func tooMuchWork() throws {
    let server = try RawServer { _, connection in connection.respond(String(repeating: "a", count: 40) + "b") }
    let scenario =
      "title: It asks\ncovers: TST-01\nsteps:\n  - http: { url: / }\n    expect: { text: { not: { matches: '^(a+)+$' } } }\n"
    let workspace = try Workspace(scenarios: ["asks": scenario], target: Workspace.bareTarget(server.url))
    try workspace.write(
      "invariants:\n  - { id: never, title: It is not there, covers: TST-01, expect: { text: { not: { matches: '^(a+)+$' } } } }\n",
      to: "Scenarios/invariants.yaml")
    let outcome = try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 3)
    #expect(outcome.output.contains("3 cases: 1 passed, 2 errored"), "\(outcome.output)")
    for place in ["Scenarios/area/asks.yaml:5", "Scenarios/invariants.yaml:2"] {
      #expect(outcome.output.contains(place), "\(outcome.output)")
    }
    #expect(outcome.output.contains("the regular expression /^(a+)+$/ takes too much work on a text of 41 bytes"))
  }

  @Test("fails once for all exchanges that break it, and names where")
  func breaks() throws {
    let workspace = try workspace("  - { id: none, title: No answer comes, covers: TST-01, expect: { status: 4xx } }")
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("3 cases: 2 passed, 1 failed"), "\(outcome.output)")
    #expect(outcome.output.contains("status: expected 4xx, got 200; in look, Scenarios/area/look.yaml:4"))
    #expect(outcome.output.contains("Scenarios/invariants.yaml:2"))
  }

  @Test(
    "only warns if the requirement is a should, and if the invariant says so itself",
    arguments: ["TST-02, expect: { status: 4xx }", "TST-01, expect: { should: { status: 4xx } }"])
  func warns(rest: String) throws {
    let workspace = try workspace("  - { id: none, title: No answer comes, covers: \(rest) }")
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("3 cases: 2 passed, 1 warned"), "\(outcome.output)")
  }

  @Test("fails in spite of a should if it says so")
  func binds() throws {
    let workspace = try workspace(
      "  - { id: none, title: No answer comes, covers: TST-02, expect: { must: { status: 4xx } } }")
    #expect(try workspace.conform("run").status == 1)
  }

  @Test(
    "is skipped where no exchange is of its kind, by its operation or by its condition",
    arguments: ["of: post-payload", "where: { status: 404 }"])
  func skipped(kind: String) throws {
    let workspace = try workspace(
      "  - { id: none, title: None of its kind, covers: TST-01, \(kind), expect: { status: 4xx } }")
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("3 cases: 2 passed, 1 skipped"), "\(outcome.output)")
    #expect(try workspace.read("Reports/junit.xml").contains("not applicable: no matching request in this run"))
  }

  @Test("has its mistakes shown like a scenario's, and an id of its own")
  func diagnostics() throws {
    let workspace = try workspace(
      "  - { id: look, title: Same id, covers: TST-09, of: wait, expect: { status: 999 } }\n  - { title: No id, covers: TST-01, expect: {}, whre: { status: 200 } }"
    )
    let outcome = try workspace.conform("check")
    #expect(outcome.status == 2)
    for message in [
      "Scenarios/invariants.yaml:2:41: unknown requirement 'TST-09'; did you mean 'TST-01'?", "wait sends no request",
      "expected a status from 100 to 599",
      "unknown key 'whre' in an invariant; did you mean 'where'?", "missing key 'id' in an invariant",
      "duplicate id 'look'; Scenarios/invariants.yaml has it already",
    ] { #expect(outcome.errors.contains(message), "\(message) in \(outcome.errors)") }
  }
}

@Suite("Secrets in responses") struct LeakTests {
  private func finished(_ fault: String, _ scenario: String) throws -> Outcome {
    let workspace = try Workspace(scenarios: ["leak": scenario])
    try workspace.write(
      "invariants:\n  - { id: no-leak, title: Nothing leaks, covers: TST-01, expect: { secrets: none } }\n",
      to: "Scenarios/invariants.yaml")
    let outcome = try workspace.conform("audit", "--fault", fault, "--verbose")
    return outcome
  }

  private static let scenario = """
    title: A client comes and asks
    covers: TST-01
    steps:
      - create-client: { as: erp }
      - list-clients: {}
      - show-client: { client: erp }
      - request-token: { as: token, client: erp }
      - request-token: { client: erp, secret: "${erp.secret|drop-last}" }
        expect: { status: 401 }
      - post-payload: { token: token, payload: valid }
    """

  @Test(
    "are found in bodies and headers, as they are, in Base64 and in parts",
    arguments: [
      "secret-in-the-list", "secret-in-the-view", "secret-in-the-view-as-base64", "half-a-secret-in-the-list",
      "secret-in-a-header-of-the-view",
      "secret-in-token-errors", "secret-in-token-answers", "basic-header-in-errors", "token-in-a-header",
      "tokens-in-answers",
    ])
  func found(fault: String) throws {
    let outcome = try finished(fault, LeakTests.scenario)
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(
      outcome.output.contains("F \(fault) (critical): no-leak")
        || outcome.output.contains("F \(fault) (major): no-leak"), "\(outcome.output)")
  }

  @Test("stay out of the findings of broken invariants, which are reported after their cases have ended")
  func redacted() throws {
    let workspace = try Workspace(scenarios: ["leak": LeakTests.scenario])
    try workspace.write(
      "invariants:\n  - { id: broken, title: Broken by all, covers: TST-01, of: [create-client, request-token, post-payload], expect: { status: 299 } }\n",
      to: "Scenarios/invariants.yaml")
    let outcome = try workspace.conform("run", "--verbose")
    #expect(outcome.status == 1)
    for text in [outcome.output, try workspace.read("Reports/run.jsonl"), try workspace.read("Reports/junit.xml")] {
      #expect(text.contains("$ERP_SECRET") && text.contains("$TOKEN"))
      // the first letters of every id of the service, in Base64
      #expect(!text.contains("Basic Y2xpZW50L"))
      #expect(text.firstRange(of: /"access_token"\s*:\s*"[A-Za-z0-9_-]{43}"/) == nil)
    }
  }

  @Test("are not found if nothing leaks: the response that issues one may contain it")
  func none() throws {
    let workspace = try Workspace(scenarios: ["leak": LeakTests.scenario])
    try workspace.write(
      "invariants:\n  - { id: no-leak, title: Nothing leaks, covers: TST-01, expect: { secrets: none } }\n",
      to: "Scenarios/invariants.yaml")
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.contains("3 cases: 3 passed"))
  }
}
