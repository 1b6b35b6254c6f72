// Which secrets a response may show.

import ConformanceModel
import HTTPModel
import TestSupport
import Testing

@testable import Execution

@Suite("The expectation of no secrets")
struct ShownSecretTests {
  private func shown(_ response: WireResponse, disclosed: [String] = []) throws -> [String] {
    let session = try Fixture.session(Fixture.target, ScriptedTransport { _ in WireResponse(200) })
    var scope = CaseScope(session: session)
    scope.registerSecret("the-secret/of-this-case", as: "ERP_SECRET")
    var result = StepResult(Exchange(request: WireRequest(url: "/"), response: response))
    result.disclosedSecrets = disclosed
    return try ResponseEvaluator(result, scope: scope, patterns: session.patterns).mismatches(.noSecrets)
      .map { "\($0.kind.rawValue) \($0.subject): \($0.actual)" }
  }

  @Test("finds them in bodies and header fields, in any encoding, and does not show them")
  func secrets() throws {
    #expect(try shown(WireResponse(200, "is: the-secret/of-this-case")) == ["secret-shown body: …is: $ERP_SECRET…"])
    #expect(try shown(WireResponse(200, "the-secret%2Fof-this-case")).count == 1)
    #expect(
      try shown(WireResponse(200, "", [.init("X", "the-secret/of-this-case")])) == [
        "secret-shown header X: …$ERP_SECRET…"
      ])
    #expect(try shown(WireResponse(200, "the-secret")) == [])
  }

  @Test("allows those that the response discloses by its purpose, in its body alone")
  func disclosed() throws {
    let secret = "the-secret/of-this-case"
    #expect(try shown(WireResponse(200, #"{"secret":"\#(secret)"}"#), disclosed: [secret]) == [])
    #expect(try shown(WireResponse(200, #"{"secret":"the-secret\/of-this-case"}"#), disclosed: [secret]) == [])
    #expect(try shown(WireResponse(200, "", [.init("X", secret)]), disclosed: [secret]).count == 1)
  }

  @Test(
    "finds every other one in a body with escapes whose own secret is allowed",
    arguments: [
      (#"the-secret/of-this-case "a\/b""#, 1), (#"{"x":"\/","y":"the-secret/of-this-case"}"#, 1),
      (#"{"x":"\/ the-secret/of-this-case"}"#, 1), (#""\/" the-secret/of-this-case"#, 1),
      (#"{"x":"own-\u0073ecret-1"}"#, 0), (#"{"x":"\/"}"#, 0),
    ])
  func otherSecrets(body: String, count: Int) throws {
    #expect(try shown(WireResponse(200, body), disclosed: ["own-secret-1"]).count == count)
  }

  @Test("allows a secret with escapes that the response discloses")
  func escaped() throws {
    let body = #"{"secret":"the-secret/of\u002dthis-case"}"#
    #expect(try shown(WireResponse(200, body)).count == 1)
    #expect(try shown(WireResponse(200, body), disclosed: ["the-secret/of-this-case"]) == [])
  }

  @Test("does not let a short text excuse a secret")
  func short() throws {
    let response = WireResponse(200, "the-secret/of-this-case")
    #expect(try shown(response, disclosed: ["secret/"]).count == 1)
    #expect(try shown(response, disclosed: ["-secret/"]).count == 0)
  }

  @Test("finds one in the part of a truncated response that is there")
  func truncated() throws {
    var response = WireResponse(200, "is: the-secret/of-this-case, and")
    response.isCut = true
    #expect(try shown(response).count == 1)
  }
}
