import Foundation
import HTTPModel
import TestSupport
import Testing

@Suite("A token")
struct OddTokenTests {
  private static let token = "9f8e7d6c5b4a/3Xy+Zq~w0v1u2t3s4r5"

  /// Runs three cases at a token endpoint with this response, an invariant that no response shows a secret, and the
  /// built-in one that every request gets a response.
  private func runCases(_ answer: String, in workspace: Workspace) throws -> Outcome {
    let server = try RawServer { request, connection in
      if request.head.hasPrefix("POST /token") {
        connection.respond(answer)
      } else {
        connection.respond("HTTP/1.1 201 Created", "{}")
      }
    }
    try workspace.write(Workspace.requirements, to: "Scenarios/requirements.yaml")
    try workspace.write(Workspace.bareTarget(server.url), to: "Scenarios/targets/reference.yaml")
    try workspace.write(
      "invariants:\n  - { id: no-leak, title: Nothing leaks, covers: TST-01, expect: { secrets: none } }\n",
      to: "Scenarios/invariants.yaml")
    for name in ["one", "two", "three"] { try workspace.write(CompareTests.issued, to: "Scenarios/area/\(name).yaml") }
    let reports = ["junit", "junit-extended", "html", "summary", "tap", "ctrf", "gitlab"].flatMap { ["--report", $0] }
    let (process, output, errors) = try workspace.start(
      ["run"] + reports, environment: ["TEST_SECRET": Workspace.secret], within: 60)
    process.waitUntilExit()
    return try Outcome(
      status: process.terminationStatus, output: Workspace.text(output), errors: Workspace.text(errors))
  }

  @Test(
    "that does not stand where it should is shown nowhere",
    arguments: [
      #"{"access_token":"TOKEN","token_type":"Bearer","expires_in":86"#, #"{"access_token":"TOKEN"#,
      "access_token=TOKEN&token_type=Bearer", "TOKEN\n",
      #"{"accessToken":"TOKEN","token_type":"Bearer"}"#, #"{"access_token":["TOKEN"]}"#,
      #"{"data":{"Access-Token":"TOKEN"}}"#,
      "<answer><access_token>TOKEN</access_token></answer>", #"{'access_token': 'TOKEN'}"#, #"{"token":"TOKEN"}"#,
    ])
  func elsewhere(answer: String) throws {
    let workspace = try Workspace()
    let outcome = try runCases(answer.replacing("TOKEN", with: OddTokenTests.token), in: workspace)
    #expect([1, 3].contains(outcome.status), "\(outcome.output)\(outcome.errors)")
    for name in try workspace.names(in: "Reports") where name != ".lock" {
      let text = try workspace.read("Reports/\(name)")
      #expect(!text.contains(OddTokenTests.token), "\(name)")
    }
    #expect(!(outcome.output + outcome.errors).contains(OddTokenTests.token))
  }

  @Test(
    "that is called as something in the log leaves it readable, and every report can be made of it",
    arguments: [
      "event", "passed", "verdict", "case-finished", "case-finished\",\"n\":1,\"x\":\"", "simulated", "1658311388",
      "16583113", "true", "null", "request-headers", "suite", "POST",
      "Scenarios", "token",
    ])
  func named(token: String) throws {
    let workspace = try Workspace()
    let quoted = token.replacing("\"", with: "\\\"")
    let outcome = try runCases(
      #"{"access_token":"\#(quoted)","token_type":"Bearer","expires_in":86400}"#, in: workspace)
    #expect(outcome.output.contains("5 cases: "), "\(outcome.output)\(outcome.errors)")
    #expect(!outcome.errors.contains("run.jsonl"), "\(outcome.errors)")
    #expect(try workspace.read("Reports/run.jsonl").contains(#""id":"two","scenario":"two","suite":"area","#))
    #expect(try workspace.read("Reports/junit.xml").contains(#"classname="area.two""#))
    #expect(try workspace.conform("compare", "Reports/run.jsonl", "Reports/junit.xml").status == 0)
  }

  @Test(
    "may be written with escapes in the response that issues it",
    arguments: [
      "9f8e7d6c5b4a\\/3Xy+Zq~w0v1u2t3s4r5", "9f8e7d6c5b4a/3Xy\\u002BZq~w0v1u2t3s4r5",
      "\\u0039f8e7d6c5b4a/3Xy\\u002bZq~w0v1u2t3s4r5",
    ])
  func escaped(token: String) throws {
    let workspace = try Workspace()
    let outcome = try runCases(#"{"access_token":"\#(token)","token_type":"Bearer","expires_in":86400}"#, in: workspace)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("5 cases: 5 passed"))
  }
}
