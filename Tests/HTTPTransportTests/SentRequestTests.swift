// What goes over the wire for a request.

import ConformanceModel
import HTTPModel
import HTTPTransport
import TestSupport
import Testing

@Suite("A request as it is sent")
struct SentRequestTests {
  static let start = "Host: 127.0.0.1:PORT\r\nUser-Agent: conform\r\nAccept: */*\r\n"

  @Test("contains Host, User-Agent and Accept and no other field that it does not name")
  func plain() async throws {
    #expect(try await sent() == "GET / HTTP/1.1\r\n\(Self.start)\r\n")
  }

  @Test("keeps the order, the spelling and the duplicates of its fields")
  func order() async throws {
    let text = try await sent {
      $0.headers = [
        HeaderField("x-b", "1"), HeaderField("X-A", "2"), HeaderField("Authorization", "Bearer t"),
        HeaderField("x-b", "3"),
        HeaderField("Cookie", "a=b"), HeaderField("Connection", "keep-alive"),
      ]
    }
    #expect(
      text == "GET / HTTP/1.1\r\n\(Self.start)x-b: 1\r\nX-A: 2\r\nAuthorization: Bearer t\r\nx-b: 3\r\nCookie: a=b\r\n"
        + "Connection: keep-alive\r\n\r\n")
  }

  @Test("replaces the fields that it names itself, in its own order, even two Hosts")
  func named() async throws {
    let text = try await sent {
      $0.headers = [
        HeaderField("accept", "a/b"), HeaderField("host", "one"), HeaderField("user-agent", "me"),
        HeaderField("Host", "two"),
      ]
    }
    #expect(text == "GET / HTTP/1.1\r\naccept: a/b\r\nhost: one\r\nuser-agent: me\r\nHost: two\r\n\r\n")
  }

  @Test("sends fields without a value", arguments: ["", " ", "\t "])
  func empty(value: String) async throws {
    let text = try await sent {
      $0.headers = [HeaderField("X-Empty", value), HeaderField("Host", value), HeaderField("Accept", value)]
    }
    #expect(text == "GET / HTTP/1.1\r\nUser-Agent: conform\r\nX-Empty:\r\nHost:\r\nAccept:\r\n\r\n")
  }

  @Test("sends fields in UTF-8 and with odd names as they are")
  func odd() async throws {
    let text = try await sent { $0.headers = [HeaderField("X Y", "ä; b: c "), HeaderField("(", "x")] }
    #expect(text == "GET / HTTP/1.1\r\n\(Self.start)X Y: ä; b: c \r\n(: x\r\n\r\n")
  }

  @Test(
    "has a body with its length, and no Content-Type of its own", arguments: ["POST", "PUT", "GET", "DELETE", "BREW"])
  func body(method: String) async throws {
    let text = try await sent {
      $0.method = method
      $0.body = Array("a=b".utf8)
    }
    #expect(text == "\(method) / HTTP/1.1\r\n\(Self.start)Content-Length: 3\r\n\r\na=b")
  }

  @Test("has Content-Length: 0 if a body is expected and missing", arguments: ["POST", "PUT", "PATCH"])
  func missingBody(method: String) async throws {
    #expect(
      try await sent { $0.method = method } == "\(method) / HTTP/1.1\r\n\(Self.start)Content-Length: 0\r\n\r\n")
  }

  @Test("has no Content-Length if no body is expected", arguments: ["GET", "DELETE", "OPTIONS", "brew", "M-SEARCH"])
  func noBody(method: String) async throws {
    #expect(try await sent { $0.method = method } == "\(method) / HTTP/1.1\r\n\(Self.start)\r\n")
  }

  @Test("may be a HEAD, with and without a body")
  func head() async throws {
    #expect(try await sent { $0.method = "HEAD" } == "HEAD / HTTP/1.1\r\n\(Self.start)\r\n")
    let withBody = try await sent {
      $0.method = "HEAD"
      $0.body = [65]
    }
    #expect(withBody == "HEAD / HTTP/1.1\r\n\(Self.start)Content-Length: 1\r\n\r\nA")
  }

  @Test("keeps its Content-Type, Content-Length and body bytes")
  func namedLength() async throws {
    let text = try await sent {
      $0.method = "POST"
      $0.headers = [HeaderField("content-length", "1"), HeaderField("Content-Type", "x"), HeaderField("X", "y")]
      $0.body = [0x30]
    }
    #expect(text == "POST / HTTP/1.1\r\n\(Self.start)content-length: 1\r\nContent-Type: x\r\nX: y\r\n\r\n0")
  }

  @Test("is sent chunked on request", arguments: ["POST", "GET"])
  func chunked(method: String) async throws {
    let text = try await sent {
      $0.method = method
      $0.body = Array("hello".utf8)
      $0.chunked = true
    }
    #expect(text == "\(method) / HTTP/1.1\r\n\(Self.start)Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
  }

  @Test("is sent chunked without a body as the last chunk alone")
  func chunkedNothing() async throws {
    let text = try await sent { $0.chunked = true }
    #expect(text == "GET / HTTP/1.1\r\n\(Self.start)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
  }

  @Test("keeps the framing that it states itself")
  func ownFraming() async throws {
    let text = try await sent {
      $0.method = "POST"
      $0.headers = [HeaderField("X", "y"), HeaderField("Transfer-Encoding", "chunked")]
      $0.body = Array("1\r\nA\r\n0\r\n\r\n".utf8)
    }
    #expect(text == "POST / HTTP/1.1\r\n\(Self.start)X: y\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nA\r\n0\r\n\r\n")
  }

  @Test("does not wait for 100 Continue with a large body, and sends all of it", arguments: [false, true])
  func large(chunked: Bool) async throws {
    let text = try await sent {
      $0.method = "POST"
      $0.body = [UInt8](repeating: 97, count: 3 << 20)
      $0.chunked = chunked
    }
    #expect(!text.lowercased().contains("expect"))
    #expect(text.utf8.count { $0 == 97 } >= 3 << 20)
  }

  @Test("sends each byte of a large body in its place")
  func largeOrder() async throws {
    var generator = SplitMix(seed: 1)
    let body = (0..<(3 << 20) + 17).map { _ in UInt8(truncatingIfNeeded: generator.next() % 26) + 97 }
    let text = try await sent {
      $0.method = "PUT"
      $0.body = body
    }
    let head = "PUT / HTTP/1.1\r\n\(Self.start)Content-Length: \(body.count)\r\n\r\n"
    #expect(text.hasPrefix(head) && text.utf8.dropFirst(head.utf8.count).elementsEqual(body))
  }

  @Test("waits for 100 Continue when it names Expect")
  func expect() async throws {
    let text = try await sent {
      $0.method = "POST"
      $0.headers = [HeaderField("Expect", "100-continue")]
      $0.body = [65]
    }
    #expect(text == "POST / HTTP/1.1\r\n\(Self.start)Expect: 100-continue\r\nContent-Length: 1\r\n\r\nA")
  }

  @Test(
    "keeps the path and query as they are",
    arguments: ["/a/../b/./c//d", "/%7e%zz%2F?q=[1]&x='%", "/?", "/;a=b?c?d", "/..;/%00"])
  func path(path: String) async throws {
    #expect(try await sent(path).hasPrefix("GET \(path) HTTP/1.1\r\n"))
  }

  @Test("goes to the zone of an IPv6 address")
  func zone() async throws {
    let error = try await failure(of: {
      try await withClient { try await $0.send(WireRequest(url: "http://[fe80::1%25lo]:9/")) }
    })
    // without a zone the system does not even try: an address of a link needs one
    #expect(error.kind == .connection && !error.message.contains("Invalid argument"), "\(error)")
  }

  @Test("leaves out the fragment")
  func fragment() async throws {
    #expect(try await sent("/a#b").hasPrefix("GET /a HTTP/1.1\r\n"))
  }

  @Test("contains nothing of the previous request on the same handle")
  func noSideEffects() async throws {
    let server = try RawServer { _, connection in connection.respond() }
    try await withClient { client in
      _ = try await client.send(
        WireRequest(method: "POST", url: server.url, headers: [HeaderField("X", "y")], body: [65], chunked: true))
      _ = try await client.send(WireRequest(method: "HEAD", url: server.url))
      _ = try await client.send(WireRequest(url: server.url))
    }
    #expect(
      server.requests[2].text.replacing(":\(server.port)", with: ":PORT") == "GET / HTTP/1.1\r\n\(Self.start)\r\n")
  }
}
