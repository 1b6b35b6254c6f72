import ConformanceModel
import Foundation
import JSONValue
import TestSupport
import Testing

@Suite("An inbox that encodes payloads")
struct InboxEncodingTests {
  /// How the service shows what it received.
  enum Form: String, CaseIterable, Sendable {
    case text, base64, base64URL, wrapped, json
  }

  /// A service that issues tokens, and shows what was posted in this form.
  private static func service(_ form: Form, spoils: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 }) throws
    -> RawServer
  {
    let received = Locked<[[UInt8]]>([])
    return try RawServer { request, connection in
      if request.head.hasPrefix("POST /token") {
        return connection.respond(
          "HTTP/1.1 200 OK", #"{"access_token":"a-token-that-is-long-enough","token_type":"Bearer"}"#)
      }
      if request.head.hasPrefix("POST /in") {
        received.withLock { $0.append(spoils(request.body)) }
        return connection.respond("HTTP/1.1 201 Created", "{}")
      }
      let items = received.withLock { $0 }.map { JSON.string(shown($0, form)) }
      connection.respond("HTTP/1.1 200 OK", JSON.object([.init("items", .array(items))]).compact)
    }
  }

  private static func shown(_ body: [UInt8], _ form: Form) -> String {
    let text = String(decoding: body, as: UTF8.self), base64 = Base64.encode(body)
    return switch form {
    case .text: text
    case .base64: base64
    case .base64URL: base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    case .wrapped: "\(base64.prefix(2))\r\n\(base64.dropFirst(2))\n"
    case .json: JSON.string(text).compact
    }
  }

  private static func scenario(_ payload: String, times: Int = 1) -> String {
    """
    title: A payload is delivered once
    covers: TST-01
    given:
      - create-client: { as: erp }
      - request-token: { as: token, client: erp }
      - post-payload: { as: order, token: token, payload: \(payload) }
    steps:
      - read-inbox: {}
        expect: { delivered: { order: \(times) } }
    """
  }

  private func run(_ server: RawServer, _ scenario: String, encoding: String) throws -> Outcome {
    let inbox =
      "inbox:\n  read: { request: GET /received, answer: { payloads: /items/* } }\n"
      + (encoding.isEmpty ? "" : "  encoding: \(encoding)\n")
    let workspace = try Workspace(
      scenarios: ["delivered": scenario], target: "\(Workspace.bareTarget(server.url))\n\(inbox)")
    return try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
  }

  @Test(
    "is compared with what was posted, byte for byte",
    arguments: [
      (.text, "", "valid"), (.text, "text", "{ text: ' {\"a\": \"ä\\u2028\"} ' }"), (.base64, "base64", "valid"),
      (.base64, "base64", "{ hex: FF FE 00 7B C3 28 }"), (.base64URL, "base64", "{ hex: FB EF FF 3E }"),
      (.wrapped, "base64", "{ text: 'a longer payload' }"), (.base64, "base64", "{ text: '' }"),
      (.json, "json", "valid"), (.json, "json", "{ text: \"  {\\\"a\\\": 1}\\n\" }"),
    ] as [(Form, String, String)])
  func equal(form: Form, encoding: String, payload: String) throws {
    let server = try InboxEncodingTests.service(form)
    let outcome = try run(server, InboxEncodingTests.scenario(payload), encoding: encoding)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test(
    "shows a payload that was changed",
    arguments: [(.base64, "base64", "{ hex: FF FE 7B }"), (.json, "json", "valid"), (.text, "", "valid")]
      as [(Form, String, String)])
  func changed(form: Form, encoding: String, payload: String) throws {
    // U+FFFD in place of bytes that are not UTF-8, and a line break at the end
    let server = try InboxEncodingTests.service(form) { Array("\(String(decoding: $0, as: UTF8.self))\n".utf8) }
    let outcome = try run(server, InboxEncodingTests.scenario(payload), encoding: encoding)
    #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("not received among 1 payload"), "\(outcome.output)")
  }

  @Test(
    "leaves a case errored, with the place in the target file, if it has another encoding than declared",
    arguments: [
      (.text, "base64", "valid", "is not base64"), (.base64, "base64", "{ text: abcd }", ""),
      (.text, "json", "{ text: <a/> }", "is not a JSON text"),
      (.base64, "json", "valid", "is not a JSON text"),
    ] as [(Form, String, String, String)])
  func wrong(form: Form, encoding: String, payload: String, message: String) throws {
    let server = try InboxEncodingTests.service(form)
    let outcome = try run(server, InboxEncodingTests.scenario(payload), encoding: encoding)
    guard !message.isEmpty else {
      #expect(outcome.status == 0)
      return
    }
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("at /items/* \(message)"), "\(outcome.output)")
    #expect(outcome.output.contains("correct 'inbox.encoding'"), "\(outcome.output)")
    #expect(outcome.output.contains("Scenarios/targets/reference.yaml:10\n"), "\(outcome.output)")
  }
}
