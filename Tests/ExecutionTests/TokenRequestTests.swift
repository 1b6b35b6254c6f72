import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("A token request") struct TokenRequestTests {
  private static let secret = "the-secret-of-client-1"
  private static let pair = "client_id=client-1&client_secret=the-secret-of-client-1"

  /// The request as it is sent for a static client.
  private static func sent(
    on target: Target = Fixture.target, _ change: (inout TokenRequest) -> Void
  ) async throws -> WireRequest {
    var request = TokenRequest(client: "erp")
    change(&request)
    let result = try await Fixture.run([.make(.requestToken(request))], given: [.client("erp")], on: target) { _ in
      WireResponse(200, "{}")
    }
    #expect(result.sent.count == 1)
    return try #require(result.sent.first).request
  }

  private static func text(_ request: WireRequest) -> String { String(decoding: request.body ?? [], as: UTF8.self) }

  private static func basic(_ pair: String) -> String { "Basic " + Base64.encode(Array(pair.utf8)) }

  @Test(
    "authenticates the client as the scenario says",
    arguments: [
      (nil, basic("client-1:\(secret)"), "", ""), (.basic, basic("client-1:\(secret)"), "", ""),
      (.both, basic("client-1:\(secret)"), "&\(pair)", ""), (.body, nil, "&\(pair)", ""),
      (.idOnly, nil, "&client_id=client-1", ""), (.query, nil, "", "?\(pair)"),
      (ClientAuthentication.none, nil, "", ""),
    ] as [(ClientAuthentication?, String?, String, String)])
  func authentication(way: ClientAuthentication?, header: String?, parameters: String, query: String) async throws {
    var target = Fixture.target
    target.token.authentications = [.basic, .body]
    let request = try await TokenRequestTests.sent(on: target) { $0.authentication = way }
    #expect(request.method == "POST")
    #expect(request.headers.first("Authorization") == header)
    #expect(request.headers.first("Content-Type") == "application/x-www-form-urlencoded")
    #expect(TokenRequestTests.text(request) == "grant_type=client_credentials\(parameters)")
    #expect(request.url == "http://target.test/token\(query)")
  }

  @Test("is filled up to its size, also one that is a byte more than what is there", arguments: [60, 39])
  func padded(size: Int) async throws {
    let text = TokenRequestTests.text(try await TokenRequestTests.sent { $0.paddedTo = .literal(.int(size)) })
    #expect(text.utf8.count == size)
    #expect(text.wholeMatch(of: /grant_type=client_credentials&padding=x+/) != nil, "\(text)")
  }

  @Test("is not sent if it cannot have its size", arguments: [.int(38), "many", .int(1 << 40)] as [JSON])
  func impossibleSize(size: JSON) async throws {
    var request = TokenRequest(client: "erp")
    request.paddedTo = .literal(size)
    let result = try await Fixture.run([.make(.requestToken(request))], given: [.client("erp")]) { _ in
      WireResponse(200, "{}")
    }
    #expect(try result.record().verdict == .errored && result.sent.isEmpty)
    #expect(try result.record().findings.first?.message.contains("cannot be padded to") == true)
  }

  @Test("authenticates in the first way that the target declares if the scenario names none")
  func declared() async throws {
    var target = Fixture.target
    target.token.authentications = [.body, .basic]
    let request = try await TokenRequestTests.sent(on: target) { _ in }
    #expect(request.headers.first("Authorization") == nil)
    #expect(TokenRequestTests.text(request) == "grant_type=client_credentials&\(TokenRequestTests.pair)")
  }

  @Test("form-encodes id and secret before Base64 (RFC 6749 section 2.3.1), unless it is raw")
  func encoding() async throws {
    for (way, pair) in [(ClientAuthentication.basic, "a+b%3Ac:p%25"), (.both, "a+b%3Ac:p%25"), (.basicRaw, "a b:c:p%")]
    {
      let request = try await TokenRequestTests.sent {
        $0.authentication = way
        $0.id = "a b:c"
        $0.secret = "p%"
      }
      #expect(request.headers.first("Authorization") == TokenRequestTests.basic(pair))
    }
  }

  @Test("sends Basic credentials as they are if the target does not decode them, but not those in the body")
  func undecoded() async throws {
    var target = Fixture.target
    target.token.authentications = [.basicRaw, .body]
    for way in [nil, .basic, .both, .basicRaw] as [ClientAuthentication?] {
      let request = try await TokenRequestTests.sent(on: target) {
        $0.authentication = way
        $0.id = "a b:c"
        $0.secret = "p%"
      }
      #expect(request.headers.first("Authorization") == TokenRequestTests.basic("a b:c:p%"))
      #expect(TokenRequestTests.text(request).contains("client_id=a+b%3Ac") == (way == .both))
    }
    #expect(target.capabilities.isSuperset(of: [.basicAuthentication, .bodyAuthentication]))
  }

  @Test("has the parameters and header fields of the target, and those of the scenario in their place")
  func parameters() async throws {
    var target = Fixture.target
    target.token.headers = [.init("X-Tenant", "acme")]
    target.token.parameters = [.init("scope", "orders"), .init("audience", "a")]
    let usual = try await TokenRequestTests.sent(on: target) { _ in }
    #expect(usual.headers.first("X-Tenant") == "acme")
    #expect(TokenRequestTests.text(usual) == "grant_type=client_credentials&scope=orders&audience=a")
    let changed = try await TokenRequestTests.sent(on: target) {
      $0.parameters = [
        .init("grant_type", .literal(["a", "b"])), .init("scope", .literal(.null)), .init("more", "x y"),
      ]
    }
    #expect(TokenRequestTests.text(changed) == "grant_type=a&grant_type=b&audience=a&more=x+y")
  }

  @Test("has its parameters in the query at a target that takes it by GET, unless the scenario changes the method")
  func byGet() async throws {
    var target = Fixture.target
    target.token.method = "GET"
    let usual = try await TokenRequestTests.sent(on: target) { _ in }
    #expect(usual.method == "GET" && usual.body == nil && usual.headers.first("Content-Type") == nil)
    #expect(usual.url == "http://target.test/token?grant_type=client_credentials")
    target.token.method = "POST"
    let changed = try await TokenRequestTests.sent(on: target) { $0.edits.method = "GET" }
    #expect(changed.method == "GET" && changed.url == "http://target.test/token")
    #expect(TokenRequestTests.text(changed) == "grant_type=client_credentials")
  }

  @Test(
    "has the label of its client in reports, or a description of what differs",
    arguments: [
      (nil, nil, "$ERP_BASIC"), ("client-1", nil, "$ERP_BASIC"), (nil, "the-secret-of-client-1", "$ERP_BASIC"),
      ("other-client", nil, "$OTHER_CLIENT_BASIC"), (nil, "", "$EMPTY_BASIC"),
      ("other-client", " ", "$OTHER_CLIENT_SPACE_BASIC"),
    ] as [(String?, String?, String)])
  func label(id: String?, secret: String?, label: String) async throws {
    var request = TokenRequest(client: "erp")
    request.id = id.map { .literal(.string($0)) }
    request.secret = secret.map { .literal(.string($0)) }
    let scenario = Fixture.scenario(given: [.client("erp")], [.make(.requestToken(request))])
    let run = try await PendingFixture.run([scenario], on: Fixture.target) { _ in WireResponse(200, "{}") }
    let encoded = TokenRequestTests.basic(
      "\(id ?? "client-1"):\(FormEncoding.encode(secret ?? TokenRequestTests.secret))")
    #expect(run.lines.contains { $0.contains("Basic \(label)") }, "\(run.lines.filter { $0.contains("Basic") })")
    #expect(!run.lines.joined().contains(encoded))
  }

  @Test("that the target cannot take in this way makes the rest of the case not apply")
  func notApplicable() async throws {
    var target = Fixture.target
    var create = Target.RequestTemplate(method: "POST", url: "/register", place: Fixture.place(70))
    create.json = [:]
    let registration = Target.Registration(url: "/register")
    target.clients = .registration(registration)
    target.token.authentications = [.basic, .body]
    var later = TokenRequest(client: "erp")
    later.id = .reference(Reference(path: ["erp", "id"]))
    later.authentication = .body
    // the plan cannot see it: what the service registers decides
    let steps = [
      Step.client("erp"), .make(.requestToken(later), as: "t", [.must(.success(.requestToken))]), .http(),
    ]
    let created =
      #"{"client_id":"c","client_secret":"a-secret-of-the-test","token_endpoint_auth_method":"client_secret_basic"}"#
    let result = try await Fixture.run(steps, on: target) { WireResponse($0.path == "/register" ? 201 : 200, created) }
    let record = try result.record()
    #expect(record.verdict == .skipped && record.notRun == ["send GET"], "\(record.findings.map(\.message))")
    #expect(record.reason?.hasPrefix("the target registers the client for HTTP Basic") == true)
    // the client is registered for the way that the scenario needs
    let sent = try #require(result.sent.first?.request.body)
    #expect(try JSON(parsing: sent)["token_endpoint_auth_method"] == "client_secret_post")
  }

  @Test("saves the expiry of its token, unless that is beyond the range of a clock", arguments: [3600, Int.max])
  func expiry(seconds: Int) async throws {
    let token = #"{"access_token":"a-token-of-the-test","token_type":"Bearer","expires_in":\#(seconds)}"#
    let isKnown = seconds == 3600
    let expected: JSON = isKnown ? .int(SimulatedInstant.documented.seconds + 3600) : .null
    let matcher = Matcher.object([.init("expires-at", .equal(expected)), .init("expires-in", .equal(.int(seconds)))])
    let step = Step.token("t", of: "erp", [.must(.saved(matcher))])
    let record = try await Fixture.run([step], given: [.client("erp")]) { _ in WireResponse(200, token) }.record()
    #expect(record.verdict == .passed, "\(record.findings.map(\.message))")
  }

  @Test("saves the expiry by the declared lifetime if the response has no expires_in")
  func declaredExpiry() async throws {
    let token = #"{"access_token":"a-token-of-the-test","token_type":"Bearer"}"#
    var target = Fixture.target
    target.behaviour[.tokenLifetime] = 7200
    let expected = JSON.int(SimulatedInstant.documented.seconds + 7200)
    let step = Step.token("t", of: "erp", [.must(.saved(.object([.init("expires-at", .equal(expected))])))])
    let record = try await Fixture.run([step], given: [.client("erp")], on: target) { _ in WireResponse(200, token) }
      .record()
    #expect(record.verdict == .passed, "\(record.findings.map(\.message))")
  }

  @Test(
    "names what a response without a token lacks",
    arguments: [
      ("not json", "the response is not JSON"), ("{}", "the response has no token at /access_token"),
      (#"{"access_token":""}"#, "the response has no token at /access_token"),
    ])
  func missing(body: String, reason: String) async throws {
    let record = try await Fixture.run([.token("t", of: "erp")], given: [.client("erp")]) { _ in
      WireResponse(200, body)
    }.record()
    #expect(record.verdict == .failed)
    #expect(record.findings.first?.message.contains(reason) == true, "\(record.findings.map(\.message))")
  }
}
