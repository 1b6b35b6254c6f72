import ConformanceModel
import Foundation
import HTTPModel
import JSONValue
import TestSupport
import Testing

@Suite("A service that gives receipts for payloads")
struct ReceiptTests {
  /// A service that gives payloads these receipts, one after the other, and shows at a lookup what was posted.
  private static func service(_ receipts: [JSON], shows other: String? = nil) throws -> RawServer {
    let received = Locked<[String]>([])
    return try RawServer { request, connection in
      if request.head.hasPrefix("POST /token") {
        return connection.respond(
          "HTTP/1.1 200 OK", #"{"access_token":"a-token-that-is-long-enough","token_type":"Bearer"}"#)
      }
      if request.head.hasPrefix("POST /in") {
        let number = received.withLock { received in
          received.append(String(decoding: request.body, as: UTF8.self))
          return received.count - 1
        }
        return connection.respond(
          "HTTP/1.1 202 Accepted", JSON.object([.init("receipt", ["no": receipts[number % receipts.count]])]).compact)
      }
      guard let name = request.head.split(separator: " ").dropFirst().first?.split(separator: "/").last,
        let index = receipts.firstIndex(where: { $0.plainText == name }),
        request.head.contains("Authorization: Bearer a-token-that-is-long-enough\r\n")
      else { return connection.respond("HTTP/1.1 404 Not Found", "{}") }
      connection.respond(
        "HTTP/1.1 200 OK",
        JSON.object([
          .init("no", receipts[index]), .init("raw", .string(other ?? received.withLock { $0[index] })),
        ]).compact)
    }
  }

  private static let lookup = """
    receipt-lookup:
          request: GET /receipts/${receipt}
          headers: { Authorization: "Bearer ${token}" }
          answer: { receipt: /no, payload: /raw }
    """

  private static func run(
    _ server: RawServer, _ scenarios: [String], receipt: String = "/receipt/no", _ more: String = lookup
  ) throws -> Outcome {
    let target = """
      target: A service with receipts
      base-url: \(server.url)
      token: { url: /token }
      connectors:
        only:
          inbound-url: /in
          payloads: { valid: { json: { id: "${unique}" } } }
          receipt: \(receipt)
          \(more)
      clients: { static: [{ id: known, secret: "${env.TEST_SECRET}" }] }
      behaviour: { payload-accepted: 202 }
      """
    let workspace = try Workspace(scenarios: [:], target: target)
    for name in scenarios {
      let file = Workspace.repository.appending(path: "Scenarios/payload/\(name).yaml")
      try workspace.write(
        String(contentsOf: file, encoding: .utf8).replacing(/covers: \[PAY-[0-9]+\]/, with: "covers: TST-01"),
        to: "Scenarios/area/\(name).yaml")
    }
    return try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
  }

  private static let both = ["receipts-are-unique", "receipt-is-found"]

  @Test("conforms if they are unique and found", arguments: [["a-1", "a-2", "a-3"], [1, 2, 3]] as [[JSON]])
  func conforming(receipts: [JSON]) throws {
    for scenario in ReceiptTests.both {
      let outcome = try ReceiptTests.run(try ReceiptTests.service(receipts), [scenario])
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    }
  }

  @Test(
    "fails if two payloads have the same receipt", arguments: [["a"], ["a", "b", "a"], ["a", "b", "b"]] as [[JSON]])
  func repeated(receipts: [JSON]) throws {
    let outcome = try ReceiptTests.run(try ReceiptTests.service(receipts), ["receipts-are-unique"])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("saved result, /receipt: expected "), "\(outcome.output)")
  }

  @Test("fails if a payload has no receipt", arguments: [JSON.null, ""])
  func missing(receipt: JSON) throws {
    let outcome = try ReceiptTests.run(try ReceiptTests.service([receipt]), ["receipts-are-unique"])
    #expect(outcome.status == 1, "\(outcome.output)")
    let elsewhere = try ReceiptTests.run(try ReceiptTests.service(["a"]), ["receipts-are-unique"], receipt: "/id")
    #expect(elsewhere.status == 1)
    #expect(elsewhere.output.contains("/receipt: missing"), "\(elsewhere.output)")
  }

  @Test("fails if the lookup finds nothing, or another payload")
  func lookup() throws {
    let other = try ReceiptTests.run(
      try ReceiptTests.service(["a-1", "a-2"], shows: "another"), ["receipt-is-found"])
    #expect(other.status == 1)
    #expect(other.output.contains("look up the receipt of 'first' with 'token'"), "\(other.output)")
    let nothing = try ReceiptTests.run(
      try ReceiptTests.service(["a-1", "a-2"]), ["receipt-is-found"],
      ReceiptTests.lookup.replacing("/receipts/", with: "/x/x-"))
    #expect(nothing.status == 1)
    #expect(
      nothing.output.contains("looking up the receipt failed: HTTP 404 (expected 2xx)"), "\(nothing.output)")
  }

  @Test("is not asked for what its target file does not declare")
  func undeclared() throws {
    let outcome = try ReceiptTests.run(try ReceiptTests.service(["a", "b", "c"]), ReceiptTests.both, "")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("2 cases: 1 passed, 1 skipped"), "\(outcome.output)")
  }
}
