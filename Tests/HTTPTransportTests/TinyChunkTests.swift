import Conformance
import HTTPTransport
import TestSupport
import Testing

@Suite("An answer in very many pieces")
struct ManyPiecesTests {
  @Test("comes whole, however small its chunks are")
  func tinyChunks() async throws {
    let server = try RawServer { _, connection in
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      let block = Array(String(repeating: "8\r\nxxxxxxxx\r\n", count: 1260).utf8)
      for _ in 0..<200 { connection.send(block) }
      connection.send("0\r\n\r\n")
      connection.waitForClose()
    }
    for _ in 0..<10 {
      let exchange = try await withClient { try await $0.send(HTTPRequest(url: server.url)) }
      #expect(exchange.response.body.count == 200 * 1260 * 8)
    }
  }
}
