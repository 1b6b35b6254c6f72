// An endpoint that shows the secrets it was sent, in every way there is.

import ConformanceModel
import Foundation
import HTTPModel
import JSONValue
import TestSupport
import Testing

/// A way to write a secret that a reader, or a decoder within reach, gets it back from.
struct Writing: Sendable, CustomStringConvertible {
  let description: String
  let write: @Sendable (String) -> String

  init(_ description: String, _ write: @escaping @Sendable (String) -> String) {
    self.description = description
    self.write = write
  }

  private static func bytes(_ text: String, _ write: (UInt8) -> String) -> String { text.utf8.map(write).joined() }
  private static func hex(_ byte: UInt8, _ isUpper: Bool = false) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: isUpper)
  }
  private static func scalars(_ text: String, _ write: (Unicode.Scalar) -> String) -> String {
    text.unicodeScalars.map(write).joined()
  }
  private static func url(_ base64: String) -> String {
    base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
  private static func base64(_ text: String, before: Int) -> String {
    Base64.encode(Array(String(repeating: "x", count: before).utf8) + Array(text.utf8) + Array("tail".utf8))
  }
  private static func json(_ text: String) -> String { String(JSON.string(text).compact.dropFirst().dropLast()) }
  private static func unicode(_ text: String, _ isUpper: Bool = false) -> String {
    text.utf16.map { "\\u" + hex(UInt8($0 >> 8), isUpper) + hex(UInt8($0 & 255), isUpper) }.joined()
  }
  private static func xml(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
      "\"", with: "&quot;"
    ).replacing("'", with: "&#39;")
  }

  static let all =
    [
      Writing("plain") { $0 }, Writing("form") { FormEncoding.encode($0) },
      Writing("percent") { FormEncoding.percentEncode($0) },
      Writing("percent-lower") {
        FormEncoding.percentEncode($0).replacing("%C3%B6", with: "%c3%b6").replacing("%2B", with: "%2b").replacing(
          "%2F", with: "%2f")
      },
      Writing("percent-all") { bytes($0) { "%" + hex($0) } },
      Writing("percent-twice") { FormEncoding.percentEncode(FormEncoding.percentEncode($0)) },
      Writing("hex") { bytes($0) { hex($0) } }, Writing("hex-upper") { bytes($0) { hex($0, true) } },
      Writing("json") { json($0) }, Writing("json-in-json") { json(json($0)) },
      Writing("json-slashes") { json($0).replacing("/", with: "\\/") },
      Writing("json-unicode") { unicode($0) }, Writing("json-unicode-upper") { unicode($0, true) },
      Writing("xml") { xml($0) }, Writing("xml-decimal") { scalars($0) { "&#\($0.value);" } },
      Writing("xml-hex") { scalars($0) { "&#x" + String($0.value, radix: 16) + ";" } },
      Writing("xml-of-xml") { xml(xml($0)) },
      Writing("cdata") { String($0.prefix(10)) + "]]><![CDATA[" + $0.dropFirst(10) },
      Writing("wrapped") { String($0.prefix(10)) + "\r\n" + $0.dropFirst(10) },
      Writing("base64-wrapped") {
        let text = Array(base64($0, before: 0))
        return stride(from: 0, to: text.count, by: 10).map { String(text[$0..<min($0 + 10, text.count)]) }.joined(
          separator: "\r\n")
      },
      Writing("base64-in-form") { FormEncoding.encode(base64($0, before: 1)) },
    ]
    + (0..<3).flatMap { before in
      [
        Writing("base64-\(before)") { base64($0, before: before) },
        Writing("base64url-\(before)") { url(base64($0, before: before)) },
      ]
    }
}

/// Takes credentials, and shows them to everyone.
private final class Echo: Sendable {
  static let token = "tok3n+/of-the-echo~._ABCDEFGHIJ0123456789=="
  let server: RawServer

  init() throws {
    let byName = Dictionary(Writing.all.map { ($0.description, $0) }, uniquingKeysWith: { first, _ in first })
    let basic = Locked("")
    server = try RawServer { request, connection in
      let words = request.head.split(separator: " ", maxSplits: 2)
      let parts = words.count > 1 ? words[1].split(separator: "/") : []
      if let line = request.head.split(separator: "\r\n").first(where: { $0.hasPrefix("Authorization: Basic ") }) {
        basic.withLock { $0 = String(line.dropFirst("Authorization: Basic ".count)) }
      }
      guard parts.count == 3, parts[0] == "echo", let writing = byName[String(parts[1])] else {
        connection.respond(
          parts.first == "token"
            ? "{\"access_token\":\"\(Echo.token)\",\"token_type\":\"Bearer\",\"expires_in\":3600}" : "{}")
        return
      }
      let written = [Workspace.echoedSecret, Echo.token, basic.withLock { $0 }].map(writing.write)
      let line = written.joined(separator: " ").replacing("\r\n", with: " ").replacing("\r", with: " ").replacing(
        "\n", with: " ")
      let text = written.joined(separator: " and ")
      switch parts[2] {
      case "reason": connection.send("HTTP/1.1 403 \(line)\r\nContent-Length: 0\r\n\r\n")
      case "header":
        connection.send(
          "HTTP/1.1 403 No\r\nX-Echo: \(line)\r\nWWW-Authenticate: Bearer error=\"\(line)\"\r\nContent-Length: 0\r\n\r\n"
        )
      case "member": connection.respond("HTTP/1.1 403 No", JSON.object(written.map { .init($0, .string($0)) }).compact)
      case "raw-member": connection.respond("HTTP/1.1 403 No", "{\"error\":\"\(text)\"}")
      case "page": connection.respond("HTTP/1.1 500 No", "<html>\n<body><h1>Trace</h1><pre>\(text)</pre>\n")
      case "chunks":
        let chunks = written.flatMap { [$0.prefix(9), $0.dropFirst(9)] }.filter { !$0.isEmpty }
        connection.send("HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n")
        for chunk in chunks { connection.send("\(String(chunk.utf8.count, radix: 16))\r\n\(chunk)\r\n") }
        connection.send("0\r\n\r\n")
      default: connection.respond("HTTP/1.1 200 OK", "{}")
      }
    }
  }
}

extension Workspace {
  static let echoedSecret = "p%&+=:/ ?#~*S3cr3t\"\\with_ödd<signs>0123456789"
}

@Suite("Secrets that an endpoint shows")
struct EchoedSecretTests {
  static let places = ["reason", "header", "member", "raw-member", "page", "chunks"]

  @Test("are in no report, in no form, wherever the endpoint puts them")
  func nowhere() throws {
    let echo = try Echo()
    var scenarios: [String: String] = [:]
    for writing in Writing.all {
      for place in EchoedSecretTests.places {
        scenarios["\(writing)-in-\(place)"] = """
          title: It is shown as \(writing) in \(place)
          covers: TST-01
          given:
            - create-client: { as: erp }
            - request-token: { as: token, client: erp, auth: basic }
          steps:
            - http: { url: "/echo/\(writing)/\(place)", headers: { Authorization: "Bearer ${token.value}" } }
              expect: { status: 200, text: "never", json: { error: never }, headers: { X-Echo: never }, challenge: { scheme: Bearer, error: never } }
          """
      }
    }
    let workspace = try Workspace(scenarios: scenarios, target: Workspace.bareTarget(echo.server.url))
    let reports = ["junit", "junit-extended", "summary", "tap", "ctrf", "gitlab", "github=Reports/github.txt"].flatMap {
      ["--report", $0]
    }
    let (process, output, errors) = try workspace.start(
      ["run"] + reports, environment: ["TEST_SECRET": Workspace.echoedSecret], within: 120)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    let basic = Base64.encode(Array("known:\(FormEncoding.encode(Workspace.echoedSecret))".utf8))
    var texts = ["the output": try Workspace.text(output), "the errors": try Workspace.text(errors)]
    for file in try FileManager.default.contentsOfDirectory(atPath: workspace.folder.appending(path: "Reports").path) {
      texts[file] = try workspace.read("Reports/\(file)")
    }
    #expect(texts.count >= 10, "\(texts.keys)")
    for (name, text) in texts {
      let readable = EchoedSecretTests.flat(text)
      for writing in Writing.all {
        for (what, secret) in [("secret", Workspace.echoedSecret), ("token", Echo.token), ("Basic header", basic)] {
          let written = writing.write(secret)
          #expect(
            !text.contains(written) && !readable.contains(EchoedSecretTests.flat(written)),
            "\(name) shows the \(what) as \(writing)")
        }
      }
    }
    // it was there: its replacement shows that
    #expect(try workspace.read("Reports/run.jsonl").contains("$TEST_SECRET"))
    try workspace.keepReport("Reports/junit.xml", as: "echoed-secrets.xml")
  }

  /// Without the escapes of reports and without line breaks.
  private static func flat(_ text: String) -> String {
    text.replacing("\\n", with: "").replacing("\\r", with: "").replacing("\\\"", with: "\"").replacing(
      "\\\\", with: "\\"
    ).replacing("\n", with: "")
      .replacing("\r", with: "").replacing("&quot;", with: "\"").replacing("&lt;", with: "<").replacing(
        "&gt;", with: ">"
      ).replacing("&amp;", with: "&")
      .replacing("&#13;", with: "")
  }

  @Test("are masked in parts as well, as long as a part has fifteen bytes")
  func parts() throws {
    let secret = "0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t"
    let server = try RawServer { request, connection in
      if request.head.hasPrefix("GET /parts") {
        connection.send(
          "HTTP/1.1 200 OK\r\nX-One: \(secret.prefix(20))\r\nX-Two: \(secret.dropFirst(20))\r\nContent-Length: 17\r\n\r\n{\"x\":\"\(secret.suffix(10))\"}"
        )
      } else {
        connection.respond("{}")
      }
    }
    let scenario =
      "title: In parts\ncovers: TST-01\ngiven:\n  - create-client: { as: erp }\n  - request-token: { client: erp }\n    expect: { status: 200 }\nsteps:\n  - http: { url: /parts }\n    expect: { json: { x: 1 } }\n"
    let workspace = try Workspace(scenarios: ["parts": scenario], target: Workspace.bareTarget(server.url))
    let outcome = try workspace.conform("run", environment: ["TEST_SECRET": secret])
    #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
    let everything = try outcome.output + workspace.read("Reports/run.jsonl") + workspace.read("Reports/junit.xml")
    #expect(everything.contains("X-One: $") && everything.contains("X-Two: $"))
    #expect(!everything.contains(secret.prefix(20)) && !everything.contains(secret.dropFirst(20)))
  }
}
