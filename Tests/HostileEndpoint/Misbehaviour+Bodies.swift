// Bodies that contradict their header fields, redirects, and text that acts on a reader of reports.

import HTTPModel

extension Misbehaviour {
  /// A step that checks only the text.
  private static let textStep = "http: { url: \"URL\" }\n    expect: { status: 200, text: \"never\" }"

  private static func body(
    _ name: String, _ does: String, _ verdict: Verdict, says: String, lines: [String] = [],
    body: @escaping @Sendable () -> [UInt8]
  ) -> Misbehaviour {
    Misbehaviour(name, does, verdict, says: says) { $0.respond(["HTTP/1.1 200 OK"] + lines, body()) }
  }

  static let bodies = [
    body(
      "gzip-bomb", "sends 64 KB of gzip that decompress to 10 MB, unrequested", .failed, says: "Content-Encoding: gzip",
      lines: ["Content-Encoding: gzip"]
    ) {
      Gzip.bomb(ofMegabytes: 10)
    },
    body(
      "cut-gzip", "sends a gzip stream that breaks off", .failed, says: "Content-Encoding: gzip",
      lines: ["Content-Encoding: gzip"]
    ) {
      Array(Gzip.bomb(ofMegabytes: 1).prefix(40))
    },
    body(
      "unknown-encoding", "names an unknown content encoding", .failed, says: "Content-Encoding: zebra",
      lines: ["Content-Encoding: zebra"]
    ) {
      Array("zebra!".utf8)
    },
    Misbehaviour(
      "empty-body", "responds with 200 and an empty body", .failed, says: "body as JSON: not JSON",
      "0 bytes"
    ) { $0.respond(["HTTP/1.1 200 OK"], "") },
    Misbehaviour("redirect-loop", "redirects to itself endlessly", .failed, says: "status: expected 200, got 302") {
      $0.respond(["HTTP/1.1 302 Found", "Location: /hostile/redirect-loop"], "")
    },
    Misbehaviour(
      "redirect-to-file", "redirects to a file of the machine", .failed, says: "status: expected 200, got 307"
    ) {
      $0.respond(["HTTP/1.1 307 Temporary Redirect", "Location: file:///etc/passwd"], "")
    },
    Misbehaviour(
      "redirect-elsewhere", "redirects to another endpoint, which would get the credentials", .failed,
      says: "status: expected 200, got 308",
      step: "http: { url: \"URL\", headers: { Authorization: \"Bearer CREDENTIAL\" } }\n"
        + "    expect: { status: 200, json: { ok: true } }"
    ) { $0.respond(["HTTP/1.1 308 Permanent Redirect", "Location: \($0.elsewhere)/redirected"], "") },
    Misbehaviour(
      "refresh-elsewhere", "refreshes to another endpoint, in a header field and in the page", .failed, says: "not JSON"
    ) {
      $0.respond(
        ["HTTP/1.1 200 OK", "Refresh: 0; url=\($0.elsewhere)/refreshed", "Alt-Svc: h2=\":443\""],
        "<meta http-equiv=refresh content=\"0; url=\($0.elsewhere)/refreshed\">")
    },
    Misbehaviour(
      "asks-for-credentials", "requests credentials by several schemes", .failed,
      says: "status: expected 200, got 401"
    ) {
      $0.respond(
        [
          "HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Basic realm=x", "WWW-Authenticate: Negotiate",
          "WWW-Authenticate: NTLM",
        ], "{}")
    },
    Misbehaviour(
      "always-later", "requests with every response a retry after 0 seconds", .errored("protocol"),
      says: "the target limits the rate of requests: HTTP 429", "after 3 attempts"
    ) {
      $0.respond(["HTTP/1.1 429 Too Many Requests", "Retry-After: 0"], "{}")
    },
    Misbehaviour(
      "later-for-ever", "requests a retry in 136 years", .errored("protocol"),
      says: "the target limits the rate of requests: HTTP 429", "after 1 attempt"
    ) {
      $0.respond(["HTTP/1.1 429 Too Many Requests", "Retry-After: 4294967295"], "{}")
    },
  ]

  /// Text that acts on a careless reader of reports.
  static let commands =
    "::error file=x::owned\n  ::set-output name=x::y\n##[error]owned\n##vso[task.complete result=Failed]\n"
    + "##teamcity[testFailed name='x']"
  static let escapes = "\u{1B}]0;owned\u{7}\u{1B}[2J\u{1B}[8mhidden\u{9B}31m\r\u{8}\u{8}"
  static let markup =
    "]]> <failure message=\"x\"/> &amp; <!-- --> <![CDATA[ x ]]> </testsuites><script>alert(1)</script>"
  static let bidi = "\u{202E}desrever\u{202C}\u{2066}isolated\u{2069}\u{200F}\u{61C}\u{FEFF}\u{FFFE}\u{1F600}\u{10FFFF}"

  /// The text with the escapes that JSON requires.
  private static func json(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case "\u{0}"..."\u{1F}": "\\u00\(scalar.value < 16 ? "0" : "")\(String(scalar.value, radix: 16))"
      default: String(scalar)
      }
    }
    return escaped.joined()
  }

  private static func oneLine(_ text: String) -> String { text.replacing("\n", with: " ").replacing("\r", with: " ") }

  private static func text(_ name: String, _ what: String, _ text: String) -> [Misbehaviour] {
    [
      Misbehaviour("\(name)-in-reason", "puts \(what) into its status line", .failed, says: "got 418") {
        $0.respond(["HTTP/1.1 418 \(oneLine(text))"])
      },
      Misbehaviour(
        "\(name)-in-header", "puts \(what) into header values and a challenge", .failed, says: "got 401",
        step: challengeStep
      ) {
        $0.respond(["HTTP/1.1 401 Unauthorized", "X-Odd: \(oneLine(text))", "WWW-Authenticate: \(oneLine(text))"])
      },
      Misbehaviour("\(name)-in-body", "puts \(what) into a body", .failed, says: "not JSON") {
        $0.respond(["HTTP/1.1 200 OK"], text)
      },
      Misbehaviour(
        "\(name)-in-text", "puts \(what) into a body that is compared as text", .failed,
        says: "body: expected \"never\"",
        step: textStep
      ) {
        $0.respond(["HTTP/1.1 200 OK"], text)
      },
      Misbehaviour(
        "\(name)-in-json", "puts \(what) into JSON, names and values", .failed,
        says: "body as JSON, /ok: expected true", step: memberStep
      ) {
        $0.respond(["HTTP/1.1 200 OK"], "{\"ok\":\"\(json(text))\",\"\(json(text))\":1,\"error\":\"\(json(text))\"}")
      },
      Misbehaviour(
        "\(name)-in-xml", "puts \(what) into XML", .failed, says: "body as XML, /a/b: expected \"never\"", step: xmlStep
      ) {
        let legal = text.unicodeScalars.filter { ($0.value >= 0x20 && $0.value != 0xFFFE) || $0 == "\n" }.map {
          $0 == "<" ? "&lt;" : $0 == "&" ? "&amp;" : $0 == ">" ? "&gt;" : String($0)
        }
        $0.respond(["HTTP/1.1 200 OK", "Content-Type: text/xml"], "<a><b>\(legal.joined())</b></a>")
      },
    ]
  }

  private static let challengeStep =
    "http: { url: \"URL\" }\n    expect: { challenge: { scheme: Bearer, error: invalid_token }, status: 200 }"
  private static let memberStep = "http: { url: \"URL\" }\n    expect: { json: { exactly: { ok: true } } }"
  private static let xmlStep = "http: { url: \"URL\" }\n    expect: { xml: { /a/b: \"never\" } }"

  static let texts =
    text("commands", "commands of CI systems", commands) + text("escapes", "escape sequences of terminals", escapes)
    + text("markup", "markup of reports", markup)
    + text("bidi", "characters that change the direction of text", bidi) + [
      Misbehaviour(
        "odd-header-names", "has header names of escapes and commands", .errored("protocol"),
        says: "is not a header field"
      ) {
        $0.respond(["HTTP/1.1 500 Oops", "##vso[task.complete]: 1", "\u{1B}[31mRed: 1", "\u{202E}deR: 1", "<b>: 1"])
      },
      Misbehaviour("nul-in-body", "sends NUL within its body", .failed, says: "not JSON") {
        $0.respond(["HTTP/1.1 200 OK"], "{\"ok\":\u{0}true}\u{0}")
      },
      Misbehaviour("invalid-utf8", "sends bytes that are not UTF-8", .failed, says: "not UTF-8") {
        $0.respond(
          ["HTTP/1.1 200 OK"],
          Array("{\"ok\":\"".utf8) + [0xFF, 0xFE, 0xC3, 0x28, 0xED, 0xA0, 0x80, 0xF8, 0x88] + Array("\"}".utf8))
      },
      Misbehaviour(
        "invalid-utf8-in-header", "sends bytes that are not UTF-8 in a header field", .failed, says: "got 500"
      ) {
        $0.send(
          Array("HTTP/1.1 500 ".utf8) + [0xFF, 0xC0] + Array("\r\nX-Odd: ".utf8) + [0xFF, 0xED, 0xA0, 0x80]
            + Array("\r\nContent-Length: 0\r\n\r\n".utf8))
      },
      Misbehaviour(
        "one-huge-character", "sends a letter with 300,000 accents", .failed, says: "body: expected \"never\"",
        step: textStep
      ) {
        $0.respond(["HTTP/1.1 200 OK"], "e" + String(repeating: "\u{301}", count: 300_000))
      },
      Misbehaviour(
        "text-of-one-character", "sends a letter with five million accents", .errored("internal"),
        says: "truncated after 1048576 bytes", step: textStep
      ) {
        $0.respond(["HTTP/1.1 200 OK"], "e" + String(repeating: "\u{301}", count: 5_000_000))
      },
      Misbehaviour(
        "one-huge-line", "sends a line of 900 KB in a text that is compared", .failed, says: "body: expected \"never\"",
        step: textStep
      ) {
        $0.respond(["HTTP/1.1 200 OK"], String(repeating: "x", count: 900_000))
      },
    ]
}
