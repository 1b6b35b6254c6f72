// Requests that are not sent.

import ConformanceModel
import HTTPModel
import HTTPTransport
import TestSupport
import Testing

@Suite("A request is refused")
struct RefusedRequestTests {
  private func refusal(_ change: (inout WireRequest) -> Void) async throws -> TransportError {
    let server = try RawServer { _, connection in connection.respond() }
    var request = WireRequest(url: server.url)
    change(&request)
    let error = try await failure(of: { try await withClient { try await $0.send(request) } })
    #expect(server.connectionCount == 0)
    #expect(error.kind == .request)
    return error
  }

  @Test("a URL with a host name beyond ASCII is refused, and the A-label is asked for")
  func hostName() async throws {
    for host in ["bücher.invalid", "b%C3%BCcher.invalid:80"] {
      let error = try await failure(of: {
        try await withClient { try await $0.send(WireRequest(url: "http://\(host)/")) }
      })
      #expect(error.kind == .request && error.message.contains("A-label"), "\(error.message)")
    }
  }

  @Test(
    "when a header value would inject a line; the message names the field and not the value",
    arguments: ["\r", "\n", "\0", "\r\n"])
  func value(mark: String) async throws {
    let error = try await refusal { $0.headers = [HeaderField("X-Field", "secret\(mark)X-Other: 1")] }
    #expect(error.message == "the value of the header field X-Field contains CR, LF or NUL")
  }

  @Test("when a header name would inject a line", arguments: ["A\rB", "A\nB", "A\0B", "A\r\nB", ""])
  func name(name: String) async throws {
    let error = try await refusal { $0.headers = [HeaderField("X", "1"), HeaderField(name, "secret")] }
    #expect(error.message == "the name of header field 2 is empty or contains CR, LF or NUL")
  }

  @Test("when a header name contains a delimiter", arguments: ["A:B", "A;"])
  func separator(name: String) async throws {
    #expect(
      try await refusal { $0.headers = [HeaderField(name, "")] }.message
        == "the name of header field 1 contains “:” or “;”")
  }

  @Test("when the method is not a token", arguments: ["", "GET ", "GET / HTTP/1.1\r\nX: y", "A\0", "Ä"])
  func method(method: String) async throws {
    #expect(try await refusal { $0.method = method }.message == "the method is not a token (RFC 9110 section 5.6.2)")
  }

  @Test(
    "when the URL contains a character that must be percent-encoded",
    arguments: [" ", "\r\n", "\0", "\u{7f}", "ä", "\"", "<", "\\", "{"])
  func character(character: String) async throws {
    let error = try await refusal { $0.url = "http://localhost/" + character }
    #expect(
      error.message == "the URL contains a character at byte 18 that must be percent-encoded (RFC 3986 section 2)")
  }

  @Test(
    "when the URL has another scheme than http and https",
    arguments: ["", "localhost/x", "/x", "ftp://localhost/", "file:///etc/passwd", "http:/x"])
  func scheme(url: String) async throws {
    #expect(try await refusal { $0.url = url }.message == "the URL does not start with http:// or https://")
  }

  @Test("when the URL contains credentials, which would become a header field that the request does not name")
  func credentials() async throws {
    let error = try await refusal { $0.url = "http://user:secret@localhost/" }
    #expect(error.message == "the URL contains user information; use an Authorization header instead")
  }

  @Test(
    "when libcurl finds the URL malformed",
    arguments: ["http://", "http://localhost:99999/", "http://[::1/", "http://a:b/"])
  func malformed(url: String) async throws {
    #expect(try await refusal { $0.url = url }.message.contains("could not be made"))
  }

  @Test("when its time limit is not positive", arguments: [0, -1, .nan])
  func timeout(limit: Double) async throws {
    let error = try await failure(of: {
      try await withClient { try await $0.send(WireRequest(url: "http://localhost"), timeout: limit) }
    })
    #expect(error == TransportError(.request, "timeout must be more than 0 s"))
  }
}

@Suite("A client is refused")
struct RefusedOptionsTests {
  @Test("when an option is invalid")
  func options() async throws {
    let changes: [(String, (inout HTTPClientOptions) -> Void)] = [
      ("connectTimeout must be more than 0 s", { $0.connectTimeout = 0 }),
      ("maxResponseBytes must be at least 0", { $0.maxResponseBytes = -1 }),
      ("maxConnections must be at least 1", { $0.maxConnections = 0 }),
      ("“a:1” in resolve is not HOST:PORT:ADDRESS", { $0.resolve = ["a:1"] }),
    ]
    for (message, change) in changes {
      let error = try await failure(of: { try await withClient(change) { _ in } })
      #expect(error == TransportError(.request, message))
    }
  }
}
