// Each request is sent once, whatever becomes of its connection.

import ConformanceModel
import HTTPModel
import HTTPTransport
import TestSupport
import Testing

@Suite("A request on a kept connection")
struct SentOnceTests {
  /// Sends a GET that gets a response and then a request on the kept connection.
  private func second(_ request: WireRequest) async throws -> Exchange {
    try await withClient { client in
      _ = try await client.send(WireRequest(url: request.url))
      return try await client.send(request)
    }
  }

  @Test(
    "is sent once if the server reads it and ends the connection, and the error says so",
    arguments: ["GET", "POST", "PUT", "HEAD"], [false, true])
  func once(method: String, isReset: Bool) async throws {
    let server = try RawServer { request, connection in
      if request.number == 1 { connection.respond() } else if isReset { connection.reset() } else { connection.close() }
    }
    let body: [UInt8]? = method == "POST" || method == "PUT" ? Array("payload".utf8) : nil
    let error = try await failure(of: { try await second(WireRequest(method: method, url: server.url, body: body)) })
    #expect(error.kind == .protocol && error.isWithoutResponse && !error.isUnprocessed)
    let reason =
      isReset
      ? "the connection to 127.0.0.1:\(server.port) failed before a status line arrived: "
        + "Connection reset by peer"
      : "127.0.0.1:\(server.port) closed the connection before sending a status line"
    #expect(error.message == reason)
    #expect(error.connection == ConnectionUse(id: 1, index: 1))
    #expect(server.requests.map(\.connection) == [1, 1])
    #expect(server.connectionCount == 1)
  }

  @Test("is sent once although the server ends the connection within a long body", arguments: [false, true])
  func longBody(isReset: Bool) async throws {
    let server = try RawServer(on: .head) { request, connection in
      if request.number == 1 { connection.respond() } else if isReset { connection.reset() } else { connection.close() }
    }
    let body = [UInt8](repeating: 97, count: 9 << 20)
    let error = try await failure(of: { try await second(WireRequest(method: "POST", url: server.url, body: body)) })
    #expect(error.kind == .protocol && error.isWithoutResponse)
    #expect(error.connection == ConnectionUse(id: 1, index: 1))
    #expect(server.requests.map(\.connection) == [1, 1])
  }

  @Test("is sent once by each of many senders, whose connections end together")
  func many() async throws {
    let server = try RawServer { request, connection in
      if request.number == 1 { connection.respond() } else { connection.close() }
    }
    try await withClient { client in
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<200 {
          group.addTask {
            let request = WireRequest(method: "POST", url: "\(server.url)/\(index)", body: [65])
            do throws(TransportError) {
              _ = try await client.send(request)
            } catch {
              #expect(error.isWithoutResponse && error.connection?.index == 1)
            }
          }
        }
      }
    }
    let targets = server.requests.map { String($0.head.split(separator: " ")[1]) }
    #expect(targets.count == 200 && Set(targets).count == 200)
  }

  @Test("uses a new one if the server has ended it while it was idle")
  func endedWhileIdle() async throws {
    let ended = Signal()
    let server = try RawServer { request, connection in
      connection.respond("\(request.connection)")
      guard request.connection == 1 else { return }
      connection.close()
      ended.send()
    }
    let exchange = try await withClient { client in
      _ = try await client.send(WireRequest(url: server.url))
      await ended.wait()
      return try await client.send(WireRequest(method: "POST", url: server.url, body: [65]))
    }
    #expect(exchange.response.body == Array("2".utf8) && exchange.connection == ConnectionUse(id: 2, index: 0))
    #expect(server.requests.map(\.connection) == [1, 2])
  }

  @Test("fails without being sent again if it was on a new one")
  func fresh() async throws {
    let server = try RawServer { _, connection in connection.close() }
    let error = try await failure(of: { try await withClient { try await $0.send(WireRequest(url: server.url)) } })
    #expect(error.kind == .protocol && error.isWithoutResponse)
    #expect(error.connection == ConnectionUse(id: 1, index: 0))
    #expect(server.requests.count == 1)
  }

  @Test(
    "has a response in part, and is not sent again, once a line of it has arrived",
    arguments: ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na"])
  func started(start: String) async throws {
    let server = try RawServer { request, connection in
      if request.number == 1 {
        connection.respond()
      } else {
        connection.send(start)
        connection.close()
      }
    }
    let error = try await failure(of: { try await second(WireRequest(url: server.url)) })
    #expect(error.kind == .protocol && !error.isWithoutResponse)
    #expect(server.requests.count == 2)
  }

  @Test("has no connection in its error if nobody listens")
  func refused() async throws {
    let error = try await failure(of: {
      try await withClient { try await $0.send(WireRequest(url: "http://127.0.0.1:1/")) }
    })
    #expect(error.connection == nil && !error.isWithoutResponse)
  }
}
