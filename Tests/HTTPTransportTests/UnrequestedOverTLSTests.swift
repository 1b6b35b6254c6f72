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
