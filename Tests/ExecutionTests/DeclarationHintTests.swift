// The line of the target file that a failed case names, if a declared behaviour decides its outcome.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("A response that contradicts a declared behaviour names the line to write")
struct DeclarationHintTests {
  private static func post(_ change: (inout PayloadPost) -> Void = { _ in }, token: String? = "token", accepted: Bool)
    -> Step
  {
    var post = PayloadPost(token: token)
    change(&post)
    return .make(.postPayload(post), [.must(accepted ? .success(.postPayload) : .status(.equal(401)))])
  }

  /// Steps at lines of their own, as those of a file.
  private static func numbered(_ steps: [Step]) -> [Step] {
    steps.enumerated().map { index, step in
      var step = step
      step.place = Fixture.place(20 + index)
      return step
    }
  }

  private static let issued = WireResponse(
    200, #"{"access_token":"a-token-of-the-test","token_type":"Bearer","expires_in":3600}"#)

  /// A target that deletes and replaces clients, and declares this.
  private static func target(_ behaviour: Behaviour?, _ word: JSON?) -> Target {
    var target = Fixture.target
    var clients = Target.HTTPClients()
    for (operation, method) in [
      (ClientManagement.create, "POST"), (.replace, "PUT"), (.delete, "DELETE"), (.show, "GET"),
    ] {
      var request = Target.RequestTemplate(method: method, url: "/clients", place: Fixture.place(40))
      request.answer = ["id": .json(JSONPointer(tokens: ["id"])), "secret": .json(JSONPointer(tokens: ["secret"]))]
      clients.requests[operation] = request
    }
    target.clients = .http(clients)
    target.clock = .process(.init(library: .own))
    target.token.expiresIn = Target.TokenBinding.registeredExpiresIn
    if let behaviour { target.behaviour[behaviour] = word }
    return target
  }

  private static func hint(
    _ steps: [Step], declared: (Behaviour, JSON)? = nil, accepts: Bool, creates: Int = 201, shown: String = "{}"
  ) async throws -> String? {
    let target = target(declared?.0, declared?.1)
    let transport = ScriptedTransport { request in
      switch (request.request.method, request.path) {
      case ("POST", "/clients"), ("PUT", "/clients"):
        WireResponse(
          request.request.method == "PUT" ? 200 : creates, #"{"id":"one","secret":"the-secret-of-one-client"}"#)
      case ("GET", "/clients"): WireResponse(200, shown)
      case ("DELETE", "/clients"): WireResponse(204)
      case (_, "/token"): issued
      case (_, let path) where path.hasPrefix("/in"): WireResponse(accepts ? 201 : 401)
      default: WireResponse(200)
      }
    }
    let scenario = Fixture.scenario(numbered(steps))
    let record = try await Fixture.run([scenario], on: target, transport, clock: InstantClock()).record()
    #expect(record.verdict == .failed, "\(record.findings)")
    return record.findings.first { $0.verdict == .failed }?.hint
  }

  private static func line(_ behaviour: Behaviour, _ word: String) -> String {
    "either the service is wrong, or declare 'behaviour: { \(behaviour.rawValue): \(word) }' in the target file"
  }

  private static let before = [Step.client("erp"), .token("token", of: "erp")]
  private static let deletion = Step.make(.deleteClient(client: "erp"), [.must(.success(.deleteClient))])
  private static let replacement = Step.make(.replaceClient(client: "erp"), [.must(.success(.replaceClient))])

  @Test("of the tokens of deleted and replaced clients", arguments: [true, false])
  func tokens(accepts: Bool) async throws {
    let word = accepts ? "survive" : "end", declared: JSON = accepts ? "end" : "survive"
    for (step, behaviour) in [
      (DeclarationHintTests.deletion, Behaviour.tokensOfDeletedClient),
      (DeclarationHintTests.replacement, .tokensOfReplacedSet),
    ] {
      let steps = DeclarationHintTests.before + [step, DeclarationHintTests.post(accepted: !accepts)]
      let hint = try await DeclarationHintTests.hint(steps, declared: (behaviour, declared), accepts: accepts)
      #expect(hint == DeclarationHintTests.line(behaviour, word))
      let right = try await DeclarationHintTests.hint(
        steps, declared: (behaviour, .string(word)), accepts: accepts)
      #expect(right == nil)
    }
  }

  @Test(
    "of the expiry: the second of expiry, and a leeway",
    arguments: [
      (3600, true, "exclusive", line(.expiryInstant, "inclusive")), (3600, true, "inclusive", nil),
      (3600, false, "inclusive", line(.expiryInstant, "exclusive")), (3600, true, "either", nil),
      (
        3660, true, "exclusive",
        "either the service is wrong, or declare for how long it accepts expired tokens, at least "
          + "'behaviour: { expiry-leeway: 60 }', in the target file"
      ), (4000, true, "exclusive", nil),
    ] as [(Int64, Bool, JSON, String?)])
  func expiry(seconds: Int64, accepts: Bool, declared: JSON, expected: String?) async throws {
    let wait = Step.make(.wait(.span(try WaitLength(parsing: "\(seconds)s"))))
    let hint = try await DeclarationHintTests.hint(
      DeclarationHintTests.before + [wait, DeclarationHintTests.post(accepted: !accepts)],
      declared: (.expiryInstant, declared),
      accepts: accepts)
    #expect(hint == expected)
  }

  @Test("of requests that a service may accept or refuse", arguments: [true, false])
  func requests(accepts: Bool) async throws {
    func post(_ change: (inout PayloadPost) -> Void, token: String? = "token") -> Step {
      DeclarationHintTests.post(change, token: token, accepted: !accepts)
    }
    let basic = Template.Member(
      "Authorization", .text([.literal("Basic "), .reference(Reference(path: ["erp", "basic"]))]))
    let cases: [(Behaviour, JSON, Step, String)] = [
      (.otherMethods, accepts ? "refused" : "served", post { $0.edits.method = "PUT" }, accepts ? "served" : "refused"),
      (
        .basicOnPayload, accepts ? "refused" : "accepted", post({ $0.edits.headers = [basic] }, token: nil),
        accepts ? "accepted" : "refused"
      ),
      (
        .tokenInHeaderAndQuery, accepts ? "refused" : "ignored",
        post { $0.edits.query = [.init("access_token", "x")] }, accepts ? "ignored" : "refused"
      ),
      (
        .blankPayload, accepts ? "refused" : "accepted", post { $0.payload = .text(" \n") },
        accepts ? "accepted" : "refused"
      ),
    ]
    for (behaviour, declared, step, word) in cases {
      let hint = try await DeclarationHintTests.hint(
        DeclarationHintTests.before + [step], declared: (behaviour, declared), accepts: accepts)
      #expect(hint == DeclarationHintTests.line(behaviour, word), "\(behaviour)")
    }
  }

  @Test("of clients without a name, and of secrets that are shown again")
  func clients() async throws {
    let nameless = Step.make(
      .createClient(name: .literal(.null), connector: .first), [.must(.status(.equal(422)))])
    let created = try await DeclarationHintTests.hint(
      [nameless], declared: (.namelessClient, "refused"), accepts: true)
    #expect(created == DeclarationHintTests.line(.namelessClient, "accepted"))
    let shown = Step.make(.showClient(client: "erp"), [.must(.text(.not(.contains(.equals(.literal("visible"))))))])
    let hint = try await DeclarationHintTests.hint(
      [.client("erp"), shown], declared: (.secretOnShow, "hidden"), accepts: true, shown: #"{"key":"visible"}"#)
    #expect(hint == DeclarationHintTests.line(.secretOnShow, "shown"))
  }
}
