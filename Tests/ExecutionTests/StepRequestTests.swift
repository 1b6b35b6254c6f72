import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("The request of a step") struct StepRequestTests {
  private static func edited(_ change: (inout RequestEdits) -> Void) throws -> WireRequest {
    var edits = RequestEdits()
    change(&edits)
    var request = WireRequest(method: "POST", url: "http://target.test/a")
    request.headers = [HeaderField("Accept", "a"), HeaderField("X-One", "1"), HeaderField("accept", "b")]
    request.body = [1]
    try request.apply(edits) { template throws(UnresolvedReference) in
      try template.resolved { reference throws(UnresolvedReference) in
        throw UnresolvedReference(reference: reference.description, reason: "unknown")
      }
    }
    return request
  }

  private static func fields(_ request: WireRequest) -> [String] { request.headers.map { "\($0.name): \($0.value)" } }

  @Test("is the usual one without changes")
  func unchanged() throws {
    let request = try StepRequestTests.edited { _ in }
    #expect(request.method == "POST" && request.url == "http://target.test/a" && request.body == [1])
    #expect(StepRequestTests.fields(request) == ["Accept: a", "X-One: 1", "accept: b"] && !request.chunked)
  }

  @Test(
    "has a changed header field in place of all of its name",
    arguments: [
      ("c", ["X-One: 1", "ACCEPT: c"]), (["c", "d"], ["X-One: 1", "ACCEPT: c", "ACCEPT: d"]), (.null, ["X-One: 1"]),
    ] as [(JSON, [String])])
  func header(value: JSON, expected: [String]) throws {
    let request = try StepRequestTests.edited { $0.headers = [.init("ACCEPT", .literal(value))] }
    #expect(StepRequestTests.fields(request) == expected)
  }

  @Test("has a changed method, body and framing")
  func rest() throws {
    let request = try StepRequestTests.edited {
      $0.method = "PUT"
      $0.body = "text"
      $0.chunked = true
    }
    #expect(request.method == "PUT" && request.body == Array("text".utf8) && request.chunked)
    #expect(try StepRequestTests.edited { $0.body = .literal(.null) }.body == nil)
    #expect(try StepRequestTests.edited { $0.body = .literal(["a": 1]) }.body == Array(#"{"a":1}"#.utf8))
  }

  @Test("has further parameters in its query")
  func query() throws {
    let request = try StepRequestTests.edited {
      $0.query = [.init("a", "1 2"), .init("b", .literal(["3", "4"])), .init("c", .literal(.null))]
    }
    #expect(request.url == "http://target.test/a?a=1+2&b=3&b=4")
    var second = request
    second.addQuery([("d", "5")])
    second.addQuery([])
    #expect(second.url == "http://target.test/a?a=1+2&b=3&b=4&d=5")
  }

  @Test("has a parameter that replaces another in its place, and a new one at the end")
  func replace() {
    var pairs = [("a", "1"), ("b", "2"), ("a", "3"), ("c", "4")]
    FormParameters.replace("a", ["5", "6"], in: &pairs)
    #expect(pairs.map { "\($0)=\($1)" } == ["a=5", "a=6", "b=2", "c=4"])
    FormParameters.replace("c", .null, in: &pairs)
    FormParameters.replace("d", "7", in: &pairs)
    #expect(pairs.map { "\($0)=\($1)" } == ["a=5", "a=6", "b=2", "d=7"])
  }

  // MARK: - Other requests

  private func sent(_ step: Step, on target: Target = Fixture.target) async throws -> WireRequest {
    let result = try await Fixture.run([step], on: target) { _ in WireResponse(200) }
    #expect(try result.record().findings.map(\.message) == [])
    return try #require(result.sent.first).request
  }

  @Test("has the media type of its body")
  func bodies() async throws {
    var json = FreeRequest(url: "/a")
    json.method = "POST"
    json.json = ["a": 1]
    json.edits.headers = [.init("X-One", "1")]
    var form = json
    form.json = nil
    form.form = [.init("a", "1 2"), .init("b", .literal(.null)), .init("c", .literal(["3", "4"]))]
    let types = ["application/json", "application/x-www-form-urlencoded"]
    for (step, type, body) in [(json, types[0], #"{"a":1}"#), (form, types[1], "a=1+2&c=3&c=4")] {
      let request = try await sent(.make(.http(step)))
      #expect(request.headers.first("Content-Type") == type && request.headers.first("X-One") == "1")
      #expect(request.body == Array(body.utf8))
    }
  }

  @Test(
    "has the payload of the scenario, with the media type of the valid one",
    arguments: [
      (.sample("valid"), "<a/>", "application/xml"), (.sample("typed"), "x", "text/plain"),
      (.sample("bytes"), "\u{1}", "application/xml"), (.json(["b": 2]), #"{"b":2}"#, "application/json"),
      (.text("<b>"), "<b>", "application/xml"), (.hex([2]), "\u{2}", "application/xml"),
      (.validOfSize(.literal(6)), "<a/>  ", "application/xml"), (.validOfSize("4"), "<a/>", "application/xml"),
    ] as [(Payload, String, String)])
  func payload(payload: Payload, body: String, type: String) async throws {
    var target = Fixture.target
    target.connectors[0].payloads = [
      Target.Sample(name: "typed", contentType: "text/plain", payload: .text("x")),
      Target.Sample(name: "bytes", contentType: nil, payload: .hex([1])),
      Target.Sample(name: "valid", contentType: nil, payload: .text("<a/>")),
    ]
    var post = PayloadPost()
    post.payload = payload
    post.pathSuffix = "/more"
    post.edits.headers = [.init("X-One", "1")]
    let request = try await sent(.make(.postPayload(post)), on: target)
    #expect(request.body == Array(body.utf8) && request.headers.first("Content-Type") == type)
    #expect(request.url == "http://target.test/in/more" && request.headers.first("X-One") == "1")
    #expect(request.headers.first("Authorization") == nil)
  }

  @Test(
    "has JSON as the media type of a payload unless the valid one is another",
    arguments: [
      (.text("a < b"), nil, "application/json"), (.hex([1]), nil, "application/json"),
      (.text("<a/>"), "text/xml", "text/xml"),
    ] as [(Payload, String?, String)])
  func mediaType(valid: Payload, declared: String?, type: String) async throws {
    var target = Fixture.target
    target.connectors[0].payloads = [
      Target.Sample(name: "other", contentType: nil, payload: .text("<a/>")),
      Target.Sample(name: "valid", contentType: declared, payload: valid),
    ]
    var post = PayloadPost()
    post.payload = .text("x")
    #expect(try await sent(.make(.postPayload(post)), on: target).headers.first("Content-Type") == type)
  }

  @Test(
    "is not sent if the payload cannot have its size",
    arguments: [
      (.literal(9), "more than the size 9"), (.literal(0), "is not a number of bytes"),
      ("x", "'x' is not a number of bytes from 1 to 67108864"), (.literal(67_108_865), "is not a number of bytes"),
    ] as [(Template, String)])
  func impossibleSize(size: Template, words: String) async throws {
    var post = PayloadPost()
    post.payload = .validOfSize(size)
    let result = try await Fixture.run([.make(.postPayload(post))]) { _ in WireResponse(200) }
    #expect(try result.record().verdict == .errored && result.sent.isEmpty)
    #expect(try result.record().findings.first?.message.contains(words) == true)
  }

  @Test("is accepted with the statuses that the target declares, and saves the payload")
  func accepted() async throws {
    for (status, verdict) in [(202, Verdict.passed), (200, .failed)] {
      var target = Fixture.target
      target.behaviour = [.payloadAccepted: [.int(status)]]
      let saved = Matcher.object([.init("text", .equal(#"{"id":"1"}"#)), .init("size", .equal(10))])
      let step = Step.post(nil, as: "p", [.must(.success(.postPayload)), .must(.saved(saved))])
      #expect(try await Fixture.run([step], on: target) { _ in WireResponse(202) }.record().verdict == verdict)
    }
  }

  @Test("reads the inbox, whose items are the received payloads")
  func inbox() async throws {
    var target = Fixture.target
    var read = Target.RequestTemplate(method: "GET", url: "/inbox", place: Fixture.place(60))
    read.statuses = [203]
    read.answer = ["payloads": .json(JSONPointer(tokens: ["items", "*"]))]
    target.inbox = Target.Inbox(read: read)
    let delivered = Expectation.must(.delivered([.init(payload: "p", times: .equal(2))]))
    let step = Step.make(.readInbox(connector: .first), [.must(.success(.readInbox)), delivered])
    for (status, items, verdict) in [
      (203, #"[{"id":"1"},"{\"id\":\"1\"}"]"#, Verdict.passed), (203, #"[{"id":"1"}]"#, .failed),
      (200, #"[{"id":"1"},{"id":"1"}]"#, .failed),
    ] {
      let record = try await Fixture.run([.post(nil, as: "p"), step], on: target) {
        $0.path == "/inbox" ? WireResponse(status, #"{"items":\#(items)}"#) : WireResponse(200)
      }.record()
      #expect(record.verdict == verdict, "\(record.findings.map(\.message))")
    }
  }
}
