// Which connection a request uses, and when it is sent again.

import ConformanceModel
import Glibc
import HTTPModel
import HTTPTransport
import TestSupport
import Testing

@Suite("A connection")
struct ConnectionTests {
  @Test("is kept and used again")
  func reuse() async throws {
    let server = try RawServer { _, connection in connection.respond("x") }
    try await withClient { client in
      for _ in 1...5 { _ = try await client.send(WireRequest(method: "POST", url: server.url, body: [65])) }
    }
    #expect(server.connectionCount == 1 && server.requests.count == 5)
  }

  @Test("is new on request")
  func fresh() async throws {
    let server = try RawServer { _, connection in connection.respond() }
    try await withClient { client in
      for _ in 1...3 { _ = try await client.send(WireRequest(url: server.url), freshConnection: true) }
    }
    #expect(server.connectionCount == 3)
  }

  @Test("may be a Unix socket")
  func unixSocket() async throws {
    let path = "/tmp/conform-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
    defer { unlink(path) }
    let server = try RawServer(unixSocket: path) { _, connection in connection.respond("here") }
    let exchange = try await withClient {
      $0.unixSocket = path
    } _: { client in
      try await client.send(WireRequest(url: "http://anything.example/x"))
    }
    #expect(exchange.response.body == Array("here".utf8))
    #expect(server.requests.first?.head.hasPrefix("GET /x HTTP/1.1\r\nHost: anything.example\r\n") == true)
  }

  @Test("to a Unix socket that does not exist is reported with its path")
  func noUnixSocket() async throws {
    let error = try await failure(of: {
      try await withClient {
        $0.unixSocket = "/nowhere/socket"
      } _: { client in
        try await client.send(WireRequest(url: "http://localhost/"))
      }
    })
    #expect(
      error.kind == .connection && error.message.hasPrefix("could not connect to the Unix socket /nowhere/socket: "))
  }

  @Test("goes to the address to which the options resolve the name")
  func resolve() async throws {
    let server = try RawServer { _, connection in connection.respond() }
    _ = try await withClient {
      $0.resolve = ["name.example:\(server.port):127.0.0.1"]
    } _: { client in
      try await client.send(WireRequest(url: "http://name.example:\(server.port)/"))
    }
    #expect(server.requests.first?.head.contains("Host: name.example:\(server.port)\r\n") == true)
  }
}

@Suite("A request that meets a closed connection")
struct RetryTests {
  /// Sends a GET that gets a response and then a request on the kept connection.
  private func second(_ request: WireRequest) async throws -> WireResponse {
    try await withClient { client in
      _ = try await client.send(WireRequest(url: request.url))
      return try await client.send(request).response
    }
  }

  @Test("is sent once more on a fresh one", arguments: ["GET", "POST", "HEAD"])
  func retried(method: String) async throws {
    let server = try RawServer { request, connection in
      if request.number == 1 { connection.respond() } else { connection.close() }
    }
    _ = try await second(WireRequest(method: method, url: server.url))
    #expect(server.requests.map(\.connection) == [1, 1, 2])
  }

  @Test("is sent once more on a fresh one although a long body had begun", arguments: [false, true])
  func retriedWithBody(isReset: Bool) async throws {
    let server = try RawServer(on: .head) { request, connection in
      switch (request.connection, request.number) {
      case (1, 1): connection.respond()
      case (1, _): if isReset { connection.reset() } else { connection.close() }
      default:
        connection.respond("again")
        connection.waitForClose()
      }
    }
    let body = [UInt8](repeating: 97, count: 9 << 20)
    let response = try await second(WireRequest(method: "POST", url: server.url, body: body))
    #expect(response.status == 200)
    #expect(server.requests.map(\.connection) == [1, 1, 2])
  }

  @Test("is sent once more only")
  func retriedOnce() async throws {
    let server = try RawServer { request, connection in
      if (request.connection, request.number) == (1, 1) { connection.respond() } else { connection.close() }
    }
    let error = try await failure(of: { try await second(WireRequest(method: "POST", url: server.url, body: [65])) })
    #expect(error.message == "127.0.0.1:\(server.port) closed the connection before sending a status line")
    #expect(server.requests.map(\.connection) == [1, 1, 2])
  }

  @Test("is not sent again when the connection was its own")
  func freshIsNotRetried() async throws {
    let server = try RawServer { _, connection in connection.close() }
    let error = try await failure(of: { try await withClient { try await $0.send(WireRequest(url: server.url)) } })
    #expect(error.kind == .protocol)
    #expect(server.requests.count == 1)
  }

  @Test(
    "is not sent again after a line of the response",
    arguments: ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na"])
  func startedIsNotRetried(start: String) async throws {
    let server = try RawServer { request, connection in
      if request.number == 1 {
        connection.respond()
      } else {
        connection.send(start)
        connection.close()
      }
    }
    let error = try await failure(of: { try await second(WireRequest(url: server.url)) })
    #expect(error.kind == .protocol)
    #expect(server.requests.count == 2)
  }
}

@Suite("A response that arrives before the request is sent completely")
struct EarlyResponseTests {
  static let body = [UInt8](repeating: 97, count: 9 << 20)

  @Test("is returned", arguments: [413, 401], [false, true])
  func early(status: Int, chunked: Bool) async throws {
    let server = try RawServer(on: .head) { _, connection in
      connection.send("HTTP/1.1 \(status) No\r\nContent-Length: 3\r\n\r\nno!")
      connection.waitForClose()
    }
    let request = WireRequest(method: "POST", url: server.url, body: Self.body, chunked: chunked)
    let response = try await withClient { try await $0.send(request).response }
    #expect(
      response == WireResponse(status: status, headers: [HeaderField("Content-Length", "3")], body: Array("no!".utf8)))
  }

  @Test("is returned although the server closes at once", arguments: [413, 401])
  func closed(status: Int) async throws {
    let server = try RawServer(on: .head) { _, connection in
      connection.send("HTTP/1.1 \(status) No\r\nConnection: close\r\nContent-Length: 3\r\n\r\nno!")
      connection.close()
    }
    let request = WireRequest(method: "POST", url: server.url, body: Self.body)
    let response = try await withClient { try await $0.send(request).response }
    #expect(response.status == status)
  }
}
