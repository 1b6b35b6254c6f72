// How responses are read.

import ConformanceModel
import HTTPModel
import HTTPTransport
import TestSupport
import Testing

@Suite("A response")
struct ReceivedResponseTests {
  @Test("keeps order, spelling and duplicates of its fields, and trims their values")
  func fields() async throws {
    let response = try await received(
      "HTTP/1.1 201 Created\r\nSet-Cookie: a\r\nx-lower:  b \t\r\nSet-Cookie: c\r\nEmpty:\r\n"
        + "Content-Length: 2\r\n\r\nok"
    )
    var expected = WireResponse(
      status: 201,
      headers: [
        HeaderField("Set-Cookie", "a"), HeaderField("x-lower", "b"), HeaderField("Set-Cookie", "c"),
        HeaderField("Empty", ""), HeaderField("Content-Length", "2"),
      ], body: Array("ok".utf8))
    expected.reason = "Created"
    #expect(response == expected)
  }

  @Test(
    "has the reason phrase of its status line",
    arguments: [(" Not  found at all ", "Not  found at all"), ("", ""), (" ", ""), (" \t404", "404")])
  func reason(text: String, phrase: String) async throws {
    #expect(try await received("HTTP/1.1 404\(text)\r\nContent-Length: 0\r\n\r\n").reason == phrase)
  }

  @Test("may be of HTTP/1.0 and end with the connection")
  func version() async throws {
    let response = try await received("HTTP/1.0 200\r\n\r\nall of it")
    #expect(response == WireResponse(status: 200, version: "1.0", body: Array("all of it".utf8)))
  }

  @Test("has the bytes repaired that are not UTF-8")
  func encoding() async throws {
    let response = try await received(Array("HTTP/1.1 200 OK\r\nX: a".utf8) + [0xFF] + Array("b\r\n\r\n".utf8))
    #expect(response.headers == [HeaderField("X", "a\u{FFFD}b")])
  }

  @Test("has folded lines joined")
  func folded() async throws {
    let response = try await received("HTTP/1.1 200 OK\r\nX: a\r\n  b\r\nY: c\r\n\r\n")
    #expect(response.headers == [HeaderField("X", "a b"), HeaderField("Y", "c")])
  }

  @Test("is the last one after interim responses")
  func interim() async throws {
    let response = try await received(
      "HTTP/1.1 100 Continue\r\nX: no\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: no\r\n\r\n"
        + "HTTP/1.1 404 No\r\nY: yes\r\n\r\n"
    )
    var expected = WireResponse(status: 404, headers: [HeaderField("Y", "yes")], interim: [100, 103])
    expected.reason = "No"
    expected.otherSections = Array(
      "HTTP/1.1 100 Continue\r\nX: no\r\nHTTP/1.1 103 Early Hints\r\nLink: no\r\n".utf8)
    #expect(response == expected)
  }

  @Test("has its chunks joined and its trailers apart, even one that looks like a status")
  func chunks() async throws {
    let response = try await received(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nStatus: 500\r\nX: y\r\n\r\n"
    )
    var expected = WireResponse(
      status: 200, headers: [HeaderField("Transfer-Encoding", "chunked")], body: Array("abcde".utf8))
    expected.reason = "OK"
    expected.otherSections = Array("Status: 500\r\nX: y\r\n".utf8)
    #expect(response == expected)
  }

  @Test("is not followed when it redirects", arguments: [301, 302, 307, 308])
  func redirect(status: Int) async throws {
    let response = try await received("HTTP/1.1 \(status) Go\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n")
    #expect(response.status == status)
  }

  @Test("is not decompressed, and a challenge causes no second request", arguments: ["401 No", "407 No"])
  func raw(status: String) async throws {
    let response = try await received(
      "HTTP/1.1 \(status)\r\nWWW-Authenticate: Basic\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nraw")
    #expect(response.body == Array("raw".utf8))
  }

  @Test("to HEAD, 204 and 304 has no body, whatever length it announces")
  func bodiless() async throws {
    #expect(try await received("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", method: "HEAD").body == [])
    #expect(try await received("HTTP/1.1 204 No\r\nContent-Length: 10\r\n\r\n").status == 204)
    #expect(try await received("HTTP/1.1 304 No\r\nContent-Length: 10\r\n\r\n").status == 304)
  }

  @Test("to a HEAD that has a body has none either")
  func bodilessForBody() async throws {
    let server = try RawServer { _, connection in connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n") }
    let response = try await withClient { client in
      try await client.send(WireRequest(method: "HEAD", url: server.url, body: [65])).response
    }
    var expected = WireResponse(status: 200, headers: [HeaderField("Content-Length", "10")])
    expected.reason = "OK"
    #expect(response == expected)
  }

  @Test("of 417 to Expect is returned without its body and causes no second request")
  func expectationFailed() async throws {
    let server = try RawServer(on: .head) { _, connection in
      connection.send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno")
    }
    let request = WireRequest(
      method: "POST", url: server.url, headers: [HeaderField("Expect", "100-continue")], body: [65])
    let response = try await withClient { try await $0.send(request).response }
    var expected = WireResponse(status: 417, headers: [HeaderField("Content-Length", "2")], isCut: true)
    expected.reason = "Expectation Failed"
    #expect(response == expected)
    #expect(server.requests.count == 1)
  }

  @Test("is complete at the size limit and cut above it")
  func cap() async throws {
    let whole = try await received("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd") { $0.maxResponseBytes = 4 }
    #expect(whole.body == Array("abcd".utf8) && !whole.isCut)
    let cut = try await received("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde") { $0.maxResponseBytes = 4 }
    #expect(cut.body == Array("abcd".utf8) && cut.isCut && cut.status == 200)
    let nothing = try await received("HTTP/1.1 200 OK\r\n\r\nabcde") { $0.maxResponseBytes = 0 }
    #expect(nothing.body == [] && nothing.isCut)
  }

  @Test("without end is cut at the size limit")
  func endless() async throws {
    let server = try RawServer { _, connection in
      connection.send("HTTP/1.1 200 OK\r\n\r\n")
      for _ in 0..<100 { connection.send([UInt8](repeating: 97, count: 1 << 20)) }
    }
    let response = try await withClient {
      $0.maxResponseBytes = 3 << 20
    } _: { client in
      try await client.send(WireRequest(url: server.url)).response
    }
    #expect(response.body.count == 3 << 20 && response.isCut)
  }

  @Test("with as many header fields as allowed is accepted, with one more refused")
  func headerCount() async throws {
    let fields = (1...10).map { "X-\($0): y\r\n" }.joined()
    let response = try await received("HTTP/1.1 200 OK\r\n\(fields)\r\n") { $0.maxHeaders = 10 }
    #expect(response.headers.count == 10)
    let error = try await failure(of: { try await received("HTTP/1.1 200 OK\r\n\(fields)\r\n") { $0.maxHeaders = 9 } })
    #expect(error.kind == .protocol && error.message.hasSuffix(" has more than 9 header fields"))
  }

  @Test(
    "with too many header bytes is refused, also in interim responses and in trailers",
    arguments: [
      ("HTTP/1.1 200 OK\r\n", "X: yyyyyyyyyyyyyyyyyyyy\r\n", "\r\n"),
      ("", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: yyyyyyyyyyyyyyyyyyyy\r\n", "\r\n"),
    ])
  func headerBytes(start: String, flood: String, end: String) async throws {
    let response = start + String(repeating: flood, count: 100) + end
    let error = try await failure(of: { try await received(response) { $0.maxHeaderBytes = 2000 } })
    #expect(error.kind == .protocol && error.message.hasSuffix(" exceeds 2000 bytes"))
  }

  @Test("has timings, and those of the connection only on a new one")
  func timings() async throws {
    let server = try RawServer { _, connection in connection.respond() }
    let (first, second) = try await withClient { client in
      let request = WireRequest(url: server.url)
      return (try await client.send(request).timings, try await client.send(request).timings)
    }
    #expect(first.connect != nil && first.tls == nil && first.firstByte != nil && first.total > 0)
    #expect(second.dns == nil && second.connect == nil && second.firstByte != nil && second.total > 0)
  }
}
