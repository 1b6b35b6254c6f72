import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("A payload without a token that is accepted")
struct SuspectedConnectionTests {
  /// Posts with a token, and then without one.
  private func hint(status: Int, header: String? = nil) async throws -> String? {
    let transport = ScriptedTransport { sent throws(TransportError) in
      sent.path == "/token"
        ? WireResponse(200, #"{"access_token":"a-token-of-the-service","expires_in":86400}"#)
        : WireResponse(status: status)
    }
    var post = PayloadPost(token: nil)
    if let header { post.edits.headers = [Template.Member("Authorization", .literal(.string(header)))] }
    let step = Step.make(.postPayload(post), [.must(.status(.equals(.literal(401))))])
    let before = [Step.token("token", of: "erp"), .post("token")]
    let record = try await Fixture.run(
      [Fixture.scenario(given: [.client("erp")], before + [step])], on: Fixture.target, transport
    ).record()
    #expect(record.verdict == .failed, "\(record)")
    return record.findings.last?.hint
  }

  @Test("leads to the requests before it on its connection")
  func kept() async throws {
    // the first request reads the clock
    #expect(
      try await hint(status: 201)
        == "the request has no Authorization, and is number 4 on its connection: run with --fresh-connections to see "
        + "whether the service takes the token of a request before it")
  }

  @Test("does not with a header of its own, or if it is refused in another way")
  func others() async throws {
    #expect(try await hint(status: 201, header: "Bearer x")?.contains("connection") != true)
    #expect(try await hint(status: 403)?.contains("connection") != true)
  }
}
