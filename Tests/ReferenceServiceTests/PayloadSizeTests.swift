// The size limit of payloads, and that a refused client can read the response.

import ConformanceModel
import HTTPModel
import Testing

@Suite("the size of payloads")
struct PayloadSizeTests {
  private static let limit = 8_388_608

  /// A valid order of this many bytes.
  private func order(bytes count: Int) -> [UInt8] {
    let start = Array(#"{"id": 1, "lines": [], "x": ""#.utf8)
    return start + [UInt8](repeating: 0x61, count: count - start.count - 2) + Array("\"}".utf8)
  }

  private func headers(_ api: API) async throws -> [String] {
    ["Authorization: Bearer \(try await api.token())", "Content-Type: application/json"]
  }

  @Test("8 MiB are accepted", arguments: [8_000_000, limit])
  func taken(count: Int) async throws {
    try await withListeningService { api async throws in
      #expect(try await api.send("POST", "/v1/acme/orders", try await headers(api), order(bytes: count)).status == 201)
    }
  }

  @Test("one byte more is refused, and the client can send the whole body before it reads the response")
  func tooLarge() async throws {
    try await withListeningService { api async throws in
      let headers = try await headers(api)
      #expect(
        try await api.send("POST", "/v1/acme/orders", headers, order(bytes: PayloadSizeTests.limit + 1)).status == 413)
      #expect(try await api.send("POST", "/v1/acme/orders", headers, order(bytes: 30_000_000)).status == 413)
      #expect(try await api.inbox().isEmpty)
    }
  }

  @Test(
    "bytes are counted where no length is announced", arguments: [(limit, 201), (limit + 1, 413), (20_000_000, 413)])
  func chunked(count: Int, status: Int) async throws {
    try await withListeningService { api async throws in
      let lines = ["POST /v1/acme/orders HTTP/1.1", "Host: x", "Transfer-Encoding: chunked"] + (try await headers(api))
      let payload = order(bytes: count)
      let chunks = stride(from: 0, to: count, by: 1 << 20).flatMap { start in
        let chunk = payload[start..<min(start + (1 << 20), count)]
        return Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + Array("\r\n".utf8)
      }
      // a second request follows on the same connection
      let bytes =
        Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + chunks
        + Array("0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
      #expect(try await WireClient.send([bytes], port: api.port, responses: 2).map(\.status) == [status, 200])
    }
  }

  @Test("a large body without a token gets the refusal")
  func stranger() async throws {
    try await withListeningService { api async throws in
      #expect(try await api.send("POST", "/v1/acme/orders", [], order(bytes: 20_000_000)).status == 401)
    }
  }

  @Test("a client that expects 100 (Continue) gets the refusal instead, and the connection ends")
  func refusedExpectation() async throws {
    try await withListeningService { api async throws in
      for (extra, status) in [(try await headers(api), 413), ([], 401)] {
        let lines =
          ["POST /v1/acme/orders HTTP/1.1", "Host: x", "Expect: 100-continue", "Content-Length: 8388609"] + extra
        let response = try await WireClient.send(
          [Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)], port: api.port, readsOn: true)[0]
        #expect(response.interim.isEmpty)
        #expect(response.status == status)
        #expect(response.header("Connection") == "close")
        #expect(response.isClosed)
      }
    }
  }

  @Test("a client that expects 100 (Continue) gets it if its head is accepted")
  func grantedExpectation() async throws {
    try await withListeningService { api async throws in
      let lines =
        ["POST /v1/acme/orders HTTP/1.1", "Host: x", "Expect: 100-continue", "Content-Length: \(API.order.utf8.count)"]
        + (try await headers(api))
      let response = try await WireClient.send(
        [Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8), Array(API.order.utf8)], port: api.port)[0]
      #expect(response.interim == [100])
      #expect(response.status == 201)
    }
  }
}
