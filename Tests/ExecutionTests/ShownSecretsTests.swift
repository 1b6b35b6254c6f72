import ConformanceModel
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
    "is found in trailers, in interim responses and in the name of a field",
    arguments: [
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

  @Test("cannot be found in a body with a content coding, so the case is errored", arguments: ["gzip", "identity"])
  func coded(coding: String) async throws {
    let response = WireResponse(
      status: 200, headers: [HeaderField("Content-Encoding", coding)], body: Array("abc".utf8))
    let record = try await run(response)
    #expect(record.verdict == (coding == "identity" ? .passed : .errored))
    #expect(record.findings.first?.message.contains("not evaluated: the body has Content-Encoding") != false)
  }
}
