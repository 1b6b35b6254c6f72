import ConformanceModel
import HTTPModel
import Redaction
import RunEvents
import Testing

@testable import Execution

@Suite("A body in the run log") struct ExchangeRecordingTests {
  private func record(_ text: String, secret: String = "the-secret-of-nobody") throws -> BodyRecord {
    let redactor = SecretRedactor()
    redactor.register(secret, as: "SECRET")
    return BodyRecord(Array(text.utf8), isCut: false, redactor)
  }

  @Test("is whole up to 64 KiB, and without its middle beyond that")
  func middle() throws {
    let most = String(repeating: "a", count: ExchangeRecord.maxBody)
    #expect(try record(most) == BodyRecord(size: most.utf8.count, text: most))
    let large = try record(String(repeating: "a", count: 3 << 10) + most + String(repeating: "z", count: 3 << 10))
    let omitted = (70 << 10) - (4 << 10)
    #expect(large.size == 70 << 10 && large.omitted == omitted)
    #expect(
      large.text == String(repeating: "a", count: 2 << 10) + "\n… \(omitted) bytes left out …\n"
        + String(repeating: "z", count: 2 << 10))
  }

  @Test("is whole if it is short once its secrets are masked", arguments: ["/", "\\/"])
  func largeSecret(slash: String) throws {
    let secret = String(repeating: "s3cr3t/+", count: 20_000)
    let text = "{\"access_token\":\"\(secret.replacing("/", with: slash))\"}"
    let body = try record(text, secret: secret)
    #expect(body == BodyRecord(size: text.utf8.count, text: #"{"access_token":"$SECRET"}"#))
  }

  @Test("shows no secret that is written with escapes, also not at the cut")
  func manySecrets() throws {
    let secret = "s3cr3t/of/nobody/at/all"
    let text = String(repeating: secret.replacing("/", with: "\\/") + " ", count: 4000)
    let body = try record(text, secret: secret)
    #expect(body.size == text.utf8.count && body.omitted >= 0)
    #expect(!body.text.contains("nobody"))
  }

  @Test("of a chunked request has its framing as a header field, once", arguments: [true, false])
  func chunked(isChunked: Bool) {
    var request = WireRequest(method: "POST", url: "/")
    request.chunked = isChunked
    func fields() -> [String] {
      let exchange = Exchange(request: request, response: WireResponse(status: 200))
      return ExchangeRecord(exchange, redactor: SecretRedactor()).requestHeaders.map { "\($0.name): \($0.value)" }
    }
    #expect(fields() == (isChunked ? ["Transfer-Encoding: chunked"] : []))
    request.headers = [HeaderField("transfer-encoding", "gzip, chunked")]
    #expect(fields() == ["transfer-encoding: gzip, chunked"])
  }
}
