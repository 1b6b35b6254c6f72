import ConformanceModel
import Foundation
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("A secret that a response shows")
struct ShownSecretsTests {
  private static let secret = "the-secret-of-client-1"

  private func run(_ response: WireResponse) async throws -> CaseRecord {
    try await Fixture.run([.http(status: nil, [.must(.noSecrets)])], given: [.client("erp")]) {
      sent throws(TransportError) in
      // the first request checks that the target responds
      sent.number == 0 ? WireResponse(status: 200) : response
    }.record()
  }

  @Test(
    "is found in trailers, in interim responses, in the name of a field, and across the folds of a line",
    arguments: [
      ("X: the-secret\r\n -of-cli\r\n\tent-1\r\n", HeaderField("X", "1"), "interim responses and trailers"),
      ("", HeaderField("X", "the-secret -of-cli ent-1"), "header X"),
      (
        "HTTP/1.1 103 Early Hints\r\nLink: </?t=\(secret)>\r\n", HeaderField("X", "1"), "interim responses and trailers"
      ),
      ("X-T: \(secret)\r\n", HeaderField("X", "1"), "interim responses and trailers"),
      ("", HeaderField("X-\(secret)", "1"), "name of a header field"),
      ("", HeaderField("Location", "/?t=\(secret)"), "header Location"),
      ("", HeaderField("Location", "/?t=the%2dsecret%2dof%2dclient%2d1"), "header Location"),
    ])
  func places(others: String, field: HeaderField, subject: String) async throws {
    var response = WireResponse(status: 200, headers: [HeaderField("Date", "now"), field])
    response.otherSections = Array(others.utf8)
    let record = try await run(response)
    #expect(record.verdict == .failed, "\(record.findings.map(\.message))")
    #expect(record.findings.first?.mismatch == .secretShown && record.findings.first?.subject == subject)
  }

  @Test(
    "is not a secret if it is words that replace a hidden one, in each response",
    arguments: [
      ("PROTECTED", true), ("not shown again", true), ("write-only", true), ("k3j4h5g6f7d8", false),
      ("Vq-XyPLmTnRs", false),
    ])
  func words(value: String, isHidden: Bool) async throws {
    let show = Step.http(status: nil, [.must(.noSecrets)])
    let record = try await Fixture.run([show, show]) { _ throws(TransportError) in
      WireResponse(200, #"{"client_secret":"\#(value)"}"#)
    }.record()
    #expect(record.verdict == (isHidden ? .passed : .failed), "\(record.findings.map(\.message))")
  }

  @Test("is found in the reason phrase", arguments: [("Not the-secret-of-client-1", true), ("Not", false)])
  func reason(phrase: String, isShown: Bool) async throws {
    var response = WireResponse(status: 200)
    response.reason = phrase
    let record = try await run(response)
    #expect(record.verdict == (isShown ? .failed : .passed))
    #expect(record.findings.first?.subject == (isShown ? "reason phrase" : nil))
  }

  @Test("in the parts of a folded value is in no report, and what comes before it stays")
  func folded() async throws {
    let scenario = Fixture.scenario(given: [.client("erp")], [.http(status: nil, [.must(.noSecrets)])])
    let field = HeaderField("X", "Bearer error=\"not the-sec ret-of-cl ient-1\"")
    let run = try await PendingFixture.run([scenario], on: Fixture.target) { _ in
      WireResponse(status: 200, headers: [field])
    }
    let lines = run.lines.joined(separator: "\n")
    #expect(try run.result.record().verdict == .failed)
    #expect(lines.contains(#"Bearer error=\"not $ERP_SECRET"#))
    #expect(!lines.contains("ret-of-cl") && !lines.contains("ient-1"))
  }

  /// Ways to write a text in UTF-16 and UTF-32 (RFC 2781; Unicode 16.0 section 3.10).
  private static let wideEncodings: [String.Encoding] = [
    .utf16LittleEndian, .utf16BigEndian, .utf16, .utf32LittleEndian, .utf32BigEndian, .utf32,
  ]

  private static func bytes(_ text: String, _ encoding: String.Encoding) -> [UInt8] {
    text.data(using: encoding).map { Array($0) } ?? []
  }

  @Test("is found in UTF-16 and UTF-32, and in no report", arguments: wideEncodings)
  func wide(encoding: String.Encoding) async throws {
    let body = ShownSecretsTests.bytes("<p>\(ShownSecretsTests.secret)</p>", encoding)
    let step = Step.http(status: nil, [.must(.noSecrets), .must(.text(.equal("x")))])
    let scenario = Fixture.scenario(given: [.client("erp")], [step])
    let run = try await PendingFixture.run([scenario], on: Fixture.target) { _ in
      WireResponse(status: 200, body: body)
    }
    let record = try run.result.record()
    #expect(record.verdict == .failed && record.findings.first?.mismatch == .secretShown)
    #expect(!ShownSecretsTests.isShown(ShownSecretsTests.secret, in: run.lines))
  }

  @Test(
    "may be in the UTF-16 or UTF-32 of the token response that issues it, and is in no report", arguments: wideEncodings
  )
  func issued(encoding: String.Encoding) async throws {
    let token = "a-token-0123456789-of-this-test"
    let scenario = Fixture.scenario(
      given: [.client("erp")], [.token("t", of: "erp", [.must(.noSecrets), .must(.text(.not(.equal("x"))))]), .http()])
    let run = try await PendingFixture.run([scenario], on: Fixture.target) { sent throws(TransportError) in
      WireResponse(
        status: 200,
        body: sent.path == "/token" ? ShownSecretsTests.bytes(#"{"access_token":"\#(token)"}"#, encoding) : [])
    }
    #expect(try run.result.record().findings.allSatisfy { $0.mismatch != .secretShown })
    #expect(!ShownSecretsTests.isShown(token, in: run.lines))
  }

  /// Whether a text is in the lines of a log, with zeros between its characters or in Base64 too.
  private static func isShown(_ text: String, in lines: [String]) -> Bool {
    lines.contains { line in
      let words = line.split { !($0.isASCII && ($0.isLetter || $0.isNumber) || "+/=".contains($0)) }.map(String.init)
      let decoded = words.compactMap { Data(base64Encoded: $0).map { String(decoding: $0, as: UTF8.self) } }
      return ([line] + decoded).contains {
        $0.replacing("\\u0000", with: "").replacing("\0", with: "").contains(text.dropFirst(4).prefix(12))
      }
    }
  }

  @Test("cannot be found in a body with a content coding, so the case is errored", arguments: ["gzip", "identity"])
  func coded(coding: String) async throws {
    let response = WireResponse(
      status: 200, headers: [HeaderField("Content-Encoding", coding)], body: Array("abc".utf8))
    let record = try await run(response)
    #expect(record.verdict == (coding == "identity" ? .passed : .errored))
    #expect(record.findings.first?.message.contains("not evaluated: the body has Content-Encoding") != false)
  }
}
