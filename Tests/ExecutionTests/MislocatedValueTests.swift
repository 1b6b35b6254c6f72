import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("A locator that finds nothing in a successful response") struct MislocatedValueTests {
  /// A target whose clients are created and listed by requests.
  private static func target(id: String = "/id", secret: String = "/secret", ids: String = "/items/*/id") -> Target {
    var target = Fixture.target
    var create = Target.RequestTemplate(method: "POST", url: "/clients", place: Fixture.place(70))
    create.json = ["name": "conform"]
    create.answer = ["id": .json(pointer(id)), "secret": .json(pointer(secret))]
    var list = Target.RequestTemplate(method: "GET", url: "/clients", place: Fixture.place(80))
    list.answer = ["ids": .json(pointer(ids))]
    var clients = Target.HTTPClients()
    clients.requests = [.create: create, .list: list]
    target.clients = .http(clients)
    return target
  }

  private func created(_ body: String, on target: Target = target()) async throws -> (Verdict, String) {
    let step = Step.make(.createClient(name: nil, connector: .first), as: "erp", [.must(.success(.createClient))])
    let record = try await Fixture.run([step], on: target) { _ in WireResponse(201, body) }.record()
    return (record.verdict, record.findings.first?.message ?? "")
  }

  @Test(
    "is a slip of the target file if the value is elsewhere in the response",
    arguments: [
      (#"{"id":"c1","client_secret":"correct-horse-1"}"#, "/client_secret"),
      (#"{"client":{"id":"c1","secret":"correct-horse-1"}}"#, "/client/id"),
      (#"{"id":"c1","value":"zX81kQpL0vW5tR7yU3mN"}"#, "/value"),
      (#"[{"id":"c1","secret":"correct-horse-1"}]"#, "/0/id"),
    ])
  func slip(body: String, place: String) async throws {
    let (verdict, message) = try await created(body)
    #expect(verdict == .errored)
    #expect(message.contains("in this response, which has ") && message.contains(place), "\(message)")
    #expect(message.contains("of the target file"))
  }

  @Test(
    "is a fault of the service if nothing looks like the value",
    arguments: [
      "{}", #"{"id":"c1"}"#, #"{"id":"c1","name":"conform","created":"2022-07-20T10:03:08Z"}"#,
      #"{"id":"c1","secret":null}"#, #"{"id":"c1","secret":""}"#, "created", "",
    ])
  func fault(body: String) async throws {
    let (verdict, message) = try await created(body)
    #expect(verdict == .failed, "\(message)")
  }

  @Test(
    "is an empty list if the list is there",
    arguments: [
      (#"{"items":[]}"#, Verdict.passed), (#"{"clients":[{"id":"c1"}]}"#, .errored),
      (#"{"items":[{"client_id":"c1"}]}"#, .errored), (#"{"items":{"c1":{}}}"#, .errored), ("{}", .errored),
      ("[]", .errored), (#"{"items":null}"#, .errored), ("null", .errored), ("", .errored), ("no JSON", .errored),
      (#"{"items":[{"id":null}]}"#, .errored), (#"{"items":[{"id":{}}]}"#, .errored),
      (#"{"items":[{"id":1}]}"#, .passed),
    ])
  func list(body: String, verdict: Verdict) async throws {
    let step = Step.make(.listClients(connector: .first), [.must(.unlisted(["erp"]))])
    let create = Step.make(.createClient(name: nil, connector: .first), as: "erp", [.must(.success(.createClient))])
    let record = try await Fixture.run([create, step], on: MislocatedValueTests.target()) {
      $0.request.method == "GET"
        ? WireResponse(200, body) : WireResponse(201, #"{"id":"erp-1","secret":"correct-horse-1"}"#)
    }.record()
    #expect(record.verdict == verdict, "\(record.findings.map(\.message))")
  }

  @Test(
    "of a list is a slip that names the key, in one finding",
    arguments: [
      ("/items", #"{"items":[{"id":"c1"}]}"#, "the list itself as its only item, so end it in /*"),
      ("/items/*/id", #"{"items":null}"#, "the response has no list at /items/*/id"),
      ("/items/*/id", "", "the response has no body"), ("/items/*/id", "no JSON", "the response is not JSON"),
      ("/items/*", #"{"items":[{}]}"#, "an item that is neither text nor a number"),
    ])
  func listKey(ids: String, body: String, reason: String) async throws {
    let step = Step.make(
      .listClients(connector: .first), [.must(.success(.listClients)), .must(.unlisted(["erp"])), .must(.listed([]))])
    let create = Step.make(.createClient(name: nil, connector: .first), as: "erp", [.must(.success(.createClient))])
    let record = try await Fixture.run([create, step], on: MislocatedValueTests.target(ids: ids)) {
      $0.request.method == "GET"
        ? WireResponse(200, body) : WireResponse(201, #"{"id":"erp-1","secret":"correct-horse-1"}"#)
    }.record()
    let message = try #require(record.findings.first?.message)
    #expect(record.verdict == .errored && record.findings.count == 1, "\(record.findings.map(\.message))")
    #expect(message.contains(reason) && message.contains("correct 'ids' in 'clients.list: answer'"), "\(message)")
  }

  @Test(
    "is no second finding of a response without success: the status is the first and the only one",
    arguments: [
      (404, #"{"error":"no such page"}"#), (404, ""), (500, #"{"items":[{"id":"erp-1"}]}"#), (403, "<html>"),
    ])
  func oneFinding(status: Int, body: String) async throws {
    let all: [Expectation] = [
      .must(.unlisted(["erp"])), .must(.success(.listClients)), .must(.mediaType("application/json")),
      .must(.header("X", .absent(false))), .must(.json(.object([.init("items", .type(.array))]))),
      .must(.saved(.type(.object))),
    ]
    let create = Step.make(.createClient(name: nil, connector: .first), as: "erp", [.must(.success(.createClient))])
    for expectations in [all, [all[0], .must(.unlisted(["erp"]))], [.must(.status(.equal(200))), all[2], all[3]]] {
      let step = Step.make(.listClients(connector: .first), expectations)
      let record = try await Fixture.run([create, step], on: MislocatedValueTests.target()) {
        $0.request.method == "GET"
          ? WireResponse(status, body) : WireResponse(201, #"{"id":"erp-1","secret":"correct-horse-1"}"#)
      }.record()
      #expect(record.verdict == .failed)
      #expect(record.findings.count == 1, "\(record.findings.map(\.message))")
      #expect(record.findings.first?.message.contains("\(status)") == true)
    }
  }

  @Test("does not hide what a response without success must not contain")
  func forbidden() async throws {
    let step = Step.make(
      .listClients(connector: .first),
      [
        .must(.success(.listClients)), .must(.text(.not(.contains(.equal("stray"))))),
        .should(.header("X", .absent(false))),
      ])
    let record = try await Fixture.run([step], on: MislocatedValueTests.target()) { _ in
      WireResponse(400, "a stray client")
    }.record()
    #expect(record.findings.map(\.subject) == ["listing the clients", "body"])
  }

  @Test("of a token is a slip only if the target file writes the locator")
  func token() async throws {
    let body = #"{"token":"zX81kQpL0vW5tR7yU3mN"}"#
    var target = Fixture.target
    let steps = [Step.token("t", of: "erp")]
    let registered = try await Fixture.run(steps, given: [.client("erp")], on: target) { _ in WireResponse(200, body) }
    #expect(try registered.record().verdict == .failed)
    target.token.accessToken = .json(JSONPointer("/data/token")!)
    let own = try await Fixture.run(steps, given: [.client("erp")], on: target) { _ in WireResponse(200, body) }
    #expect(try own.record().verdict == .errored)
    #expect(try own.record().findings.first?.message.contains("nothing at /data/token") == true)
  }

  @Test(
    "of a lifetime is a slip if the file writes it and the response has the lifetime elsewhere",
    arguments: [
      (Locator.json(pointer("/expires")), #""expires_in":3600"#, "nothing at /expires in this response, which has"),
      (.json(pointer("/token_type")), #""token_type":"Bearer","expires_in":3600"#, "no number at /token_type in"),
      (.regex("expires=([0-9]+)"), #""ttl":3600"#, "which has /ttl"),
      (.regex("e(x)pires"), #""expires_in":3600"#, "no number at /e(x)pires/"),
      (.json(pointer("/expires")), #""token_type":"Bearer""#, nil),
      (.json(pointer("/expires")), #""expires_in":"soon""#, nil),
      (.json(pointer("/expires")), #""expires":"soon""#, nil),
      (.regex(#"expires":"([0-9]+)"#), #""expires":"3600""#, nil),
      (.json(pointer("/expires_in")), #""expires":3600"#, nil),
    ] as [(Locator, String, String?)])
  func lifetime(locator: Locator, members: String, reason: String?) async throws {
    var target = Fixture.target
    target.token.expiresIn = locator
    func verdict(_ expectations: [Expectation], onlyIf: [Expectation] = []) async throws -> (Verdict, String) {
      let step = Step.make(
        .requestToken(TokenRequest(client: "erp")), as: "t", expectations, onlyIf: onlyIf)
      let record = try await Fixture.run([step], given: [.client("erp")], on: target) { _ in
        WireResponse(200, #"{"access_token":"a-token-of-the-service",\#(members)}"#)
      }.record()
      return (record.verdict, record.findings.first?.message ?? "")
    }
    let lifetime = Expectation.must(.saved(.object([.init("expires-in", .type(.integer))])))
    for (verdict, message) in [try await verdict([lifetime]), try await verdict([], onlyIf: [lifetime])] {
      #expect((verdict == .errored) == (reason != nil), "\(message)")
      guard let reason else { continue }
      #expect(message.contains(reason), "\(message)")
      #expect(message.hasSuffix(": correct 'expires-in' in 'token: answer' of the target file"))
    }
    // a token without a lifetime is a token
    #expect(try await verdict([.must(.success(.requestToken))]).0 == .passed)
  }

  // MARK: - One response

  private static func pointer(_ text: String) -> JSONPointer {
    JSONPointer(tokens: text.split(separator: "/").map { String($0) })
  }

  struct Example: Sendable {
    var part: MislocatedValue.Part
    var locator: Locator
    var body: String
    /// What the response has instead; `nil` if nothing looks like the value.
    var found: String?

    init(_ part: MislocatedValue.Part, _ locator: Locator, _ body: String, _ found: String? = nil) {
      (self.part, self.locator, self.body, self.found) = (part, locator, body, found)
    }

    init(_ part: MislocatedValue.Part, _ pointer: String, _ body: String, _ found: String? = nil) {
      self.init(part, .json(MislocatedValueTests.pointer(pointer)), body, found)
    }
  }

  private func description(
    _ example: Example, status: Int = 200, isCut: Bool = false, known: Set<String> = []
  ) -> String? {
    var response = WireResponse(status, example.body)
    response.isCut = isCut
    let result = StepResult(Exchange(request: WireRequest(url: "/"), response: response))
    return MislocatedValue.slip(
      example.part, at: example.locator, of: "a key", in: result, known: known, place: Fixture.place(70))?.description
  }

  @Test(
    "names what looks like the value, by its name or its form",
    arguments: [
      Example(.secret, "/x", #"{"client_secret":"12345678"}"#, "/client_secret"),
      Example(.secret, "/x", #"{"client_secret":"1234567"}"#), Example(.secret, "/x", #"{"value":"12345678"}"#),
      Example(.secret, "/client_secret", #"{"client_secret":"12345678"}"#),
      Example(.id, "/x", #"{"key":"k1"}"#, "/key"), Example(.id, "/x", #"{"ID":7}"#, "/ID"),
      Example(.id, "/x", #"{"value":"zX81kQpL0vW5tR7yU3mN"}"#, "/value"), Example(.id, "/x", #"{"name":"conform"}"#),
      Example(.payloads, "/x/*", #"{"items":[]}"#, "/items"), Example(.payloads, "/items/*", #"{"items":[]}"#),
      Example(.ids, "/items/*/id", #"{"items":[["a"]]}"#, "/items/*/*"),
      Example(.id, "/x", " \n\r\t<a/>", "XML or HTML (use xpath or regex)"), Example(.id, "/x", "a <b/>"),
      Example(.id, "/x", ""), Example(.token, "/x", "<a/>"),
      Example(.id, .regex("x"), "abcdefghijklmnopqrs1", "text"), Example(.id, .regex("x"), "abcdefghijklm"),
      Example(.id, .regex("x"), #"{"key":"k1"}"#, "/key"), Example(.ids, .regex("x"), #"{"key":"k1"}"#),
      Example(.ids, .regex("x"), "abcdefghijklmnopqrs1"), Example(.id, .sent("x"), #"{"key":"k1"}"#),
      Example(.id, "/x", #"{"a":[\#(String(repeating: "1,", count: 198))1],"key":"k1"}"#, "/key"),
      Example(.id, "/x", #"{"a":[\#(String(repeating: "1,", count: 199))1],"key":"k1"}"#),
    ])
  func found(_ example: Example) {
    #expect(
      description(example)
        == example.found.map {
          "nothing at \(example.locator) in this response, which has \($0): correct '\(example.part.rawValue)' in "
            + "'a key' of the target file"
        })
  }

  @Test("is no slip in a response without success or without its end, nor if what was found is known")
  func noSlip() {
    let secret = Example(.secret, "/x", #"{"client_secret":"12345678"}"#)
    #expect(description(secret, status: 201) != nil)
    #expect(description(secret, status: 400) == nil)
    #expect(description(secret, isCut: true) == nil)
    #expect(description(secret, known: ["12345678"]) == nil)
    let text = Example(.id, .regex("x"), "abcdefghijklmnopqrs1")
    #expect(description(text, known: ["abcdefghijklmnopqrs1"]) == nil)
  }

  @Test(
    "finds its list where it looks for items, also an empty one, or the value itself",
    arguments: [
      ("/items/*/id", #"{"items":[]}"#, true), ("/items/*/id", #"{"items":{}}"#, false), ("/items/*", "{}", false),
      ("/items", #"{"items":"a"}"#, true), ("/items/*", "no JSON", false),
    ])
  func findsList(pointer: String, body: String, expected: Bool) throws {
    func finds(_ locator: Locator) throws -> Bool {
      var result = StepResult(Exchange(request: WireRequest(url: "/"), response: WireResponse(200, body)))
      let list = try result.list(.ids, at: locator, of: "answer", PatternCache(), place: Fixture.place(1))
      #expect((list == nil) == (result.missingReason != nil))
      return list != nil
    }
    #expect(try finds(.json(MislocatedValueTests.pointer(pointer))) == expected)
    #expect(try finds(.regex("x")))
  }
}
