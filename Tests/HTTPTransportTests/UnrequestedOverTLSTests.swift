// Responses that belong to no request, over TLS, where session tickets look the same.

import ConformanceModel
import HTTPModel
import HTTPTransport
import TestSupport
import Testing

@Suite("Over TLS, an unrequested response", .enabled(if: TLSFront.isAvailable, "python3 and openssl are in PATH"))
struct UnrequestedOverTLSTests {
  /// Runs `body` with a client of a server that sends a second copy of each response to `/double`, each as a record.
  private func withServer(
    _ version: String, _ body: (HTTPClient, String) async throws -> Void
  ) async throws {
    let server = try RawServer { request, connection in
      connection.respond("own")
      guard request.head.contains("/double") else { return }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
      connection.send("stray")
    }
    let front = try TLSFront(before: server, version: version)
    try await withClient {
      $0.caFile = front.certificate
    } _: { client in
      try await body(client, front.url)
    }
  }

  @Test("does not exist in an ordinary exchange, whose tickets are no surplus", arguments: ["TLSv1_2", "TLSv1_3"])
  func ordinary(version: String) async throws {
    try await withServer(version) { client, url in
      for index in 0..<5 {
        let use = try await client.send(WireRequest(url: url)).connection
        #expect(use == ConnectionUse(id: 1, index: index))
      }
      #expect(await client.settle().isEmpty)
    }
  }

  @Test(
    "does not exist if the end of the connection ends a body, and the server says so",
    arguments: ["TLSv1_2", "TLSv1_3"], [true, false])
  func closeDelimited(version: String, isSplit: Bool) async throws {
    let server = try RawServer { request, connection in
      guard request.head.contains("/last") else { return connection.respond("own") }
      let head = "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n"
      for part in isSplit ? [head, "the body, in two ", "records"] : [head + "the body, in two records"] {
        connection.send(part)
      }
      connection.close()
    }
    let front = try TLSFront(before: server, version: version, notifies: true)
    try await withClient {
      $0.caFile = front.certificate
    } _: { client in
      for _ in 0..<5 {
        _ = try await client.send(WireRequest(url: front.url))
        let last = try await client.send(WireRequest(url: front.url + "/last"))
        #expect(last.response.status == 401 && last.response.body == Array("the body, in two records".utf8))
      }
      #expect(await client.settle().isEmpty)
      // a connection can carry the next request before the end of the last one is handled
      let url = front.url
      await withTaskGroup { group in
        for _ in 0..<16 {
          group.addTask {
            for index in 0..<20 {
              _ = try? await client.send(WireRequest(url: url + (index % 3 == 2 ? "/last" : "")))
            }
          }
        }
      }
      #expect(await client.settle().isEmpty)
    }
  }

  @Test(
    "does not complete a response: without a length, one whose connection ends without close_notify is incomplete",
    arguments: ["TLSv1_2", "TLSv1_3"])
  func truncated(version: String) async throws {
    let server = try RawServer { request, connection in
      let isChunked = request.head.contains("/chunked")
      connection.send("HTTP/1.1 401 Unauthorized\r\n\(isChunked ? "Transfer-Encoding: chunked\r\n" : "")\r\n")
      connection.send(isChunked ? "3\r\nall\r\n0\r\n\r\n" : "a part of")
      connection.close()
    }
    let front = try TLSFront(before: server, version: version)
    try await withClient {
      $0.caFile = front.certificate
    } _: { client in
      let whole = try await client.send(WireRequest(url: front.url + "/chunked")).response
      #expect(whole.body == Array("all".utf8))
      let error = await #expect(throws: TransportError.self) { try await client.send(WireRequest(url: front.url)) }
      #expect(
        error?.message.contains("is incomplete after 9 bytes: it has no length") == true, "\(error?.message ?? "")")
    }
  }

  @Test("is found at the end of the run", arguments: ["TLSv1_2", "TLSv1_3"])
  func found(version: String) async throws {
    try await withServer(version) { client, url in
      _ = try await client.send(WireRequest(url: url))
      let double = try await client.send(WireRequest(url: url + "/double"))
      #expect(double.connection == ConnectionUse(id: 1, index: 1))
      let surpluses = await client.settle()
      #expect(surpluses.map(\.connection) == [1] && surpluses.allSatisfy { $0.firstIndex == 1 })
    }
  }

  @Test("is found however late it is read, in each of many runs", arguments: ["TLSv1_2", "TLSv1_3"])
  func many(version: String) async throws {
    let server = try RawServer { request, connection in
      // The copy of the response before arrives with the next one.
      if request.number == 3 { connection.respond("late") }
      connection.respond("own")
    }
    let front = try TLSFront(before: server, version: version)
    for _ in 0..<20 {
      try await withClient {
        $0.caFile = front.certificate
      } _: { client in
        var bodies: [String] = []
        for _ in 0..<3 {
          bodies.append(
            String(decoding: try await client.send(WireRequest(url: front.url)).response.body, as: UTF8.self))
        }
        #expect(bodies == ["own", "own", "late"])
        #expect(await client.settle().map(\.connection) == [1])
      }
    }
  }

  @Test("is not read as the next response once it has arrived", arguments: ["TLSv1_2", "TLSv1_3"])
  func refused(version: String) async throws {
    try await withServer(version) { client, url in
      _ = try await client.send(WireRequest(url: url))
      _ = try await client.send(WireRequest(url: url + "/double"))
      _ = await client.settle()
      let next = try await client.send(WireRequest(url: url))
      #expect(next.connection == ConnectionUse(id: 2, index: 0))
      #expect(String(decoding: next.response.body, as: UTF8.self) == "own")
    }
  }
}
