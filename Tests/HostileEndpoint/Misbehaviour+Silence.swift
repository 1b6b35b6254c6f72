// Endpoints that are slow, end early, or never end.

extension Misbehaviour {
  static let silence = [
    Misbehaviour(
      "silence", "reads the request and sends nothing", .errored("timeout"), says: "no complete response from",
      "(received 0 bytes)"
    ) {
      $0.wait()
    },
    Misbehaviour(
      "trickling-header", "sends its header a byte a second", .errored("timeout"), says: "no complete response from",
      "within"
    ) {
      $0.trickle("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n")
    },
    Misbehaviour(
      "trickling-body", "sends its body a byte a second", .errored("timeout"), says: "no complete response from",
      "within"
    ) {
      $0.send("HTTP/1.1 200 OK\r\nContent-Length: 91\r\n\r\n")
      $0.trickle("{\"ok\":true}" + String(repeating: " ", count: 80))
    },
    Misbehaviour(
      "trickling-chunks", "sends a chunk of one byte a second", .errored("timeout"), says: "no complete response from",
      "within"
    ) {
      $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      while $0.send("1\r\n \r\n"), !$0.wait(atMost: 1000) {}
    },
    Misbehaviour(
      "stopped-body", "sends a part of its body and then nothing", .errored("timeout"),
      says: "no complete response from",
      "received 46 bytes"
    ) {
      $0.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"ok\":")
      $0.wait()
    },
    Misbehaviour(
      "body-without-end", "gives no length and leaves the connection open", .errored("timeout"),
      says: "no complete response from", "within"
    ) {
      $0.send("HTTP/1.1 200 OK\r\n\r\n{\"ok\":true}")
      $0.wait()
    },
  ]

  static let endings = [
    Misbehaviour(
      "close-before-response", "reads the request and closes", .errored("protocol"),
      says: "closed the connection before sending a status line"
    ) {
      $0.close()
    },
    Misbehaviour(
      "close-in-status-line", "closes within the status line", .errored("protocol"),
      says: "closed the connection before sending a status line"
    ) {
      $0.send("HTTP/1.1 20")
      $0.close()
    },
    Misbehaviour(
      "close-after-status-line", "closes after the status line", .errored("protocol"),
      says: "is incomplete after 17 bytes, within its header section"
    ) {
      $0.send("HTTP/1.1 200 OK\r\n")
      $0.close()
    },
    Misbehaviour(
      "close-in-header", "closes within a header line", .errored("protocol"),
      says: "is incomplete after 17 bytes, within its header section"
    ) {
      $0.send("HTTP/1.1 200 OK\r\nContent-Le")
      $0.close()
    },
    Misbehaviour(
      "close-after-header", "closes before its body", .errored("protocol"),
      says: "is incomplete after 39 bytes", "11 bytes remaining"
    ) {
      $0.send("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n")
      $0.close()
    },
    Misbehaviour(
      "close-in-body", "closes within its body", .errored("protocol"), says: "is incomplete after 44 bytes",
      "6 bytes remaining"
    ) {
      $0.send("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"ok\"")
      $0.close()
    },
    Misbehaviour("close-in-chunk", "closes within a chunk", .errored("protocol"), says: "is incomplete") {
      $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{\"ok\"")
      $0.close()
    },
    Misbehaviour(
      "close-between-chunks", "closes before the next chunk, after complete JSON",
      .errored("protocol"), says: "is incomplete"
    ) {
      $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{\"ok\":true}\r\n")
      $0.close()
    },
    Misbehaviour(
      "close-before-trailers", "closes after the last chunk, before the empty line", .errored("protocol"),
      says: "is incomplete"
    ) {
      $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{\"ok\":true}\r\n0\r\n")
      $0.close()
    },
    Misbehaviour(
      "reset-before-response", "resets the connection instead of a response", .errored("protocol"), says: "reset"
    ) { $0.reset() },
    Misbehaviour(
      "reset-in-body", "resets the connection within its body", .errored("protocol"), says: "is incomplete", "reset"
    ) {
      $0.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{\"ok\"")
      $0.wait(atMost: 50)
      $0.reset()
    },
  ]

  static let floods = [
    Misbehaviour(
      "endless-header", "sends header lines without end", .errored("protocol"), says: "more than 1000 header fields"
    ) {
      $0.send("HTTP/1.1 200 OK\r\n")
      $0.flood("X-Again: and again\r\n")
    },
    Misbehaviour(
      "endless-header-line", "sends a header line without end", .errored("protocol"), says: "a header line",
      "longer than"
    ) {
      $0.send("HTTP/1.1 200 OK\r\nX-Long: ")
      $0.flood("and so on ")
    },
    Misbehaviour(
      "endless-status-line", "sends a status line without end", .errored("protocol"), says: "line", "longer than"
    ) {
      $0.send("HTTP/1.1 200 ")
      $0.flood("OK and so on ")
    },
    Misbehaviour(
      "megabyte-header-line", "sends a header line of 1 MB", .errored("protocol"), says: "a header line", "longer than"
    ) {
      $0.send(
        "HTTP/1.1 200 OK\r\nX-Long: \(String(repeating: "x", count: 1 << 20))\r\n"
          + "Content-Length: 11\r\n\r\n{\"ok\":true}"
      )
      $0.wait()
    },
    Misbehaviour(
      "many-long-header-lines", "sends 60 header lines of 8 KB", .errored("protocol"), says: "the header section of",
      "exceeds 262144 bytes"
    ) {
      let line = "X-Long: \(String(repeating: "x", count: 8192))\r\n"
      $0.send("HTTP/1.1 200 OK\r\n\(String(repeating: line, count: 60))Content-Length: 11\r\n\r\n{\"ok\":true}")
      $0.wait()
    },
    Misbehaviour("cookie-flood", "sets 2000 cookies", .errored("protocol"), says: "more than 1000 header fields") {
      let cookies = (0..<2000).map { "Set-Cookie: c\($0)=\($0); Path=/\r\n" }.joined()
      $0.send("HTTP/1.1 200 OK\r\n\(cookies)Content-Length: 11\r\n\r\n{\"ok\":true}")
      $0.wait()
    },
    Misbehaviour(
      "endless-body", "sends a body without end", .errored("internal"), says: "truncated after 1048576 bytes"
    ) {
      $0.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
      $0.flood("xxxxxxxx")
    },
    Misbehaviour(
      "endless-chunks", "sends chunks without end", .errored("internal"), says: "truncated after 1048576 bytes"
    ) {
      $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      $0.flood("8\r\nxxxxxxxx\r\n")
    },
    Misbehaviour("endless-chunk-line", "sends a chunk's size without end", .errored("protocol"), says: "chunk") {
      $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      $0.flood("00000000")
    },
    Misbehaviour(
      "endless-chunk-extension", "sends a chunk's extension without end", .errored("timeout"),
      says: "no complete response from"
    ) {
      $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8;")
      $0.flood("name=value;")
    },
    Misbehaviour(
      "endless-trailers", "sends trailers without end", .errored("protocol"), says: "more than 1000 header fields"
    ) {
      $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{\"ok\":true}\r\n0\r\n")
      $0.flood("X-Again: and again\r\n")
    },
  ]
}
