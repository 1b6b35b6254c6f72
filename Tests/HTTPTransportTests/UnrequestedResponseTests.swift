// Responses that belong to no request.

import ConformanceModel
import HTTPModel
import HTTPTransport
import TestSupport
import Testing

@Suite("An unrequested response")
struct UnrequestedResponseTests {
  private static let stray = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray"

  @Test(
    "together with another one is not read as the next response",
    arguments: ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 204 No Content\r\n\r\n"])
  func together(response: String) async throws {
    let server = try RawServer { request, connection in
      if request.head.contains("/first") {
        connection.send(response + UnrequestedResponseTests.stray)
      } else {
        connection.respond("own")
      }
    }
    try await withClient { client in
      _ = try await client.send(WireRequest(url: server.url + "/first"))
      let second = try await client.send(WireRequest(url: server.url + "/second"))
      #expect(String(decoding: second.response.body, as: UTF8.self) == "own")
    }
    // Bytes in the same segment as a header section without a body are discarded with it.
    #expect(server.connectionCount == (response.hasSuffix("ok") ? 2 : 1))
  }

  @Test("on an idle connection is not read as the next response")
  func later() async throws {
    let first = Locked<RawConnection?>(nil)
    let server = try RawServer { request, connection in
      if request.head.contains("/first") { first.withLock { $0 = connection } }
      connection.respond("own")
    }
    try await withClient { client in
      _ = try await client.send(WireRequest(url: server.url + "/first"))
      // On the loopback interface, sent bytes have arrived.
      first.withLock { _ = $0?.send(UnrequestedResponseTests.stray) }
      let second = try await client.send(WireRequest(url: server.url + "/second"))
      #expect(String(decoding: second.response.body, as: UTF8.self) == "own")
      #expect(client.unaskedCount == 1)
    }
    #expect(server.connectionCount == 2)
  }

  @Test(
    "that arrives after the next request is read as its response, unless each request has its own connection",
    arguments: [true, false])
  func late(keepsConnections: Bool) async throws {
    let server = try RawServer { request, connection in
      // The first response arrives a second time, after the second request.
      if request.head.contains("/second"), keepsConnections { connection.send(UnrequestedResponseTests.stray) }
      connection.respond("own")
    }
    try await withClient({ $0.keepsConnections = keepsConnections }) { client in
      _ = try await client.send(WireRequest(url: server.url + "/first"))
      let second = try await client.send(WireRequest(url: server.url + "/second"))
      #expect(String(decoding: second.response.body, as: UTF8.self) == (keepsConnections ? "stray" : "own"))
    }
    #expect(server.connectionCount == (keepsConnections ? 1 : 2))
  }

  @Test("does not follow an ordinary one: the connection is used again")
  func usual() async throws {
    let server = try RawServer { _, connection in connection.respond("own") }
    try await withClient { client in
      for _ in 0..<3 { _ = try await client.send(WireRequest(url: server.url)) }
    }
    #expect(server.connectionCount == 1)
  }

  @Test("does not result from HTTP/2 in a status line: connections that wait for a response get no further request")
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
        connection.respond("own")
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

@Suite("A response in many pieces")
struct ManyPiecesTests {
  @Test("is complete, however small its chunks are")
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
