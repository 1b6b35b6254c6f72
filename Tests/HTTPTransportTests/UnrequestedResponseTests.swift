// Responses that belong to no request.

import ConformanceModel
import Dispatch
import HTTPModel
import HTTPTransport
import TestSupport
import Testing

@Suite("An unrequested response")
struct UnrequestedResponseTests {
  private static let stray = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray"

  @Test(
    "together with another one is not read as the next response, and is found",
    arguments: ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 204 No Content\r\n\r\n", chunked])
  func together(response: String) async throws {
    let server = try RawServer { request, connection in
      if request.head.contains("/double") {
        connection.send(response + UnrequestedResponseTests.stray)
      } else {
        connection.respond("own")
      }
    }
    try await withClient { client in
      _ = try await client.send(WireRequest(url: server.url + "/first"))
      let double = try await client.send(WireRequest(url: server.url + "/double"))
      let after = try await client.send(WireRequest(url: server.url + "/after"))
      #expect(String(decoding: after.response.body, as: UTF8.self) == "own")
      #expect(double.connection?.id == 1 && after.connection == ConnectionUse(id: 2, index: 0))
      #expect(await client.settle().map(\.connection) == [1])
    }
  }

  private static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"

  @Test("on an idle connection is not read as the next response, and is found")
  func later() async throws {
    let first = Locked<RawConnection?>(nil)
    let server = try RawServer { request, connection in
      if request.head.contains("/second") { first.withLock { $0 = connection } }
      connection.respond("own")
    }
    try await withClient { client in
      _ = try await client.send(WireRequest(url: server.url + "/first"))
      _ = try await client.send(WireRequest(url: server.url + "/second"))
      // On the loopback interface, sent bytes have arrived.
      first.withLock { _ = $0?.send(UnrequestedResponseTests.stray) }
      let third = try await client.send(WireRequest(url: server.url + "/third"))
      #expect(String(decoding: third.response.body, as: UTF8.self) == "own")
      #expect(third.connection == ConnectionUse(id: 2, index: 0))
      let surpluses = await client.settle()
      #expect(surpluses.map(\.connection) == [1])
      #expect(surpluses.first.map { String(decoding: $0.start, as: UTF8.self) }?.hasPrefix("HTTP/1.1") == true)
    }
    #expect(server.connectionCount == 2)
  }

  @Test("that arrives after the next request is read as its response, and the surplus at the end is found")
  func late() async throws {
    let server = try RawServer { request, connection in
      // From the second request on, each gets the response to the one before it.
      let number = request.head.contains("/0") ? "0" : "\(request.number - 2)"
      if request.head.contains("/last") { connection.respond(number) }
      connection.respond(number)
    }
    try await withClient { client in
      for index in ["0", "1", "2", "last"] {
        _ = try await client.send(WireRequest(url: "\(server.url)/\(index)"))
      }
      let surpluses = await client.settle()
      #expect(surpluses.map(\.connection) == [1] && surpluses.map(\.firstIndex) == [1])
      #expect(await client.settle() == surpluses)
    }
    #expect(server.connectionCount == 1)
  }

  @Test("that a server sends before it closes the connection at the end is found, and ends the wait")
  func beforeClose() async throws {
    let server = try RawServer { request, connection in
      connection.respond("own")
      guard request.head.contains("/last") else { return }
      connection.waitForClose()
      connection.send(UnrequestedResponseTests.stray)
      connection.close()
    }
    try await withClient { client in
      for path in ["/first", "/last"] { _ = try await client.send(WireRequest(url: server.url + path)) }
      #expect(await client.settle().map(\.connection) == [1])
    }
  }

  @Test("is awaited only once, and requests after that get new connections", arguments: [true, false])
  func afterTheEnd(closes: Bool) async throws {
    let isOver = DispatchSemaphore(value: 0)
    defer { isOver.signal() }
    let server = try RawServer { request, connection in
      connection.respond("own")
      guard request.head.contains("/second") else { return }
      connection.waitForClose()
      // the handler keeps the connection open as long as it runs
      if !closes { isOver.wait() }
    }
    try await withClient { client in
      for path in ["/first", "/second"] { _ = try await client.send(WireRequest(url: server.url + path)) }
      #expect(await client.settle().isEmpty)
      let third = try await client.send(WireRequest(method: "POST", url: server.url + "/third", body: [1]))
      #expect(third.connection == ConnectionUse(id: 2, index: 0))
      #expect(await client.settle().isEmpty)
    }
    #expect(server.connectionCount == 2)
  }

  @Test("reaches no other request if each has its own connection")
  func fresh() async throws {
    let server = try RawServer { _, connection in
      connection.respond("own")
      connection.send(UnrequestedResponseTests.stray)
    }
    try await withClient({ $0.keepsConnections = false }) { client in
      for _ in 0..<3 {
        let exchange = try await client.send(WireRequest(url: server.url))
        #expect(String(decoding: exchange.response.body, as: UTF8.self) == "own")
        #expect(exchange.connection?.index == 0)
      }
      #expect(await client.settle().isEmpty)
    }
  }

  @Test("of 408 only ends an idle connection (RFC 9110 section 15.5.9)")
  func timeout() async throws {
    let held = Locked<RawConnection?>(nil)
    let server = try RawServer { request, connection in
      if request.number == 2 { held.withLock { $0 = connection } }
      connection.respond("own")
    }
    try await withClient { client in
      for _ in 0..<2 { _ = try await client.send(WireRequest(url: server.url)) }
      held.withLock { _ = $0?.send("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") }
      let exchange = try await client.send(WireRequest(url: server.url))
      #expect(exchange.connection == ConnectionUse(id: 2, index: 0))
      #expect(await client.settle().isEmpty)
    }
  }

  @Test("does not follow an ordinary one: the connection is used again")
  func usual() async throws {
    let server = try RawServer { _, connection in connection.respond("own") }
    try await withClient { client in
      for _ in 0..<3 { _ = try await client.send(WireRequest(url: server.url)) }
      #expect(await client.settle().isEmpty)
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
