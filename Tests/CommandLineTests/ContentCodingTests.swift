import Compression
import ConformanceModel
import Foundation
import HTTPModel
import JSONValue
import TestSupport
import Testing

@Suite("Payloads with a content coding")
struct ContentCodingTests {
  private static let limit = 8 << 20

  /// What a service makes of a body: the payload that it delivers, or the status of its refusal.
  typealias Reading = @Sendable (_ coding: String?, [UInt8]) -> Result<[UInt8], Refusal>

  struct Refusal: Error { var status: Int }

  /// Undoes gzip, as it should.
  private static let right: Reading = { coding, body in
    guard let coding else { return body.count > limit ? .failure(Refusal(status: 413)) : .success(body) }
    guard coding == "gzip" else { return .failure(Refusal(status: 415)) }
    return ContentCoding.gzip.decode(body, limit: limit).mapError { Refusal(status: $0 == .tooLarge ? 413 : 400) }
  }

  private static let unable: Reading = { coding, body in
    coding == nil ? .success(body) : .failure(Refusal(status: 415))
  }

  private static func service(_ reading: @escaping Reading) throws -> RawServer {
    let received = Locked<[JSON]>([])
    return try RawServer { request, connection in
      if request.head.hasPrefix("POST /token") {
        return connection.respond(
          "HTTP/1.1 200 OK", #"{"access_token":"a-token-that-is-long-enough","token_type":"Bearer"}"#)
      }
      if request.head.hasPrefix("POST /in") {
        let line = request.head.split(separator: "\r\n").first { $0.hasPrefix("Content-Encoding: ") }
        switch reading(line.map { String($0.dropFirst("Content-Encoding: ".count)) }, request.body) {
        case .success(let payload):
          received.withLock { $0.append(.string(Base64.encode(payload))) }
          return connection.respond("HTTP/1.1 201 Created", "{}")
        case .failure(let refusal): return connection.respond("HTTP/1.1 \(refusal.status) Refused", "{}")
        }
      }
      connection.respond("HTTP/1.1 200 OK", JSON.object([.init("items", .array(received.withLock { $0 }))]).compact)
    }
  }

  private static let accepting = [
    "gzip-payload-is-accepted", "gzip-payload-is-delivered", "large-payload-made-small", "broken-gzip",
  ]

  private static func run(
    _ server: RawServer, _ scenarios: [String] = accepting, declared: String? = "accepted"
  ) throws -> Outcome {
    let inbox =
      "inbox:\n  read: { request: GET /received, answer: { payloads: /items/* } }\n  encoding: base64\n"
      + (declared.map { "behaviour: { gzip-payload: \($0) }\n" } ?? "")
    let workspace = try Workspace(scenarios: [:], target: "\(Workspace.bareTarget(server.url))\n\(inbox)")
    for name in scenarios {
      let file = Workspace.repository.appending(path: "Scenarios/payload/\(name).yaml")
      try workspace.write(
        String(contentsOf: file, encoding: .utf8).replacing(/covers: .*/, with: "covers: TST-01"),
        to: "Scenarios/area/\(name).yaml")
    }
    return try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
  }

  @Test("are really compressed, and delivered as what they were")
  func conforming() throws {
    let server = try ContentCodingTests.service(ContentCodingTests.right)
    let outcome = try ContentCodingTests.run(server)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("4 cases: 4 passed"), "\(outcome.output)")
    let packed = server.requests.filter { $0.head.contains("Content-Encoding: gzip\r\n") }.map(\.body)
    #expect(packed.contains { ContentCoding.gzip.decode($0, limit: 60_000).map(\.count) == .success(50_000) })
    #expect(
      packed.contains {
        $0.count < 50_000 && (try? ContentCoding.gzip.decode($0, limit: 1 << 24).get().count) == 8_388_609
      })
  }

  @Test("are refused with 415 where that is declared, and fail if they are accepted")
  func refused() throws {
    let scenario = ["gzip-payload-is-refused"]
    let right = try ContentCodingTests.run(
      try ContentCodingTests.service(ContentCodingTests.unable), scenario, declared: "refused")
    #expect(right.status == 0, "\(right.output)\(right.errors)")
    let wrong = try ContentCodingTests.run(
      try ContentCodingTests.service(ContentCodingTests.right), scenario, declared: "refused")
    #expect(wrong.status == 1)
    #expect(wrong.output.contains("status: expected 400 or 415, got 201"), "\(wrong.output)")
  }

  @Test("fail where they are declared and refused")
  func declaredButRefused() throws {
    let outcome = try ContentCodingTests.run(try ContentCodingTests.service(ContentCodingTests.unable))
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("FAILED gzip-payload-is-accepted"), "\(outcome.output)")
  }

  @Test("fail if they are delivered as they were sent")
  func stillPacked() throws {
    let outcome = try ContentCodingTests.run(
      try ContentCodingTests.service { _, body in .success(body) }, ["gzip-payload-is-delivered"])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("inbox, order: expected received once, got not received"), "\(outcome.output)")
  }

  @Test("fail if the size limit counts the compressed bytes, and if broken ones are taken")
  func limits() throws {
    let bombs = try ContentCodingTests.service { coding, body in
      coding == nil
        ? .success(body) : ContentCoding.gzip.decode(body, limit: 1 << 30).mapError { _ in Refusal(status: 400) }
    }
    let large = try ContentCodingTests.run(bombs, ["large-payload-made-small"])
    #expect(large.status == 1)
    #expect(large.output.contains("FAILED large-payload-made-small"), "\(large.output)")
    let lenient = try ContentCodingTests.service { coding, body in
      guard coding != nil else { return .success(body) }
      return .success((try? ContentCoding.gzip.decode(body, limit: ContentCodingTests.limit).get()) ?? body)
    }
    let broken = try ContentCodingTests.run(lenient, ["broken-gzip"])
    #expect(broken.status == 1)
    #expect(broken.output.contains("status: expected 4xx, got 201"), "\(broken.output)")
  }

  @Test("are not asked for if the target file says nothing about them")
  func undeclared() throws {
    let outcome = try ContentCodingTests.run(
      try ContentCodingTests.service(ContentCodingTests.unable),
      ContentCodingTests.accepting + ["gzip-payload-is-refused"],
      declared: nil)
    #expect(outcome.status == 4, "\(outcome.output)")
  }
}
