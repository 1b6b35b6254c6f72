// Failures of exchanges and their messages.

import ConformanceModel
import HTTPModel
import HTTPTransport
import TestSupport
import Testing

@Suite("An invalid response")
struct InvalidResponseTests {
  @Test(
    "is a protocol error",
    arguments: [
      ("", "closed the connection before sending a status line"),
      ("nonsense\r\n\r\n", "HTTP/0.9"),
      ("<html>a response of HTTP/0.9</html>", "HTTP/0.9"),
      ("HTTP/1.1 200 O", "closed the connection before sending a status line"),
      ("HTTP/1.1 200 OK\r\nX: y\r\n", "is incomplete"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "is incomplete"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "is incomplete"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n", "is incomplete"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n", ""),
      ("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nab", ""),
      ("HTTP/9.1 200 OK\r\n\r\n", ""),
      ("HTTP/2 200 OK\r\n\r\n", "its status line"),
      ("HTTP/1.1 2000 OK\r\n\r\n", ""),
      ("HTTP/1.1 099 OK\r\n\r\n", ""),
      ("HTTP/1.1 200 OK\r\nA: b\r\nX Y: z\r\n\r\n", "line 2 of its header section is not a header field"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHTTP/1.1 500: x\r\n\r\n", "is not a header field"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", "contradict each other"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nabc", "contradict each other"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "contradict each other"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "other than chunked"),
    ])
  func invalid(response: String, words: String) async throws {
    let error = try await failure(of: { try await received(response) })
    #expect(error.kind == .protocol)
    if !words.isEmpty { #expect(error.message.contains(words)) }
  }

  @Test("is a protocol error if a header line is longer than libcurl accepts")
  func longLine() async throws {
    let line = "X: " + String(repeating: "y", count: 150_000)
    let error = try await failure(of: {
      try await received("HTTP/1.1 200 OK\r\n\(line)\r\n\r\n") { $0.maxHeaderBytes = 1 << 20 }
    })
    #expect(error.kind == .protocol && error.message.contains("longer than libcurl accepts"))
  }

  @Test(
    "is a protocol error when the connection is reset",
    arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"])
  func reset(response: String) async throws {
    let server = try RawServer { _, connection in
      connection.send(response)
      connection.reset()
    }
    let error = try await failure(of: { try await withClient { try await $0.send(WireRequest(url: server.url)) } })
    #expect(error.kind == .protocol)
  }

  @Test("is reported with host, port and the number of bytes, without header values and bodies")
  func message() async throws {
    let server = try RawServer { _, connection in
      connection.send("HTTP/1.1 200 OK\r\nX: secret\r\nContent-Length: 9\r\n\r\nhush")
      connection.close()
    }
    let request = WireRequest(
      method: "POST", url: server.url + "/?q=secret", headers: [HeaderField("A", "secret")], body: [65])
    let error = try await failure(of: { try await withClient { try await $0.send(request) } })
    #expect(
      error.message
        == "the response from 127.0.0.1:\(server.port) is incomplete after 53 bytes: "
        + "transfer closed with 5 bytes remaining to read"
    )
  }
}

@Suite("A request gets no response")
struct NoResponseTests {
  @Test("when nobody listens")
  func refused() async throws {
    let error = try await failure(of: {
      try await withClient { try await $0.send(WireRequest(url: "http://127.0.0.1:1/")) }
    })
    #expect(error == TransportError(.connection, "could not connect to 127.0.0.1:1: Connection refused"))
  }

  @Test("when the name has no address")
  func name() async throws {
    let error = try await failure(of: {
      try await withClient { try await $0.send(WireRequest(url: "http://nowhere.invalid/")) }
    })
    #expect(error.kind == .connection)
    #expect(error.message.hasPrefix("could not reach nowhere.invalid:80: "))
  }

  @Test("when the server does not speak TLS")
  func tls() async throws {
    let server = try RawServer(on: .connection) { _, connection in
      connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
      connection.waitForClose()
    }
    let error = try await failure(of: {
      try await withClient { try await $0.send(WireRequest(url: "https://127.0.0.1:\(server.port)/")) }
    })
    #expect(error.kind == .tls)
    #expect(error.message.hasPrefix("no TLS connection to 127.0.0.1:\(server.port): "))
  }

  @Test(
    "within the time limit when the server is silent",
    arguments: ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\nabc"])
  func timeout(start: String) async throws {
    let server = try RawServer { _, connection in
      connection.send(start)
      connection.waitForClose()
    }
    let error = try await failure(of: {
      try await withClient { try await $0.send(WireRequest(url: server.url), timeout: 0.2) }
    })
    #expect(error.kind == .timeout && !error.isWithoutResponse)
    #expect(
      error.message
        == "no complete response from 127.0.0.1:\(server.port) within 0.2 s (received \(start.utf8.count) bytes)")
  }

  @Test("within the client's time limit when the request has none, TLS included")
  func clientTimeout() async throws {
    let server = try RawServer(on: .connection) { _, connection in connection.waitForClose() }
    let error = try await failure(of: {
      try await withClient {
        $0.timeout = 0.2
      } _: { client in
        try await client.send(WireRequest(url: "https://127.0.0.1:\(server.port)/"))
      }
    })
    #expect(error == TransportError(.timeout, "no connection to 127.0.0.1:\(server.port) within 0.2 s"))
  }
}
