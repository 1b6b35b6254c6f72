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
      ("HTTP/1.1 103 Early Hints\r\nLink: </?t=\(secret)>\r\n", "X"), ("X-T: \(secret)\r\n", "X"), ("", "X-\(secret)"),
    ])
  func places(others: String, name: String) async throws {
    var response = WireResponse(status: 200, headers: [HeaderField(name, "1")])
    response.otherSections = Array(others.utf8)
    let record = try await run(response)
    #expect(record.verdict == .failed, "\(record.findings.map(\.message))")
    #expect(record.findings.first?.mismatch == .secretShown)
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
