import ConformanceModel
import HTTPModel
import Reporting
import RunEvents
import Testing

@Suite("The trace of an exchange")
struct ExchangeTraceTests {
  private func line(_ exchange: ExchangeRecord?, id: String = "case") -> String? {
    ExchangeTrace.line(
      id,
      StepRecord(
        number: 0, line: 1, sentence: "send", wall: Sample.wall, simulated: .documented, exchange: exchange, checks: [])
    )
  }

  @Test("is one line with request, status, duration and body")
  func plain() {
    #expect(
      line(Sample.exchange())
        == #"case: POST http://127.0.0.1:8080/v1/orders -> 200 in 2 ms {"status":"accepted"}"#)
    #expect(line(nil) == nil)
  }

  @Test("says why there is no response, and which attempt it was")
  func failure() {
    var exchange = Sample.exchange(answer: "")
    (exchange.failure, exchange.status, exchange.attempt) = ("connection refused", 0, 2)
    #expect(line(exchange)?.hasSuffix("/v1/orders (attempt 2) -> no response in 2 ms: connection refused") == true)
  }

  @Test("is bounded, and cannot control a terminal")
  func hostile() throws {
    var exchange = Sample.exchange(answer: "\u{1B}[2J\n::error::x" + String(repeating: "ab ", count: 100_000))
    exchange.url += String(repeating: "x", count: 10_000)
    let text = try #require(line(exchange, id: "a\nb" + String(repeating: "c", count: 1000)))
    #expect(text.utf8.count < 800 && !text.contains("\u{1B}") && !text.contains("\n"), "\(text)")
    #expect(text.hasSuffix(" (300015 bytes)"), "\(text)")
    exchange.responseBody.isBase64 = true
    #expect(line(exchange)?.hasSuffix(" (300015 bytes that are not UTF-8)") == true)
  }
}
