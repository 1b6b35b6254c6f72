import ConformanceModel
import HTTPModel
import JSONValue
import Redaction
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("The secrets that a response discloses") struct DisclosedSecretsTests {
  private func found(_ body: String, others: Set<String> = []) -> [String] {
    SecretFinder(names: others)
      .secrets(headers: [], body: Array(body.utf8), json: try? JSON(parsing: Array(body.utf8)))
      .map { "\($0.name)=\($0.value)" }
  }

  @Test(
    "are recognised by the names of their members, in any spelling and depth",
    arguments: [
      (#"{"access_token":"abcd"}"#, ["access_token=abcd"]),
      (#"{"a":[{"clientSecret":"abcd"}]}"#, ["clientSecret=abcd"]),
      (#"{"Refresh-Token":["abcd",{"x":12345}]}"#, ["Refresh-Token=abcd", "Refresh-Token=12345"]),
      (#"{"access_token":"abc"}"#, []), (#"{"token_type":"Bearer"}"#, []),
    ])
  func names(body: String, expected: [String]) {
    #expect(found(body) == expected)
  }

  @Test("are not the ids of clients and the receipts, which are at the places that the target file names")
  func ids() {
    var target = Fixture.target
    target.connectors[0].receipt = .header("X-Receipt-Token")
    var clients = Target.HTTPClients()
    func request(_ answer: [String: Locator]) -> Target.RequestTemplate {
      var request = Target.RequestTemplate(method: "GET", url: "/", place: Fixture.place(1))
      request.answer = answer
      return request
    }
    func pointer(_ tokens: String...) -> Locator { .json(JSONPointer(tokens: tokens)) }
    clients.requests = [
      .create: request(["id": pointer("key"), "secret": pointer("pass")]),
      .list: request(["ids": pointer("tokens", "*")]), .replace: request(["id": pointer("pass")]),
      .show: request(["id": .regex("x")]),
    ]
    target.clients = .http(clients)
    #expect(target.idNames == ["key", "tokens", "X-Receipt-Token"])
    #expect(target.credentialNames == ["pass", "access_token"])
  }

  @Test("include members that the target file names")
  func others() {
    #expect(found(#"{"api_key":"abcd"}"#) == [])
    #expect(found(#"{"api_key":"abcd"}"#, others: ["api-key"]) == ["api_key=abcd"])
  }

  @Test(
    "are recognised in bodies that are not JSON",
    arguments: [
      ("access_token=abcd&x=1", ["access_token=abcd"]), (#"{"access_token":"abcd","#, ["access_token=abcd"]),
      ("\u{FEFF}{\"secret\" : \"ab\\/cd\"}", [#"secret=ab\/cd"#, "secret=ab/cd"]),
      ("<password>abcd</password>", ["password=abcd"]), ("the password is abcd", []),
    ])
  func unparsed(body: String, expected: [String]) {
    #expect(found(body) == expected)
  }

  private func candidates(_ body: String, _ fields: [HeaderField] = []) -> [String]? {
    var request = WireRequest(url: "http://target.test/")
    request.body = Array(#"{"name":"name-of-the-client"}"#.utf8)
    var response = WireResponse(201, body)
    response.headers += fields
    return DisclosedSecrets.candidates(in: StepResult(Exchange(request: request, response: response)))
  }

  @Test("may be any text of a response that creates a client, if none is at its location")
  func candidates() {
    let body = """
      {"id":"client-1","name":"name-of-the-client","phrase":"correct horse","at":"2022-07-20T10:03:08Z",
      "url":"http://a:b@127.0.0.1/x","short":"1234567","list":[{"x":"abcdefgh"}],"count":12345678,"iat":1658311388,
      "8k3j4h5g6f7d":1,"inner":"{\\"phrase\\":\\"x\\"}","scope":"all of it","error_description":"the reason"}
      """
    #expect(
      candidates(body) == [
        "client-1", "correct horse", "http://a:b@127.0.0.1/x", "abcdefgh", "12345678", "8k3j4h5g6f7d",
        #"{"phrase":"x"}"#,
      ])
    #expect(
      candidates("id: 1\n  the phrase is k3j4h5g6f7d8k3j4h5g6f7d8\n") == [
        "the phrase is k3j4h5g6f7d8k3j4h5g6f7d8", "k3j4h5g6f7d8k3j4h5g6f7d8",
      ])
    #expect(
      candidates("{}", [HeaderField("X-Phrase", "six small words"), HeaderField("Server", "something/1.0")])
        == ["six small words"])
    #expect(
      candidates("{}", [HeaderField("Location", "/c/1?phrase=abcdefgh")]) == ["/c/1?phrase=abcdefgh", "abcdefgh"])
  }

  @Test("are too many to be masked beyond a limit")
  func tooMany() {
    func list(_ count: Int) -> String { "[" + (0..<count).map { #""long-text-\#($0)""# }.joined(separator: ",") + "]" }
    #expect(candidates(list(SecretFinder.maxCount))?.count == SecretFinder.maxCount)
    #expect(candidates(list(SecretFinder.maxCount + 1)) == nil)
  }

  @Test("may be words that look like a token if there is no token at its location")
  func words() {
    #expect(
      DisclosedSecrets.words(in: Array("short1 longbutonlyofletters abcdefghijklmnopqrs1 12345678901234567890".utf8))
        == ["abcdefghijklmnopqrs1"])
  }

  @Test(
    "may be words of the bytes that tokens have: 20 or more, with a digit and a letter",
    arguments: [
      "ABCDEFGHIJKLMNOPQRS1", "abcdefghij_klmnopqr1", "abcdefghij-klmnopqr1", "abcdefghijklmnopqrÀ1",
      "abcdefghij/klmnopqr1", "abcde.fghij~klmno+p1=", "1234567890123456789A",
    ])
  func word(_ word: String) {
    #expect(DisclosedSecrets.words(in: Array("(\(word));".utf8)) == [word])
    #expect(DisclosedSecrets.words(in: Array("(\(word.dropFirst(2)));".utf8)) == [])
  }

  @Test("of a body that is not JSON are those under the name of the locator alone")
  func named() {
    func found(_ body: String) -> [String] {
      let result = StepResult(Exchange(request: WireRequest(url: "/"), response: WireResponse(200, body)))
      return DisclosedSecrets.unparsed(in: result, named: .json(JSONPointer(tokens: ["access_token"])))
    }
    #expect(found("password=abcd1234&access_token=efgh5678") == ["efgh5678"])
    #expect(found(#"{"access_token":"efgh5678"}"#) == [])
  }

  // MARK: - In a run

  private static let token = "token-00000001-abcdefghijklmnop"
  private static let body = "{\"access_token\":\"\(token)\"};"

  private func run(_ steps: [Step], _ respond: @escaping ScriptedTransport.Respond) async throws -> RunResult {
    try await Fixture.run(
      steps, given: [.client("erp")], invariants: [Fixture.invariant([.must(.noSecrets)])], respond)
  }

  @Test("are not shown secrets of a token response that cannot be read as JSON")
  func unreadable() async throws {
    let steps = [Step.token("t", of: "erp", [.must(.json(.object([])))])]
    let result = try await run(steps) { _ in
      WireResponse(200, DisclosedSecretsTests.body)
    }
    #expect(try result.record().findings.map(\.mismatch) == [.unreadable])
    #expect(try result.record("invariant").verdict == .passed)
  }

  @Test("are not shown secrets if an unreadable response repeats the token that was issued before")
  func sameToken() async throws {
    let steps = [Step.token("a", of: "erp"), .token("b", of: "erp", [])]
    let result = try await run(steps) {
      WireResponse(
        200, $0.number < 2 ? #"{"access_token":"\#(DisclosedSecretsTests.token)"}"# : DisclosedSecretsTests.body)
    }
    #expect(try result.record("invariant").verdict == .passed)
  }

  @Test("do not excuse another secret in an unreadable token response")
  func otherSecret() async throws {
    let steps = [Step.token("t", of: "erp", [])]
    let result = try await run(steps) { _ in
      WireResponse(200, DisclosedSecretsTests.body + " the-secret-of-client-1")
    }
    #expect(try result.record("invariant").findings.map(\.mismatch) == [.secretShown])
  }
}
