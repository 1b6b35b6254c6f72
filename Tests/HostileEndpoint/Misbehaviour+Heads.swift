// Invalid status lines, interim responses and header fields.

extension Misbehaviour {
  private static func statusLine(_ name: String, _ does: String, _ line: String, _ verdict: Verdict, says: String)
    -> Misbehaviour
  {
    Misbehaviour(name, does, verdict, says: says) { $0.respond([line, "Content-Type: application/json"]) }
  }

  static let statusLines = [
    Misbehaviour("no-http", "greets like a mail server", .errored("protocol"), says: "not valid HTTP") {
      $0.send("220 mail.example ESMTP\r\n")
      $0.close()
    },
    Misbehaviour(
      "http-0-9", "responds in HTTP/0.9: with a body and nothing before it", .errored("protocol"),
      says: "not valid HTTP", "HTTP/0.9"
    ) {
      $0.send("{\"ok\":true}")
      $0.close()
    },
    Misbehaviour("binary", "responds with random bytes", .errored("protocol"), says: "not valid HTTP") {
      $0.send((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) })
      $0.close()
    },
    statusLine(
      "version-3-7", "uses HTTP/3.7", "HTTP/3.7 200 OK", .errored("protocol"), says: "not valid HTTP"),
    statusLine(
      "version-2-in-text", "uses HTTP/2 as text", "HTTP/2 200 OK", .errored("protocol"),
      says: "not valid HTTP"),
    statusLine(
      "version-long", "has a version of many digits", "HTTP/1.111111111111111111111 200 OK", .errored("protocol"),
      says: "not valid HTTP"),
    statusLine(
      "status-missing", "omits the status", "HTTP/1.1 ", .errored("protocol"), says: "not valid HTTP"),
    statusLine(
      "status-words", "has words for a status", "HTTP/1.1 OK 200", .errored("protocol"),
      says: "not valid HTTP"),
    statusLine(
      "status-000", "has the status 000", "HTTP/1.1 000 Nothing", .errored("protocol"), says: "not valid HTTP"
    ),
    statusLine(
      "status-99", "has the status 99", "HTTP/1.1 99 Low", .errored("protocol"), says: "not valid HTTP"),
    statusLine(
      "status-1000", "has the status 1000", "HTTP/1.1 1000 High", .errored("protocol"), says: "not valid HTTP"
    ),
    statusLine(
      "status-200000", "has the status 200000", "HTTP/1.1 200000 Higher", .errored("protocol"),
      says: "not valid HTTP"),
    statusLine(
      "status-negative", "has the status -200", "HTTP/1.1 -200 Low", .errored("protocol"),
      says: "not valid HTTP"),
    statusLine(
      "status-999", "has the status 999", "HTTP/1.1 999 Unknown", .failed, says: "status: expected 200, got 999"),
  ]

  static let interim = [
    Misbehaviour("interim-flood", "sends 100 Continue without end", .errored("protocol"), says: "interim responses") {
      $0.flood("HTTP/1.1 100 Continue\r\n\r\n")
    },
    Misbehaviour(
      "early-hints-flood", "sends 103 Early Hints without end", .errored("protocol"), says: "interim responses"
    ) {
      $0.flood("HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n")
    },
    Misbehaviour(
      "interim-only", "sends 100 Continue and nothing more", .errored("timeout"), says: "no complete response from"
    ) {
      $0.send("HTTP/1.1 100 Continue\r\n\r\n")
      $0.wait()
    },
    Misbehaviour(
      "switches-protocols", "switches to an unrequested protocol", .failed,
      says: "status: expected 200, got 101"
    ) {
      $0.send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: smtp\r\nConnection: Upgrade\r\n\r\n220 mail.example ESMTP\r\n")
      $0.close()
    },
    Misbehaviour(
      "switches-and-stays", "switches protocols and keeps the connection", .failed,
      says: "status: expected 200, got 101"
    ) {
      $0.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
      $0.wait()
    },
  ]

  private static func field(_ name: String, _ does: String, _ line: String, _ verdict: Verdict, says: String = "")
    -> Misbehaviour
  {
    Misbehaviour(name, does, verdict, says: says) { $0.respond(["HTTP/1.1 200 OK", line]) }
  }

  static let fields = [
    field(
      "header-without-colon", "sends a header line without a colon", "this is not a header field", .errored("protocol"),
      says: "not valid HTTP"),
    field(
      "header-without-name", "sends a header field without a name", ": value", .errored("protocol"),
      says: "is not a header field"),
    field(
      "header-with-space-in-name", "puts a space before a header field's colon", "X-Blank : value",
      .errored("protocol"),
      says: "is not a header field"),
    field(
      "header-with-nul", "sends NUL within a header field", "X-Nul: a\u{0}b", .errored("protocol"),
      says: "not valid HTTP"),
    field(
      "header-with-cr", "sends a lone CR within a header field", "X-Cr: a\rb", .errored("protocol"),
      says: "is not a header field"),
    Misbehaviour(
      "folded-first-header", "starts its first header field with white space", .errored("protocol"),
      says: "not valid HTTP"
    ) {
      $0.respond(["HTTP/1.1 200 OK", " X-Folded: \(String(repeating: "x", count: 300))"])
    },
    field("folded-header", "folds a header field over two lines, which is obsolete", "X-Folded: a\r\n b", .passed),
    Misbehaviour("lone-line-feeds", "ends its lines with LF alone", .passed) {
      $0.send("HTTP/1.1 200 OK\nContent-Length: 11\n\n{\"ok\":true}")
    },
  ]
}
