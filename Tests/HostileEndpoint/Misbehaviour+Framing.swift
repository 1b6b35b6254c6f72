// Bodies with another end than announced, and bytes after a response.

extension Misbehaviour {
  private static func length(_ name: String, _ does: String, _ lines: String, _ verdict: Verdict, says: String...)
    -> Misbehaviour
  {
    let words = says
    return Misbehaviour(name, does, verdict, words: words) {
      $0.send("HTTP/1.1 200 OK\r\n\(lines)\r\n\r\n{\"ok\":true}")
    }
  }

  static let lengths = [
    length(
      "body-too-short", "announces more bytes than it sends, and waits", "Content-Length: 12", .errored("timeout"),
      says: "no complete response from"),
    length("body-too-long", "sends more bytes than it announced", "Content-Length: 2", .failed, says: "not JSON"),
    length(
      "two-lengths", "gives two different lengths", "Content-Length: 11\r\nContent-Length: 5", .errored("protocol"),
      says: "contradict each other", "Content-Length"),
    length(
      "two-lengths-in-one", "gives two different lengths in one field", "Content-Length: 11, 5", .errored("protocol"),
      says: "Content-Length"),
    length("same-length-twice", "gives the same length twice", "Content-Length: 11\r\nContent-Length: 11", .passed),
    length(
      "negative-length", "has a negative length", "Content-Length: -11", .errored("protocol"), says: "Content-Length"),
    length(
      "signed-length", "gives a length with a sign", "Content-Length: +11", .errored("protocol"), says: "Content-Length"
    ),
    length(
      "huge-length", "gives a length of 10^30", "Content-Length: 1000000000000000000000000000000", .errored("protocol"),
      says: "Content-Length"),
    length(
      "length-of-exabytes", "announces eight exabytes", "Content-Length: 9223372036854775807", .errored("timeout"),
      says: "no complete response from"),
    length(
      "length-in-words", "gives its length in words", "Content-Length: eleven", .errored("protocol"),
      says: "Content-Length"),
    length(
      "length-and-more", "gives a length with something behind it", "Content-Length: 11 bytes", .errored("protocol"),
      says: "Content-Length"),
    length("empty-length", "gives an empty length", "Content-Length:", .errored("protocol"), says: "Content-Length"),
    length(
      "length-in-hex", "gives its length in hexadecimal", "Content-Length: 0xb", .errored("protocol"),
      says: "Content-Length"),
  ]

  private static func chunked(
    _ name: String, _ does: String, _ body: String, _ verdict: Verdict, header: String = "Transfer-Encoding: chunked",
    says: String...
  ) -> Misbehaviour {
    let words = says
    return Misbehaviour(name, does, verdict, words: words) { $0.send("HTTP/1.1 200 OK\r\n\(header)\r\n\r\n\(body)") }
  }

  private static let whole = "b\r\n{\"ok\":true}\r\n0\r\n\r\n"

  static let chunks = [
    chunked(
      "chunk-too-long", "sends a chunk shorter than its size", "d\r\n{\"ok\":true}\r\n0\r\n\r\n", .errored("protocol"),
      says: "chunk"),
    chunked("chunk-without-cr", "ends a chunk with LF alone", "b\r\n{\"ok\":true}\n0\r\n\r\n", .passed),
    chunked(
      "chunk-too-short", "sends a chunk longer than its size", "2\r\n{\"ok\":true}\r\n0\r\n\r\n", .errored("protocol"),
      says: "chunk"),
    chunked(
      "negative-chunk", "gives a chunk a negative size", "-b\r\n{\"ok\":true}\r\n0\r\n\r\n", .errored("protocol"),
      says: "chunk"),
    chunked(
      "overflowing-chunk", "gives a chunk a size beyond 64 bits", "1000000000000000b\r\n{\"ok\":true}\r\n0\r\n\r\n",
      .errored("protocol"), says: "chunk"),
    chunked(
      "huge-chunk", "gives a chunk a size of eight exabytes", "7fffffffffffffff\r\n{\"ok\":true}\r\n0\r\n\r\n",
      .errored("timeout"), says: "no complete response from"),
    chunked(
      "garbage-chunk", "gives a chunk no size at all", "eleven\r\n{\"ok\":true}\r\n0\r\n\r\n", .errored("protocol"),
      says: "chunk"),
    chunked(
      "chunk-with-0x", "gives a chunk's size with 0x before it", "0xb\r\n{\"ok\":true}\r\n0\r\n\r\n",
      .errored("protocol"), says: "is not a header field"),
    chunked(
      "chunked-and-length", "declares both chunked and a length", whole, .errored("protocol"),
      header: "Content-Length: 11\r\nTransfer-Encoding: chunked", says: "contradict each other"
    ),
    chunked(
      "chunked-twice", "declares chunked twice", whole, .errored("protocol"),
      header: "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", says: "Transfer-Encoding"),
    chunked(
      "unknown-coding", "uses an unknown transfer coding", whole, .errored("protocol"),
      header: "Transfer-Encoding: zebra", says: "Transfer-Encoding"),
    chunked(
      "chunked-not-last", "declares chunked, and another coding after it", whole, .errored("protocol"),
      header: "Transfer-Encoding: chunked, identity", says: "Transfer-Encoding"),
    chunked(
      "compressed-transfer", "uses a compressed transfer coding, unrequested", whole, .errored("protocol"),
      header: "Transfer-Encoding: gzip, chunked", says: "Transfer-Encoding"),
    chunked(
      "not-chunked", "declares chunked, and sends a plain body", "{\"ok\":true}", .errored("protocol"), says: "chunk"),
    chunked(
      "trailers", "sends trailers, among them a length",
      "b\r\n{\"ok\":true}\r\n0\r\nContent-Length: 3\r\nX-After: all\r\n\r\n", .passed),
    chunked(
      "tiny-chunks", "sends its response in 100,000 chunks of one byte",
      String(repeating: "1\r\n \r\n", count: 100_000) + whole, .passed),
  ]

  static let surpluses = [
    Misbehaviour(
      "responds-twice", "sends a second response at once, before the next request", .passed, step: twoSteps
    ) {
      $0.send("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"ok\":true}\(stray)")
    },
    Misbehaviour("responds-after-chunks", "sends a second response after the last chunk", .passed, step: twoSteps) {
      $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(whole)\(stray)")
    },
    Misbehaviour(
      "body-with-204", "sends a body with 204, which has the form of a response", .failed,
      says: "status: expected 200, got 204"
    ) {
      $0.send("HTTP/1.1 204 No Content\r\n\r\n\(stray)")
    },
    Misbehaviour(
      "body-with-304", "sends a body with 304, which has the form of a response", .failed,
      says: "status: expected 200, got 304"
    ) {
      $0.send("HTTP/1.1 304 Not Modified\r\nContent-Length: \(stray.utf8.count)\r\n\r\n\(stray)")
    },
    Misbehaviour(
      "body-with-head", "sends a body in response to HEAD, which has the form of a response", .passed,
      step: "http: { method: HEAD, url: \"URL\" }\n    expect: { status: 200 }\n  - \(fetched)"
    ) { $0.send("HTTP/1.1 200 OK\r\nContent-Length: \(stray.utf8.count)\r\n\r\n\(stray)") },
    Misbehaviour(
      "says-close-and-stays", "announces that it closes, and sends another response", .passed, step: twoSteps
    ) {
      $0.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 11\r\n\r\n{\"ok\":true}")
      $0.wait(atMost: 50)
      $0.send(stray)
    },
    Misbehaviour(
      "says-keep-alive-and-closes", "announces that it keeps the connection, and closes it", .passed, step: twoSteps
    ) {
      $0.send("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 11\r\n\r\n{\"ok\":true}")
      $0.close()
    },
    Misbehaviour(
      "early-refusal", "refuses a large body before it is complete, and resets", .failed, says: "got 413",
      step: largePost
    ) {
      $0.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
      $0.wait(atMost: 50)
      $0.reset()
    },
    Misbehaviour(
      "reset-in-request", "resets while it receives a large body", .errored("protocol"), says: "reset", step: largePost
    ) {
      $0.wait(atMost: 50)
      $0.reset()
    },
    Misbehaviour(
      "stops-reading", "stops reading a large body, without a response", .errored("timeout"),
      says: "no complete response from", step: largePost
    ) {
      $0.wait(atMost: 60_000)
    },
  ]

  /// A response that belongs to no request.
  static let stray = "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"path\":\"stray\"}"

  /// A request to a path that behaves correctly, on any connection: it must get its own response.
  private static let fetched = "http: { url: \"GOOD\" }\n    expect: { status: 200, json: { path: \"GOOD\" } }"
  private static let twoSteps = "\(plainStep)\n  - \(fetched)"
  private static let largePost =
    "post-payload: { path: /NAME, payload: { valid-of-size: 8000000 } }\n"
    + "    expect: { status: 200, json: { ok: true } }"
}
