import ConformanceModel
import Foundation
import HTTPModel
import JSONValue
import TestSupport
import Testing

@Suite("An inbox that shows media types and times of receipt")
struct InboxDetailTests {
  /// A service that shows what was posted to it, each item as `describe` has it.
  private static func service(_ describe: @escaping @Sendable (RawRequest) -> JSON) throws -> RawServer {
    let received = Locked<[JSON]>([])
    return try RawServer { request, connection in
      if request.head.hasPrefix("POST /token") {
        return connection.respond(
          "HTTP/1.1 200 OK", #"{"access_token":"a-token-that-is-long-enough","token_type":"Bearer"}"#)
      }
      if request.head.hasPrefix("POST /in") {
        received.withLock { $0.append(describe(request)) }
        return connection.respond("HTTP/1.1 201 Created", "{}")
      }
      connection.respond(
        "HTTP/1.1 200 OK", JSON.object([.init("items", .array(received.withLock { $0 }))]).compact)
    }
  }

  private static func item(_ request: RawRequest, _ more: JSON.Member...) -> JSON {
    .object([.init("body", .string(String(decoding: request.body, as: UTF8.self)))] + more)
  }

  private static let answer = "{ payloads: /items/*/body, media-type: /items/*/type, received-at: /items/*/time }"

  private static func run(
    _ server: RawServer, answer: String = answer, received: String, post: String = ""
  ) throws -> Outcome {
    let scenario = """
      title: The inbox shows what was received
      covers: TST-01
      given:
        - create-client: { as: erp }
        - request-token: { as: token, client: erp }
        - post-payload: { token: token, payload: { text: first } }
        - post-payload: { as: order, token: token, payload: valid\(post) }
      steps:
        - read-inbox: {}
          expect: { received: { order: \(received) } }
      """
    let workspace = try Workspace(
      scenarios: ["received": scenario],
      target: "\(Workspace.bareTarget(server.url))\ninbox:\n  read: { request: GET /received, answer: \(answer) }\n")
    return try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
  }

  @Test(
    "is judged by the media type that was sent, whatever its parameters and its case",
    arguments: ["application/json", "Application/JSON; charset=utf-8"])
  func mediaType(shown: String) throws {
    let server = try InboxDetailTests.service { InboxDetailTests.item($0, .init("type", .string(shown))) }
    let outcome = try InboxDetailTests.run(server, received: #"{ media-type: "${order.media-type}" }"#)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test("fails if it shows another media type, or none")
  func otherMediaType() throws {
    let server = try InboxDetailTests.service { InboxDetailTests.item($0, .init("type", "text/plain")) }
    let other = try InboxDetailTests.run(server, received: "{ media-type: application/json }")
    #expect(other.status == 1)
    #expect(
      other.output.contains(#"inbox, media-type of order: expected "application/json", got "text/plain""#),
      "\(other.output)")
    let without = try InboxDetailTests.service { InboxDetailTests.item($0, .init("type", .null)) }
    let none = try InboxDetailTests.run(without, received: "{ media-type: application/json }")
    #expect(none.status == 1)
    #expect(none.output.contains("inbox, media-type of order: missing"), "\(none.output)")
  }

  @Test(
    "shows times in RFC 3339, in seconds since 1970 and as HTTP dates",
    arguments: ["2022-07-20T12:03:08+02:00", "Wed, 20 Jul 2022 10:03:08 GMT", 1_658_311_388, "1658311388.9"] as [JSON])
  func times(time: JSON) throws {
    let server = try InboxDetailTests.service { InboxDetailTests.item($0, .init("time", time)) }
    let outcome = try InboxDetailTests.run(server, received: "{ received-at: 1658311388 }")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let later = try InboxDetailTests.run(server, received: #"{ received-at: { above: "${order.posted-at}" } }"#)
    #expect(later.status == 1)
    #expect(later.output.contains("inbox, received-at of order: expected "), "\(later.output)")
  }

  @Test("may lack a detail of some payloads, and is read by the items that have it")
  func someWithout() throws {
    let server = try InboxDetailTests.service { request in
      request.body == Array("first".utf8)
        ? InboxDetailTests.item(request) : InboxDetailTests.item(request, .init("type", "application/json"))
    }
    let outcome = try InboxDetailTests.run(server, received: "{ media-type: application/json }")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test("fails if it does not have the payload")
  func notReceived() throws {
    let server = try InboxDetailTests.service { _ in ["body": "another", "type": "application/json"] }
    let outcome = try InboxDetailTests.run(server, received: "{ media-type: application/json }")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("inbox, order: missing (expected received)"), "\(outcome.output)")
  }

  @Test(
    "leaves its cases errored if the target file locates something else",
    arguments: [
      (
        "{ payloads: /items/*/body, media-type: /items/0/type }", "{ media-type: text/x }",
        "'media-type' in 'inbox.read: answer' of the target file has 1 value for 2 payloads"
      ),
      (
        "{ payloads: /items/*/body, media-type: /items/*/body }", "{ media-type: text/x }",
        "has 'first', which is no media type (RFC 9110 section 8.3.1)"
      ),
      (
        "{ payloads: /items/*/body, received-at: /items/*/type }", "{ received-at: 1 }",
        "has 'application/json'; expected RFC 3339, seconds since 1970 or an HTTP date"
      ),
    ])
  func slips(answer: String, received: String, message: String) throws {
    let server = try InboxDetailTests.service { InboxDetailTests.item($0, .init("type", "application/json")) }
    let outcome = try InboxDetailTests.run(server, answer: answer, received: received)
    #expect(outcome.status == 3, "\(outcome.output)")
    #expect(outcome.output.contains(message), "\(outcome.output)")
  }

  @Test("skips what it does not show, with the reason")
  func skipped() throws {
    let server = try InboxDetailTests.service { InboxDetailTests.item($0) }
    let outcome = try InboxDetailTests.run(
      server, answer: "{ payloads: /items/*/body, media-type: /items/*/type }", received: "{ received-at: 1 }")
    #expect(outcome.status == 4)
    #expect(
      outcome.output.contains("the target's inbox does not show when payloads were received"), "\(outcome.output)")
  }

  @Test("has them on the page of the payload")
  func pages() throws {
    let posted = Locked<[String]>([])
    let server = try RawServer { request, connection in
      if request.head.hasPrefix("POST /token") {
        return connection.respond(
          "HTTP/1.1 200 OK", #"{"access_token":"a-token-that-is-long-enough","token_type":"Bearer"}"#)
      }
      if request.head.hasPrefix("POST /in") {
        posted.withLock { $0.append(String(decoding: request.body, as: UTF8.self)) }
        return connection.respond("HTTP/1.1 201 Created", "{}")
      }
      guard request.head.hasPrefix("GET /received") else { return connection.respond("HTTP/1.1 404 Not Found", "{}") }
      let isSecond = request.head.hasPrefix("GET /received?page=2")
      let body = posted.withLock { $0[isSecond ? 1 : 0] }
      let page: JSON = [
        "items": [["body": .string(body), "type": isSecond ? "application/json" : "text/plain"]],
        "next": isSecond ? .null : "/received?page=2",
      ]
      connection.respond("HTTP/1.1 200 OK", page.compact)
    }
    let scenario = """
      title: The inbox shows what was received
      covers: TST-01
      given:
        - create-client: { as: erp }
        - request-token: { as: token, client: erp }
        - post-payload: { as: first, token: token, payload: { text: first }, headers: { Content-Type: text/plain } }
        - post-payload: { as: order, token: token, payload: valid }
      steps:
        - read-inbox: {}
          expect: { received: { order: { media-type: application/json }, first: { media-type: text/plain } } }
      """
    let inbox = """
      inbox:
        read:
          request: GET /received
          answer: { payloads: /items/*/body, media-type: /items/*/type }
          pages: { next: /next }
      """
    let workspace = try Workspace(
      scenarios: ["received": scenario], target: "\(Workspace.bareTarget(server.url))\n\(inbox)\n")
    let outcome = try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }
}
