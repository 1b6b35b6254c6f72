// Curl commands that are really run, by bash, against a server that records the bytes of requests.

import ConformanceModel
import Foundation
import HTTPModel
import RunEvents
import TestSupport
import Testing

@testable import Reporting

@Suite("A curl command, run by bash")
struct CurlRunTests {
  /// Values of masked secrets. The second has characters that forms and shells treat specially.
  private static let secrets = ["TOKEN": "s3cret-Token", "ERP_SECRET": "a&b=c'd \"%+é$HOME", "ERP_BASIC": "YTpi"]

  /// Runs a command with the secrets in its environment, and returns the bytes of the one request.
  private func run(_ exchange: ExchangeRecord) async throws -> RawRequest {
    let server = try RawServer { _, connection in connection.respond("ok") }
    var exchange = exchange
    exchange.url = server.url + exchange.url
    let command = try #require(Curl.command(for: exchange))
    // reports and consoles show the command unchanged
    #expect(SafeText.forConsole("again: \(command)") == "again: \(command)")
    #expect(!command.contains("\n"))
    let bash = Process()
    bash.executableURL = URL(fileURLWithPath: "/bin/bash")
    bash.arguments = ["-c", command]
    bash.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"].merging(CurlRunTests.secrets) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    bash.standardOutput = output
    bash.standardError = errors
    bash.standardInput = FileHandle.nullDevice
    try bash.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    bash.waitUntilExit()
    try #require(bash.terminationStatus == 0 && text.hasPrefix("HTTP/1.1 200"), "\(command)\n\(text)")
    try #require(server.requests.count == 1)
    return server.requests[0]
  }

  private func record(
    _ method: String = "POST", _ url: String = "/in", _ headers: [HeaderField] = [], body: String = "",
    size: Int? = nil,
    isBase64: Bool = false
  ) -> ExchangeRecord {
    var exchange = Sample.exchange()
    (exchange.method, exchange.url, exchange.requestHeaders) = (method, url, headers)
    exchange.requestBody = BodyRecord(size: size ?? body.utf8.count, text: body, isBase64: isBase64)
    return exchange
  }

  /// The lines of a head without the fields that curl sets by itself and that no request of the harness sets.
  private func fields(_ request: RawRequest) -> [String] {
    request.head.split(separator: "\r\n").dropFirst().map(String.init).filter { line in
      !["host:", "user-agent:", "accept:"].contains { line.lowercased().hasPrefix($0) }
    }
  }

  @Test(
    "sends the same body",
    arguments: [
      #"{"id": 7}"#, "@/etc/hostname", "a\r\nb\n", "tab\there", "\u{1B}[31m\u{202E}\u{7F}",
      "'\u{301}`id`$(id)${IFS}\\!",
      "##[group]::error::", "\\n\\t\\x41", "\t1\u{1}1\u{0}0", "é漢🚚\u{2028}", "", "$lower $1", "--data",
      String(
        repeating: "x", count: 5000),
    ])
  func bodies(body: String) async throws {
    let request = try await run(record("POST", "/in", [HeaderField("Content-Type", "text/plain")], body: body))
    #expect(request.body == Array(body.utf8))
    #expect(fields(request) == ["Content-Type: text/plain", "Content-Length: \(body.utf8.count)"])
    #expect(request.head.hasPrefix("POST /in HTTP/1.1\r\n"))
  }

  @Test("sends bytes that are not UTF-8")
  func binary() async throws {
    let bytes: [UInt8] = [0xFF, 0, 0xFE, 0x0A]
    let request = try await run(record(body: Base64.encode(bytes), size: 4, isBase64: true))
    #expect(request.body == bytes)
  }

  @Test("sends the same header fields, also empty and repeated ones")
  func headers() async throws {
    let fields = [
      HeaderField("X-Empty", ""), HeaderField("X-Blank", " "), HeaderField("X-A", "one"), HeaderField("X-A", "two"),
      HeaderField("X-Tab", "a\tb"), HeaderField("X-Quote", "\"it's\""), HeaderField("Authorization", "Bearer  $TOKEN"),
    ]
    let request = try await run(record("GET", "/in?a=[1]&b={2}", fields))
    #expect(
      self.fields(request) == [
        "X-Empty:", "X-Blank:", "X-A: one", "X-A: two", "X-Tab: a\tb", "X-Quote: \"it's\"",
        "Authorization: Bearer  s3cret-Token",
      ])
    #expect(request.head.hasPrefix("GET /in?a=[1]&b={2} HTTP/1.1\r\n"))
  }

  @Test("sends the given Host fields only", arguments: [["other.example"], ["a.example", "b.example"]])
  func hosts(hosts: [String]) async throws {
    let request = try await run(record("GET", "/in", hosts.map { HeaderField("Host", $0) }))
    let sent = request.head.split(separator: "\r\n").filter { $0.lowercased().hasPrefix("host:") }
    #expect(sent.map(String.init) == hosts.map { "Host: \($0)" })
  }

  @Test("keeps the chunked transfer coding, also of an empty body", arguments: ["{}", ""])
  func chunked(body: String) async throws {
    let request = try await run(record("POST", "/in", [HeaderField("Transfer-Encoding", "chunked")], body: body))
    #expect(fields(request) == ["Transfer-Encoding: chunked"])
    let chunk = body.isEmpty ? "" : "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n"
    #expect(String(decoding: request.body, as: UTF8.self) == chunk + "0\r\n\r\n")
  }

  @Test(
    "keeps methods and paths",
    arguments: [("HEAD", "/in"), ("DELETE", "/a/../b/."), ("PUT", "/in"), ("FOO", "/a?b=/./")])
  func methods(method: String, path: String) async throws {
    let request = try await run(record(method, path))
    #expect(request.head.hasPrefix("\(method) \(path) HTTP/1.1\r\n"))
    #expect(fields(request) == (method == "PUT" ? ["Content-Length: 0"] : []))
  }

  @Test("encodes secrets in forms, and puts them unchanged into other bodies")
  func secrets() async throws {
    let secret = try #require(CurlRunTests.secrets["ERP_SECRET"])
    let form = [HeaderField("Content-Type", "application/x-www-form-urlencoded")]
    let body = "grant_type=client_credentials&client_id=a%2Fb&client_secret=+%C3%A9$ERP_SECRET&x=1&x=2"
    let request = try await run(record("POST", "/token", form, body: body))
    let pairs = String(decoding: request.body, as: UTF8.self).split(separator: "&").map(String.init)
    #expect(pairs.count == 5 && pairs[1] == "client_id=a%2Fb" && pairs[3...] == ["x=1", "x=2"])
    // a space is + or %20 in a form, depending on the version of curl
    let sent = pairs[2].split(separator: "=")[1].replacing("+", with: " ").removingPercentEncoding
    #expect(sent == " é\(secret)")

    let json = try await run(record(body: "{\"token\": \"${TOKEN}A\", \"other\": \"$TOKEN\"}"))
    #expect(String(decoding: json.body, as: UTF8.self) == #"{"token": "s3cret-TokenA", "other": "s3cret-Token"}"#)
  }

  @Test("names a wrong secret, and explains Basic credentials")
  func wrongSecrets() throws {
    let swapped = record("POST", "/token", [HeaderField("Authorization", "Basic $ERP_SECRET_SWAP_CASE_BASIC")])
    let command = try #require(Curl.command(for: swapped))
    #expect(command.contains(#"'Authorization: Basic '"$ERP_SECRET_SWAP_CASE_BASIC""#))
    #expect(command.hasSuffix("   # ERP_SECRET_SWAP_CASE_BASIC is the Base64 of id:secret, each form-encoded"))
  }
}
