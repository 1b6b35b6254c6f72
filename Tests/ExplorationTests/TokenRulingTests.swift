import ConformanceModel
import Testing

@testable import Exploration

@Suite("Rulings on token requests") struct TokenRulingTests {
  let sample = Sample()

  @Test("a correct request succeeds, by either way of client authentication")
  func correct() {
    #expect(sample.token() == "success")
    #expect(sample.token { $0.way = .body } == "success")
    for way in [
      TokenCall.Way.lowerCase, .escapedBasic, .escapedBody, .keyAssertion, .secretAssertion, .certificate,
    ] {
      #expect(sample.token { $0.way = way } == "success")
    }
  }

  @Test(
    "wrong ways of client authentication are refused",
    arguments: [
      (TokenCall.Way.both, "refusal invalid_client invalid_request"),
      (.none, "refusal invalid_client invalid_request"), (.idOnly, "refusal invalid_client invalid_request"),
      (.malformedBasic, "refusal invalid_client invalid_request"),
      (.malformedAssertion, "refusal invalid_client invalid_request"),
      (.query, "refusal invalid_client invalid_request"), (.unknownScheme, "refusal invalid_client invalid_request"),
      (.accessToken, "refusal invalid_client invalid_request"),
    ])
  func ways(way: TokenCall.Way, expected: String) {
    #expect(sample.token { $0.way = way } == expected)
  }

  @Test("a client that is registered for one way is asked to authenticate in no other")
  func ways() {
    let request = ModelAction.token(TokenCall(client: "erp", name: "new", way: .body))
    let sample = Sample { $0.hasOneWayPerClient = true }
    // the clients of the sample had requests by Basic
    #expect(sample.token { $0.way = .lowerCase } == "success")
    #expect(sample.token { $0.way = .body } == "senseless")
    #expect(sample.token { $0.way = .keyAssertion } == "senseless")
    #expect(sample.token { $0.way = .none } == "refusal invalid_client invalid_request")
    #expect(Sample().after(request).token { $0.way = .keyAssertion } == "success")
  }

  @Test("a certificate is that of its client alone, and has no secret")
  func certificate() {
    #expect(sample.token { ($0.way, $0.id) = (.certificate, .ofOther) } == "refusal invalid_client")
    #expect(sample.token { ($0.way, $0.id) = (.certificate, .unknown) } == "refusal invalid_client")
    #expect(sample.token { ($0.way, $0.endpoint) = (.certificate, .other) } == "refusal invalid_client invalid_request")
    #expect(sample.token { ($0.way, $0.secret) = (.certificate, .changedFirst) } == "senseless")
    let shared = Sample { $0.capabilities.remove(.ownCertificates) }
    #expect(shared.token { $0.way = .certificate } == "senseless")
  }

  @Test("each near miss of a secret is refused", arguments: TokenCall.Secret.allCases)
  func secrets(secret: TokenCall.Secret) {
    let expected =
      switch secret {
      case .right: "success"
      case .empty, .trailingNUL: "refusal invalid_client invalid_request"
      default: "refusal invalid_client"
      }
    #expect(sample.token { $0.secret = secret } == expected)
  }

  @Test("each near miss of an id is refused", arguments: TokenCall.ID.allCases)
  func ids(id: TokenCall.ID) {
    let expected =
      switch id {
      case .right: "success"
      case .empty, .lineBreak: "refusal invalid_client invalid_request"
      default: "refusal invalid_client"
      }
    #expect(sample.token { $0.id = id } == expected)
  }

  @Test(
    "other grants are refused with the code of RFC 6749 section 5.2",
    arguments: [
      (TokenCall.Grant.right, "success"), (.missing, "refusal invalid_request"), (.empty, "refusal invalid_request"),
      (.repeated, "refusal invalid_request"), (.repeatedWithOther, "refusal invalid_request"),
      (.otherCase, "refusal unsupported_grant_type"), (.trailingBlank, "refusal unsupported_grant_type"),
      (.unknown, "refusal unsupported_grant_type"),
      (.password, "refusal invalid_grant invalid_request unauthorized_client unsupported_grant_type"),
      (.refreshToken, "refusal invalid_grant invalid_request unauthorized_client unsupported_grant_type"),
      (.authorizationCode, "refusal invalid_grant invalid_request unauthorized_client unsupported_grant_type"),
    ])
  func grants(grant: TokenCall.Grant, expected: String) {
    #expect(sample.token { $0.grant = grant } == expected)
  }

  @Test(
    "further parameters are ignored, left open or refused",
    arguments: [
      (TokenCall.Parameters.plain, "success"), (.unknown, "success"), (.emptyScope, "either invalid_scope"),
      (.unknownScope, "either invalid_scope"), (.resource, "either invalid_request invalid_scope invalid_target"),
      (.ownID, "success"), (.otherID, "refusal invalid_client invalid_request"),
    ])
  func parameters(parameters: TokenCall.Parameters, expected: String) {
    #expect(sample.token { $0.parameters = parameters } == expected)
  }

  @Test("the id beside Basic has to be the one in it")
  func differingIDs() {
    let expected = "refusal invalid_client invalid_request"
    #expect(sample.token { ($0.parameters, $0.id) = (.ownID, .shorter) } == expected)
  }

  @Test(
    "only a form is read",
    arguments: [
      (TokenCall.Media.form, "success"), (.charset, "success"), (.upperCase, "success"), (.json, "refusal 400 415"),
      (.text, "either 400 415"),
    ])
  func media(media: TokenCall.Media, expected: String) {
    #expect(sample.token { $0.media = media } == expected)
  }

  @Test("other methods than POST are refused unless the target serves them", arguments: CallMethod.allCases)
  func methods(method: CallMethod) {
    #expect(sample.token { $0.method = method } == (method == .post ? "success" : "refusal 501 4xx"))
    let serving = Sample { $0.servesOtherMethods = true }
    #expect(serving.token { $0.method = method } == (method == .post ? "success" : "either 501 4xx"))
  }

  @Test("a chunked body may only be refused for its missing length")
  func chunked() { #expect(sample.token { $0.coding = .chunked } == "either 411") }

  @Test("credentials are refused at the other connector")
  func otherConnector() {
    #expect(sample.token { $0.endpoint = .other } == "refusal invalid_client invalid_request")
    #expect(Sample { $0.capabilities.remove(.secondConnector) }.token { $0.endpoint = .other } == "senseless")
  }

  @Test("of two faults either may be reported, and one that must be refused decides")
  func twoFaults() {
    #expect(
      sample.token { ($0.secret, $0.grant) = (.shorter, .unknown) } == "refusal invalid_client unsupported_grant_type")
    let open = sample.token { ($0.secret, $0.parameters) = (.shorter, .emptyScope) }
    #expect(open == "refusal invalid_client invalid_scope")
  }

  @Test("a deleted client is refused, and its siblings are not")
  func deleted() {
    let sample = sample.after(.manage(sample.call("erp", .delete)))
    #expect(sample.token("erp") == "refusal invalid_client invalid_request")
    #expect(sample.token("shop") == "success")
    #expect(sample.token("depot") == "success")
  }

  @Test("a replaced set works on or dies, as the target declares")
  func replaced() {
    let replace = ModelAction.manage(sample.call("erp", .replace))
    #expect(sample.after(replace).token("erp") == "success")
    #expect(sample.after(replace).token("new-erp") == "success")
    let dying = Sample { $0.oldSetStays = false }.after(replace)
    #expect(dying.token("erp") == "refusal invalid_client invalid_request")
    #expect(dying.token("new-erp") == "success")
  }

  @Test("what became of the other set of a deleted client is left open")
  func deletedPair() {
    let sample = sample.after(.manage(sample.call("erp", .replace)), .manage(sample.call("erp", .delete)))
    #expect(sample.token("new-erp") == "senseless")
  }

  @Test("a way of authentication that the target does not have makes no sense")
  func capabilities() {
    #expect(Sample { $0.capabilities.remove(.bodyAuthentication) }.token { $0.way = .body } == "senseless")
    #expect(Sample { $0.capabilities.remove(.basicAuthentication) }.token() == "senseless")
  }

  @Test("combinations without a meaning make no sense")
  func senseless() {
    #expect(sample.token { ($0.way, $0.secret) = (TokenCall.Way.none, .shorter) } == "senseless")
    #expect(sample.token { ($0.way, $0.parameters) = (.body, .ownID) } == "senseless")
    #expect(sample.token { ($0.media, $0.grant) = (.json, .unknown) } == "senseless")
    #expect(sample.token { ($0.id, $0.secret) = (.ofOther, .ofOther) } == "senseless")
    #expect(sample.token { ($0.other, $0.secret) = (nil, .ofOther) } == "senseless")
    #expect(sample.token { ($0.token, $0.way) = (nil, .accessToken) } == "senseless")
    #expect(sample.token("nobody") == "senseless")
  }

  @Test("what is known of the first connector alone is sent to no other")
  func parametersOfTheFirst() {
    #expect(sample.token("erp") { $0.way = .escapedBody } == "success")
    #expect(sample.token("depot") { $0.way = .escapedBody } == "senseless")
    #expect(sample.token("erp") { $0.parameters = .granted } == "success")
    #expect(sample.token("depot") { $0.parameters = .granted } == "senseless")
  }

  @Test("an assertion has to be right in every part", arguments: TokenCall.Assertion.allCases)
  func assertions(assertion: TokenCall.Assertion) {
    for way in [TokenCall.Way.keyAssertion, .secretAssertion] {
      let expected =
        switch assertion {
        case .right, .again: "success"
        case .publicKey: way == .keyAssertion ? "refusal invalid_client" : "senseless"
        case .otherType, .withSecret: "refusal invalid_client invalid_request"
        default: "refusal invalid_client"
        }
      #expect(sample.token { ($0.way, $0.assertion) = (way, assertion) } == expected)
      #expect(sample.token { $0.assertion = assertion } == (assertion == .right ? "success" : "senseless"))
    }
  }

  @Test("an assertion that was used is refused or not, as the target declares, and only in its time")
  func replays() {
    var call = TokenCall(client: "erp", name: "first")
    (call.way, call.assertion) = (.keyAssertion, .again)
    func again(_ sample: Sample, _ client: String = "erp") -> String {
      sample.token(client) { ($0.way, $0.assertion) = (.keyAssertion, .again) }
    }
    #expect(again(sample.after(.token(call))) == "refusal invalid_client")
    #expect(again(sample.after(.token(call)), "shop") == "success")
    #expect(again(Sample { $0.refusesReplays = false }.after(.token(call))) == "either invalid_client")
    #expect(again(sample.after(.token(call), .wait(.seconds(60)))) == "senseless")
  }

  @Test("a key and a secret authenticate their own client alone")
  func assertionsOfOthers() {
    #expect(sample.token { ($0.way, $0.id) = (.keyAssertion, .ofOther) } == "refusal invalid_client")
    #expect(sample.token { ($0.way, $0.secret) = (.secretAssertion, .ofOther) } == "refusal invalid_client")
    #expect(sample.token { ($0.way, $0.secret) = (.keyAssertion, .ofOther) } == "senseless")
    #expect(
      sample.token { ($0.way, $0.parameters) = (.keyAssertion, .otherID) } == "refusal invalid_client invalid_request")
  }

  @Test(
    "a query is ignored, and what it alone contains may be missed",
    arguments: [(TokenCall.Query.plain, "success"), (.unknown, "success"), (.grant, "either invalid_request")])
  func queries(query: TokenCall.Query, expected: String) {
    #expect(sample.token { $0.query = query } == expected)
  }

  @Test(
    "other spellings of the path are left open, and a longer one is another URL", arguments: TokenCall.Path.allCases)
  func paths(path: TokenCall.Path) {
    let expected =
      switch path {
      case .plain: "success"
      case .segment: "refusal 4xx"
      default: "either 4xx 3xx"
      }
    #expect(sample.token { $0.path = path } == expected)
    // whatever the spelling is, a wrong secret gets nothing
    #expect(sample.token { ($0.path, $0.secret) = (path, .shorter) }.hasPrefix("refusal invalid_client"))
  }

  @Test(
    "a body that is no form, or a huge one, gets an error and no token",
    arguments: [
      (TokenCall.Media.garbage, "refusal invalid_request unsupported_grant_type"),
      (.emptyBody, "refusal invalid_request unsupported_grant_type"), (.absent, "either 400 415"),
    ])
  func bodies(media: TokenCall.Media, expected: String) {
    #expect(sample.token { $0.media = media } == expected)
    #expect(sample.token { $0.parameters = .long } == "either 400 413 414 431")
    #expect(sample.token { $0.parameters = .many } == "either 400 413 414 431")
    #expect(sample.token { $0.parameters = .repeatedScope } == "refusal invalid_request invalid_scope")
  }
}
