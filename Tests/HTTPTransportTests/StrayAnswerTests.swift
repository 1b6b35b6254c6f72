// Answers that would reach a request to which they do not belong.

import ConformanceModel
import HTTPModel
import HTTPTransport
import TestSupport
import Testing

@Suite("An answer to nothing")
struct StrayAnswerTests {
  private static let stray = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray"

  @Test(
    "that comes with another is not taken for the next one",
    arguments: ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 204 No Content\r\n\r\n"])
  func together(answer: String) async throws {
    let server = try RawServer { request, connection in
      if request.head.contains("/first") {
        connection.send(answer + StrayAnswerTests.stray)
      } else {
        connection.answer("own")
      }
    }
    try await withClient { client in
      _ = try await client.send(WireRequest(url: server.url + "/first"))
      let second = try await client.send(WireRequest(url: server.url + "/second"))
      #expect(String(decoding: second.response.body, as: UTF8.self) == "own")
    }
    // what comes in the same piece as a header without a body is thrown away with it
    #expect(server.connectionCount == (answer.hasSuffix("ok") ? 2 : 1))
  }

  @Test("that comes later, on an idle connection, is not taken for the next one")
  func later() async throws {
    let first = Locked<RawConnection?>(nil)
    let server = try RawServer { request, connection in
      if request.head.contains("/first") { first.withLock { $0 = connection } }
      connection.answer("own")
    }
    try await withClient { client in
      _ = try await client.send(WireRequest(url: server.url + "/first"))
      // on the loopback interface what was sent has arrived
      first.withLock { _ = $0?.send(StrayAnswerTests.stray) }
      let second = try await client.send(WireRequest(url: server.url + "/second"))
      #expect(String(decoding: second.response.body, as: UTF8.self) == "own")
      #expect(client.unaskedCount == 1)
    }
    #expect(server.connectionCount == 2)
  }

  @Test(
    "that comes when the next request is on its way is taken for its answer, unless each request has a connection of its own",
    arguments: [true, false])
  func late(keepsConnections: Bool) async throws {
    let server = try RawServer { request, connection in
      // the first answer comes a second time, when a second request is there
      if request.head.contains("/second"), keepsConnections { connection.send(StrayAnswerTests.stray) }
      connection.answer("own")
    }
    try await withClient({ $0.keepsConnections = keepsConnections }) { client in
      _ = try await client.send(WireRequest(url: server.url + "/first"))
      let second = try await client.send(WireRequest(url: server.url + "/second"))
      #expect(String(decoding: second.response.body, as: UTF8.self) == (keepsConnections ? "stray" : "own"))
    }
    #expect(server.connectionCount == (keepsConnections ? 1 : 2))
  }

  @Test("on a connection that is kept alive without anything odd, the next request goes out")
  func usual() async throws {
    let server = try RawServer { _, connection in connection.answer("own") }
    try await withClient { client in
      for _ in 0..<3 { _ = try await client.send(WireRequest(url: server.url)) }
    }
    #expect(server.connectionCount == 1)
  }

  @Test("HTTP/2 in a status line lets no request onto a connection that waits for its answer")
  func version2() async throws {
    let waiting = Signal()
    let held = Locked<RawConnection?>(nil)
    let server = try RawServer { request, connection in
      if request.head.contains("/waits") {
        held.withLock { $0 = connection }
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\now")
        waiting.send()
      } else if request.head.contains("/two") {
        connection.send("HTTP/2 200 OK\r\nContent-Length: 2\r\n\r\nok")
      } else {
        connection.answer("own")
      }
    }
    try await withClient { client in
      async let slow = client.send(WireRequest(url: server.url + "/waits"))
      await waiting.wait()
      let error = try await failure(of: { try await client.send(WireRequest(url: server.url + "/two")) })
      #expect(error.kind == .protocol && error.message.contains("status line"))
      let other = try await client.send(WireRequest(url: server.url + "/other"))
      #expect(String(decoding: other.response.body, as: UTF8.self) == "own")
      held.withLock { _ = $0?.send("n") }
      #expect(String(decoding: try await slow.response.body, as: UTF8.self) == "own")
    }
    #expect(Set(server.requests.map(\.connection)).count == 3)
  }
}

@Suite("An answer in very many pieces")
struct ManyPiecesTests {
  @Test("comes whole, however small its chunks are")
  func tinyChunks() async throws {
    let server = try RawServer { _, connection in
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      let block = Array(String(repeating: "8\r\nxxxxxxxx\r\n", count: 1260).utf8)
      for _ in 0..<200 { connection.send(block) }
      connection.send("0\r\n\r\n")
    }
    let exchange = try await withClient { try await $0.send(WireRequest(url: server.url)) }
    #expect(exchange.response.body.count == 200 * 1260 * 8)
  }
}
