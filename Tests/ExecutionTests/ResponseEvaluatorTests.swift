import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("An expectation") struct ResponseEvaluatorTests {
  private func evaluator(
    _ response: WireResponse, request: WireRequest = WireRequest(url: "/"), names: [(String, JSON)] = [],
    _ edit: (inout StepResult) -> Void = { _ in }
  ) throws -> ResponseEvaluator {
    let session = try Fixture.session(Fixture.target, ScriptedTransport { _ in WireResponse(200) })
    var scope = CaseScope(session: session)
    for (name, value) in names { scope.save(name, value) }
    var result = StepResult(
      Exchange(request: request, response: response, timings: Timings(total: 1.5)))
    edit(&result)
    return ResponseEvaluator(result, scope: scope, patterns: session.patterns)
  }

  private static let json: [HeaderField] = [.init("Content-Type", "application/json")]

  struct Example: Sendable {
    var subject: Expectation.Subject
    var response: WireResponse
    /// The kind, subject, path, expected and actual of each mismatch.
    var found: [[String]]

    init(_ subject: Expectation.Subject, _ response: WireResponse, _ found: [[String]] = []) {
      (self.subject, self.response, self.found) = (subject, response, found)
    }
  }

  private static let examples: [Example] = [
    Example(.success(.createClient), WireResponse(201)),
    Example(.success(.createClient), WireResponse(401), [["outcome", "creating the client", "", "2xx", "HTTP 401"]]),
    Example(.status(.equal(401)), WireResponse(401)),
    Example(.status(.equal(401)), WireResponse(200), [["value", "status", "", "401", "200"]]),
    Example(.header("Pragma", .equal("no-cache")), WireResponse(200, "", [.init("pragma", "no-cache")])),
    Example(.header("X", .equal("a, b")), WireResponse(200, "", [.init("X", "a"), .init("x", "b")])),
    Example(
      .header("Pragma", .equal("no-cache")), WireResponse(200),
      [["missing", "header Pragma", "", #""no-cache""#, "nothing"]]),
    Example(
      .header("Set-Cookie", .absent(true)), WireResponse(200, "", [.init("Set-Cookie", "a=b")]),
      [["unexpected", "header Set-Cookie", "", "nothing", #""a=b""#]]),
    Example(.mediaType("application/json"), WireResponse(200, "", [.init("Content-Type", "Application/JSON\t ; a=b")])),
    Example(
      .mediaType("application/json"), WireResponse(200, "", [.init("Content-Type", "application/jsonp")]),
      [["value", "header Content-Type", "", "application/json", "application/jsonp"]]),
    Example(
      .mediaType("application/json"), WireResponse(200),
      [["missing", "header Content-Type", "", "application/json", "nothing"]]),
    Example(.json(.object([.init("a", .equal(1))])), WireResponse(200, "\u{FEFF}{\"a\":1}")),
    Example(.json(.object([.init("a", .equal(1))])), WireResponse(200, #"{"a":1,"b":2}"#)),
    Example(
      .json(.object([.init("a", .equal(1))])), WireResponse(200, #"{"a":2}"#),
      [["value", "body as JSON", "/a", "1", "2"]]),
    Example(.xml("/a/b", .equal("1")), WireResponse(200, "<a><b>1</b></a>")),
    Example(
      .xml("/a/b", .equal("1")), WireResponse(200, "<a/>"), [["missing", "body as XML, /a/b", "", #""1""#, "nothing"]]),
    Example(.text(.contains(.equal("b"))), WireResponse(200, "abc")),
    Example(
      .text(.contains(.equal("d"))), WireResponse(200, "abc"),
      [["value", "body", "", #"something that contains "d""#, #""abc""#]]),
    Example(.duration(.below(.literal(2))), WireResponse(200)),
    Example(
      .duration(.below(.literal(1))), WireResponse(200), [["value", "duration in seconds", "", "less than 1", "1.5"]]),
    Example(.interim(.equal([])), WireResponse(200)),
    Example(
      .interim(.contains(.equal(100))), WireResponse(200),
      [["value", "interim responses", "", "something that contains 100", "[]"]]),
    Example(.error(.equal("invalid_request")), WireResponse(400, #"{"error":"invalid_request"}"#, json)),
    Example(
      .error(.equal("invalid_request")), WireResponse(401, #"{"error":"invalid_request"}"#, json),
      [["value", "token error, status", "", "400", "401"]]),
    Example(
      .error(.equal("invalid_request")), WireResponse(400, #"{"error":"invalid_request"}"#),
      [["missing", "token error, header Content-Type", "", "application/json", "nothing"]]),
    Example(
      .error(.equal("invalid_request")),
      WireResponse(400, #"{"error":"invalid_client","error":"invalid_request"}"#, json),
      [["value", "token error", "/error", "the member once", "the member 2 times"]]),
    Example(
      .json(.exactly([.init("active", .equal(false))])), WireResponse(200, #"{"active":true,"active":false}"#, json),
      [["value", "body as JSON", "/active", "the member once", "the member 2 times"]]),
    Example(.error(.equal("invalid_client")), WireResponse(401, #"{"error":"invalid_client"}"#, json)),
    Example(
      .error(.equal("invalid_client")), WireResponse(403, #"{"error":"invalid_client"}"#, json),
      [["value", "token error, status", "", "400 or 401", "403"]]),
    Example(
      .error(.equal("invalid_client")), WireResponse(200, #"{"access_token":"t"}"#, json),
      [["token-issued", "token error", "", #"error "invalid_client""#, "a token"]]),
    Example(
      .error(.equal("invalid_request")), WireResponse(400, #"{"error":"invalid_request","access_token":null}"#, json)),
    Example(
      .error(.equal("invalid_request")), WireResponse(400, #"{"error":"invalid_request","access_token":""}"#, json)),
    Example(
      .error(.equal("invalid_request")), WireResponse(400, #"{"error":"invalid_request","access_token":"t"}"#, json),
      [["token-issued", "token error", "", #"error "invalid_request""#, "a token"]]),
    Example(
      .error(.equal("invalid_client")), WireResponse(500, #"{"error":"server_error"}"#, json),
      [["value", "token error, status", "", "400", "500"]]),
    Example(.someText(.equal("a b")), WireResponse(200, #"{"x":["\u0061\u0020b"]}"#)),
    Example(.someText(.equal("a & b")), WireResponse(200, "<x y='a &amp; b'/>")),
    Example(.someText(.equal("a & b")), WireResponse(200, "<x>a &#38; b</x>")),
    Example(.someText(.contains(.equal("a b"))), WireResponse(200, "<p>it is a b")),
    Example(.someText(.not(.contains(.equal("a b")))), WireResponse(200, #"{"a b":"a","x":"b"}"#)),
    Example(
      .someText(.not(.contains(.equal("a b")))), WireResponse(200, #"{"x":["c","a\u0020b"]}"#),
      [["unexpected", "texts in the body", "", #"nothing that contains "a b""#, #""a b""#]]),
    Example(
      .someText(.contains(.equal("Überführung 1"))), WireResponse(200, #"["x",{"name":"?berf?hrung 1"}]"#),
      [
        [
          "value", "texts in the body", "", #"a text that is something that contains "Überführung 1""#,
          #"none; the nearest is "?berf?hrung 1""#,
        ]
      ]),
    Example(
      .someText(.equal("abc")), WireResponse(200, #"["x"]"#),
      [["missing", "texts in the body", "", #"a text that is "abc""#, "none of 1 text"]]),
    Example(
      .challenge(scheme: "Bearer", .object([.init("error", .equal("invalid_token"))])),
      WireResponse(401, "", [.init("WWW-Authenticate", #"Basic realm="a", bearer error="invalid_token""#)])),
    Example(
      .challenge(scheme: "Bearer", .object([])),
      WireResponse(401, "", [.init("WWW-Authenticate", "Basic a=b, bearer")]),
      [
        [
          "value", "Bearer challenge", "", "a Bearer challenge with a parameter, such as realm (RFC 6750 section 3)",
          "Basic a=b, bearer",
        ]
      ]),
    Example(
      .challenge(scheme: "Bearer", .object([])), WireResponse(401, "", [.init("WWW-Authenticate", "Bearer a=b c=d")]),
      [
        [
          "value", "Bearer challenge", "", "WWW-Authenticate as in RFC 9110 section 11.6.1",
          "Bearer a=b c=d: no comma at byte 12, after a complete parameter",
        ]
      ]),
    Example(
      .challenge(scheme: "Bearer", .object([])), WireResponse(401),
      [["missing", "Bearer challenge", "", "WWW-Authenticate: Bearer", "nothing"]]),
    Example(
      .challenge(scheme: "Bearer", .object([])),
      WireResponse(401, "", [.init("WWW-Authenticate", "Bearer a=b, A=c")]),
      [["value", "Bearer challenge", "/a", "each parameter once", "the parameter a more than once"]]),
    Example(.challenge(scheme: "Basic", .object([])), WireResponse(401, "", [.init("WWW-Authenticate", "basic")])),
    Example(.error(.absent(true)), WireResponse(400, "no JSON", json)),
    Example(
      .error(.equal("invalid_request")), WireResponse(400, "", json),
      [
        [
          "unreadable", "token error", "", #"error "invalid_request""#,
          "not JSON (0 bytes): the text ends where a value is expected at byte 0",
        ]
      ]),
    Example(.noSecrets, WireResponse(200, "nothing confidential")),
  ]

  @Test("is met, or yields its mismatches as data", arguments: examples)
  func subjects(example: Example) throws {
    let found = try evaluator(example.response).mismatches(example.subject)
    #expect(found.map { [$0.kind.rawValue, $0.subject, $0.path, $0.expected, $0.actual] } == example.found)
  }

  @Test(
    "says why a body cannot be read", arguments: [Expectation.Subject.json(.object([])), .xml("/a", .absent(true))])
  func unreadable(subject: Expectation.Subject) throws {
    let response = WireResponse(200, "{<", [.init("Content-Encoding", "gzip")])
    let found = try evaluator(response).mismatches(subject)
    #expect(found.map(\.kind) == [.unreadable])
    #expect(found[0].actual.contains("2 bytes") && found[0].actual.contains("Content-Encoding: gzip"))
    let plain = WireResponse(200, "{<", [.init("Content-Encoding", "Identity")])
    #expect(try evaluator(plain).mismatches(subject).first?.actual.contains("Content-Encoding") == false)
  }

  @Test("that uses a locator of the target file cannot be evaluated if the locator is a slip, any other can")
  func mislocated() throws {
    let body = WireResponse(200, #"{"client_secret":"correct-horse-1"}"#)
    let evaluator = try evaluator(body, names: [("erp", ["id": "1", "text": "a"])]) {
      $0.mislocated = MislocatedValue.slip(
        .secret, at: .json(JSONPointer(tokens: ["secret"])), of: "a key", in: $0, known: [], place: nil)
    }
    let located: [Expectation.Subject] = [
      .success(.createClient), .listed(["erp"]), .unlisted(["erp"]), .saved(.absent(true)),
      .delivered([.init(payload: "erp", times: .equal(0))]),
    ]
    for subject in located { #expect(throws: TargetFileSlip.self) { _ = try evaluator.mismatches(subject) } }
    for subject in [Expectation.Subject.status(.equal(200)), .json(.object([])), .noSecrets, .text(.not(.equal("")))] {
      #expect(try evaluator.mismatches(subject) == [])
    }
  }

  @Test("of success names the part that the response lacks, and the statuses that mean success")
  func success() throws {
    let lacking = try evaluator(WireResponse(200)) { $0.missingReason = "the response has no token at /access_token" }
    #expect(
      try lacking.mismatches(.success(.requestToken)).map(\.actual)
        == ["HTTP 200, but the response has no token at /access_token"])
    let created = try evaluator(WireResponse(200)) { $0.successStatuses = [201, 202] }
    #expect(try created.mismatches(.success(.createClient)).map(\.expected) == ["201 or 202"])
  }

  @Test("of invalid_client demands 401 if the request had an Authorization header (RFC 6749 section 5.2)")
  func invalidClient() throws {
    let request = WireRequest(url: "/", headers: [.init("Authorization", "Basic e")])
    let response = WireResponse(400, #"{"error":"invalid_client"}"#, ResponseEvaluatorTests.json)
    #expect(try evaluator(response, request: request).mismatches(.error(.equal("invalid_client"))).count == 1)
    #expect(try evaluator(response).mismatches(.error(.equal("invalid_client"))) == [])
  }

  @Test("of listed clients counts each client once")
  func listed() throws {
    let names: [(String, JSON)] = [("erp", ["id": "1"]), ("shop", ["id": "2"])]
    func found(_ ids: [String]?, _ subject: Expectation.Subject, status: Int = 200) throws -> [Mismatch.Kind] {
      try evaluator(WireResponse(status), names: names) { $0.ids = ids }.mismatches(subject).map(\.kind)
    }
    #expect(try found(nil, .unlisted(["erp"]), status: 404) == [.outcome])
    #expect(try found(["1", "3"], .listed(["erp"])) == [])
    #expect(try found(["1", "3"], .listed(["erp", "shop"])) == [.missing])
    #expect(try found(["1", "1"], .listed(["erp"])) == [.value])
    #expect(try found(["1"], .unlisted(["shop"])) == [])
    #expect(try found(["1"], .unlisted(["erp"])) == [.unexpected])
    #expect(try found(nil, .unlisted(["erp"])) == [.missing])
  }

  @Test(
    "of listed clients says which client is missing, repeated or left",
    arguments: [
      (["2", "3"], Expectation.Subject.listed(["erp"]), "client 1 listed once", "2 clients, without it"),
      (["1", "1"], .listed(["erp"]), "client 1 listed once", "listed 2 times"),
      (["1"], .unlisted(["erp"]), "client 1 not listed", "listed once"),
    ])
  func listedWords(ids: [String], subject: Expectation.Subject, expected: String, actual: String) throws {
    let found = try evaluator(WireResponse(200), names: [("erp", ["id": "1"])]) { $0.ids = ids }.mismatches(subject)
    #expect(found.map(\.expected) == [expected] && found.map(\.actual) == [actual])
  }

  @Test("of delivered payloads counts those with the same bytes")
  func delivered() throws {
    let names: [(String, JSON)] = [("order", ["text": "a"])]
    let request = Target.RequestTemplate(method: "GET", url: "/", place: Fixture.place(60))
    func found(_ received: [String]?, _ times: Int) throws -> [String] {
      let contents = try received.map {
        try InboxContents($0.map { .string($0) }, Target.Inbox(read: request), at: .json(JSONPointer(tokens: [])))
      }
      return try evaluator(WireResponse(200), names: names) { $0.received = contents }
        .mismatches(.delivered([.init(payload: "order", times: .equal(.int(times)))])).map(\.actual)
    }
    #expect(try found(["a", "b", "a"], 2) == [])
    #expect(try found(["b"], 1) == ["not received among 1 payload"])
    #expect(try found(["a"], 0) == ["received once among 1 payload"])
    #expect(try found(["a", "a"], 1) == ["received 2 times among 2 payloads"])
    #expect(try found(nil, 0) == ["nothing"])
  }

  @Test(
    "of a delivered payload says if the same JSON is there in other bytes",
    arguments: [
      (#"{"id":1,"n":[2]}"#, true), (#"{"n": [2], "id": 1}"#, true), (#"{"id": 1, "n": [3]}"#, false), ("id 1", false),
    ])
  func writtenAnew(received: String, isHinted: Bool) throws {
    let request = Target.RequestTemplate(method: "GET", url: "/", place: Fixture.place(60))
    let contents = try InboxContents(
      [.string(received)], Target.Inbox(read: request), at: .json(JSONPointer(tokens: [])))
    let found = try evaluator(WireResponse(200), names: [("order", ["text": #"{"id": 1, "n": [2]}"#])]) {
      $0.received = contents
    }.mismatches(.delivered([.init(payload: "order", times: .equal(1))]))
    #expect(found.map { $0.hint?.contains("the same JSON in other bytes") } == [isHinted], "\(found)")
  }

  @Test("of saved values looks at what the step saves")
  func saved() throws {
    let evaluator = try evaluator(WireResponse(200)) { $0.saved = ["value": "abc"] }
    #expect(try evaluator.mismatches(.saved(.object([.init("value", .length(.equal(3)))]))) == [])
    #expect(try evaluator.mismatches(.saved(.object([.init("value", .length(.equal(4)))]))).map(\.path) == ["/value"])
  }

  @Test("of saved values of a payload that no name saves looks at what was sent")
  func unnamedPayload() throws {
    let evaluator = try evaluator(WireResponse(201)) { $0.payload = Array("abc".utf8) }
    #expect(try evaluator.mismatches(.saved(.object([.init("size", .equal(3))]))) == [])
    #expect(try evaluator.mismatches(.saved(.object([.init("text", .equal("abd"))]))).map(\.path) == ["/text"])
  }

  // MARK: - Truncated responses

  private func truncated(_ body: String, _ subject: Expectation.Subject) throws -> [Mismatch] {
    var response = WireResponse(200, body)
    response.isCut = true
    return try evaluator(response) { $0.missingReason = "the response is not JSON" }.mismatches(subject)
  }

  @Test(
    "that depends on the missing part of a truncated response is not evaluated",
    arguments: [
      Expectation.Subject.json(.absent(true)), .json(.not(.object([]))), .xml("/a", .absent(true)),
      .text(.not(.contains(.equal("secret")))), .text(.contains(.equal("secret"))), .text(.matches(.literal("^a"))),
      .text(.equal("a")), .someText(.not(.equal("a"))), .error(.equal("invalid_client")), .listed([]), .unlisted([]),
      .delivered([]),
      .saved(.absent(true)), .noSecrets, .success(.requestToken), .duration(.below(.literal(9))),
    ])
  func truncated(subject: Expectation.Subject) throws {
    let error = #expect(throws: TruncatedResponse.self) { _ = try truncated("a", subject) }
    #expect(error?.description.contains("1 byte,") == true && error?.description.contains("--max-") == true)
  }

  @Test("that the part of a truncated response decides is evaluated")
  func decided() throws {
    #expect(try truncated("a", .status(.equal(200))) == [])
    #expect(try truncated("a", .header("X", .absent(true))) == [])
    #expect(try truncated("abc", .text(.contains(.equal("b")))) == [])
    #expect(try truncated("abc", .text(.not(.contains(.equal("b"))))).count == 1)
    var response = WireResponse(200, "")
    response.isCut = true
    #expect(try evaluator(response).mismatches(.success(.postPayload)) == [])
    response = WireResponse(500, "")
    response.isCut = true
    #expect(try evaluator(response).mismatches(.success(.requestToken)).map(\.kind) == [.outcome])
  }

  @Test("of a truncated response makes its case and the invariants errored, with the option to raise the limit")
  func truncatedCase() async throws {
    let invariants = [Fixture.invariant([Expectation.must(.noSecrets)])]
    let step = Step.http("GET", "/", [.must(.text(.not(.contains(.equal("x")))))])
    let result = try await Fixture.run([step], invariants: invariants) { _ in
      var response = WireResponse(200, "abc")
      response.isCut = true
      return response
    }
    #expect(try result.record().verdict == .errored)
    #expect(try result.record().findings.first?.message.contains("--max-") == true)
    #expect(try result.record("invariant").verdict == .errored)
  }

  @Test(
    "names the line of the target file that declares what no document fixes",
    arguments: [
      (201, nil), (202, "payload-accepted: [202]"), (404, nil), (429, nil), (500, nil),
    ] as [(Int, String?)])
  func hint(status: Int, line: String?) throws {
    let subject = Expectation.Subject.success(.postPayload)
    let found = try evaluator(WireResponse(status)) { $0.successStatuses = [200, 201] }.mismatches(subject)
    #expect(found.first?.hint.map { $0.contains("'behaviour: { \(line ?? "?") }'") } == line.map { _ in true })
    let matcher = Matcher.among(.reference(Reference(path: ["behaviour", "malformed-payload"])))
    let refused = try evaluator(WireResponse(409), names: [("behaviour", ["malformed-payload": [400, 422]])])
      .mismatches(.status(matcher))
    #expect(refused.first?.hint?.contains("malformed-payload: [409]") == true)
  }
}

extension Step {
  static func http(_ method: String, _ path: Template, _ expectations: [Expectation]) -> Step {
    http(method, path, status: nil, expectations)
  }
}
