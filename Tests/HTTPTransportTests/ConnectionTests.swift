// Which connection a request uses, and responses before its end.

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

  @Test("is named by each exchange, with the number of requests before it")
  func use() async throws {
    let server = try RawServer { request, connection in
      connection.respond()
      if request.connection == 1, request.number == 3 { connection.close() }
    }
    let uses = try await withClient { client in
      var uses: [ConnectionUse?] = []
      for _ in 0..<5 { uses.append(try await client.send(WireRequest(url: server.url)).connection) }
      uses.append(try await client.send(WireRequest(url: server.url), freshConnection: true).connection)
      return uses
    }
    let expected = [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (3, 0)].map { ConnectionUse(id: $0, index: $1) }
    #expect(uses == expected)
  }

  @Test("over a Unix socket carries one request")
  func unixSocketUse() async throws {
    let path = "/tmp/conform-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
    defer { unlink(path) }
    let server = try RawServer(unixSocket: path) { _, connection in connection.respond() }
    let uses = try await withClient {
      $0.unixSocket = path
    } _: { client in
      let request = WireRequest(url: "http://localhost/")
      return [try await client.send(request).connection, try await client.send(request).connection]
    }
    #expect(uses == [ConnectionUse(id: 1, index: 0), ConnectionUse(id: 2, index: 0)])
    #expect(server.connectionCount == 2)
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
    var expected = WireResponse(
      status: status, headers: [HeaderField("Content-Length", "3")], body: Array("no!".utf8))
    expected.reason = "No"
    #expect(response == expected)
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
