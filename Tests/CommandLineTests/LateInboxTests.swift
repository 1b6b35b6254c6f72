import ConformanceModel
import JSONValue
import TestSupport
import Testing

@Suite("An inbox that payloads reach after their response")
struct LateInboxTests {
  /// How long the service keeps a payload to itself, in seconds.
  private static let delay = 0.3

  /// A service that responds first, and shows what was posted later.
  private static func service() throws -> RawServer {
    let received = Locked<[(body: String, time: Double)]>([])
    return try RawServer { request, connection in
      if request.head.hasPrefix("POST /token") {
        return connection.respond(
          "HTTP/1.1 200 OK", #"{"access_token":"a-token-that-is-long-enough","token_type":"Bearer"}"#)
      }
      if request.head.hasPrefix("POST /in") {
        received.withLock { $0.append((String(decoding: request.body, as: UTF8.self), WallClock.monotonic)) }
        return connection.respond("HTTP/1.1 201 Created", "{}")
      }
      let shown = received.withLock { $0 }.filter { WallClock.monotonic - $0.time >= delay }
      connection.respond(
        "HTTP/1.1 200 OK", JSON.object([.init("items", .array(shown.map { .string($0.body) }))]).compact)
    }
  }

  private func run(times: Int, within: String?, until: Bool = false) throws -> Outcome {
    let server = try LateInboxTests.service()
    let scenario = """
      title: A payload is delivered
      covers: TST-01
      given:
        - create-client: { as: erp }
        - request-token: { as: token, client: erp }
        - post-payload: { as: order, token: token, payload: valid }
      steps:
        - read-inbox: {}
          \(until ? "until" : "expect"): { delivered: { order: \(times) } }
      """
    let inbox =
      "inbox:\n  read: { request: GET /received, answer: { payloads: /items/* } }\n"
      + (within.map { "  delivered-within: \($0)\n" } ?? "")
    let workspace = try Workspace(
      scenarios: ["delivered": scenario], target: "\(Workspace.bareTarget(server.url))\n\(inbox)")
    return try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
  }

  @Test("is read when the declared time has passed: what must be there is there by then")
  func delivered() throws {
    let outcome = try run(times: 1, within: "2s")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test("is read again until the payload is there, without a declaration")
  func polled() throws {
    let outcome = try run(times: 1, within: nil, until: true)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test("shows by then what must not be there")
  func unwanted() throws {
    let outcome = try run(times: 0, within: "2s")
    #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("expected not received, got received once among 1 payload"), "\(outcome.output)")
  }

  @Test("fails without the declaration, with the line to write")
  func undeclared() throws {
    let outcome = try run(times: 1, within: nil)
    #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("'inbox: { delivered-within: 500ms }'"), "\(outcome.output)")
  }

  @Test("a time that is none is refused, with its place", arguments: ["soon", "0", "2h"])
  func refused(within: String) throws {
    let outcome = try run(times: 1, within: within)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("expected a time limit from 1ms to 1h"), "\(outcome.errors)")
  }
}
