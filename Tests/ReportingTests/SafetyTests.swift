// Texts of an endpoint in a shell and on a console.

import ConformanceModel
import Foundation
import RunEvents
import Testing

@testable import Reporting

@Suite("A curl command")
struct CurlTests {
  /// The words after `curl`, as bash reads the command.
  private func words(_ command: String) throws -> [String] {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/bash")
    shell.arguments = ["-c", "TOKEN='s3cret token'; curl() { printf '%s\\0' \"$@\"; }\n\(command)"]
    let output = Pipe()
    shell.standardOutput = output
    try shell.run()
    let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
    shell.waitUntilExit()
    return bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private func command(_ exchange: ExchangeRecord) throws -> String { try #require(Curl.command(for: exchange)) }

  private func command(body: String = #"{"id":7}"#) throws -> String { try command(Sample.exchange(body: body)) }

  @Test(
    "does not exist for steps of a program or a person",
    arguments: ["command:./manage", "prompt:create"])
  func others(_ what: String) {
    var exchange = Sample.exchange()
    (exchange.method, exchange.url, exchange.version) = ("RUN", what, "")
    #expect(Curl.command(for: exchange) == nil)
    var finding = Finding(.failed, .assertion, "the list has no such client")
    finding.exchange = exchange
    let text = FindingText.lines(finding).joined(separator: "\n")
    #expect(text.contains("> RUN \(what)"))
    #expect(!text.contains("again:"))
    #expect(!text.contains("HTTP/"))
  }

  @Test("repeats the request, with secrets as variables of the shell")
  func simple() throws {
    #expect(
      try command() == """
        curl -i -H 'Authorization: Bearer '"$TOKEN" -H 'Content-Type: application/json' --data-binary '{"id":7}' 'http://127.0.0.1:8080/v1/orders'
        """)
    #expect(
      try words(command()) == [
        "-i", "-H", "Authorization: Bearer s3cret token", "-H", "Content-Type: application/json", "--data-binary",
        #"{"id":7}"#,
        "http://127.0.0.1:8080/v1/orders",
      ])
  }

  @Test(
    "no text breaks out of its quotes",
    arguments: [
      "'; echo broken; '", "'\u{301}; echo broken #", "`id` $(id) ${IFS} \\ \"!\" $1 $lower", "line\nbreak\\\n",
      "* ? [a-z] ~ # & | > <", "'", "''", "\"'\"",
      "\u{200D}'\u{FE0F}$\u{301}(id)",
    ])
  func hostile(_ text: String) throws {
    #expect(try words(command(body: text)).contains(text))
    #expect(try words("curl \(Shell.word(text))") == [text])
  }

  @Test("a secret in the middle of a text becomes a variable, whatever surrounds it")
  func secretInside() throws {
    #expect(try words(command(body: "a'$TOKEN'b $TOKEN")).contains("a's3cret token'b s3cret token"))
  }

  @Test("has only options that differ from curl's defaults")
  func options() throws {
    var exchange = Sample.exchange(body: "@/etc/hostname")
    #expect(try command(exchange).contains("--data-raw '@/etc/hostname'"))
    exchange = Sample.exchange(body: "")
    #expect(try command(exchange).contains("curl -i -H ") && command(exchange).contains("--data-binary ''"))
    exchange.method = "HEAD"
    exchange.url = "https://example.com/a/../[x]"
    #expect(try command(exchange).hasPrefix("curl -i --http1.1 --globoff --path-as-is -I "))
    exchange.method = "GET"
    exchange.version = "2"
    exchange.url = "https://example.com/"
    #expect(try command(exchange).hasPrefix("curl -i -H "))
  }

  @Test("a body that does not fit into a command is read from a file", arguments: 0..<4)
  func bodies(_ kind: Int) throws {
    var exchange = Sample.exchange(body: kind == 3 ? String(repeating: "x", count: 9000) : "text")
    if kind == 0 { exchange.requestBody = BodyRecord(size: 9, text: "/w==", isBase64: true) }
    if kind == 1 { exchange.requestBody.omitted = 10 }
    if kind == 2 { exchange.requestBody.isCut = true }
    let command = try command(exchange)
    #expect(command.hasSuffix("# put the \(exchange.requestBody.size) bytes of the body into the file BODY"))
    #expect(try words(command).contains("@BODY"))
  }
}

@Suite("Text on a console")
struct SafeTextTests {
  @Test(
    "cannot control a terminal or a CI system",
    arguments: [
      ("\u{1B}[31mred\u{9B}0m", "\\u{1B}[31mred\\u{9B}0m"), ("a\rb", "a\\u{D}b"),
      ("\u{202E}evil\u{61C}", "\\u{202E}evil\\u{61C}"), ("tab\t.", "tab    ."),
      ("::error::x", "| ::error::x"), ("ok\n  ::set-env name=X::y", "ok\n|   ::set-env name=X::y"),
      ("\u{3000}::error::", "| \u{3000}::error::"),
      ("a ##[group]", "a ##·[group]"), ("##vso[task.x]", "##·vso[task.x]"), ("x##teamcity[y]", "x##·teamcity[y]"),
      ("###[a]", "###·[a]"),
      ("\u{600}##vso[a]", "\u{600}##·vso[a]"), ("##VSO[a]", "##·VSO[a]"), ("a::b # ## [c]", "a::b # ## [c]"),
      ("## Title", "## Title"), ("", ""),
      ("\u{FEFF}::error::", "\\u{FEFF}::error::"), ("x\u{2028}::error::", "x\\u{2028}::error::"),
    ])
  func safe(_ given: String, _ shown: String) {
    #expect(SafeText.forConsole(given).unicodeScalars.elementsEqual(shown.unicodeScalars))
  }

  @Test(
    "is unchanged when it is made safe again",
    arguments: ["::error", "##[a]", "###vso[##[", "\u{1B}::x\n::y"])
  func twice(_ text: String) {
    let once = SafeText.forConsole(text)
    #expect(SafeText.forConsole(once) == once)
  }

  @Test("one line is one line, and short")
  func oneLine() {
    #expect(SafeText.oneLine("a\nb\r\nc\u{2028}d") == "a b c d")
    #expect(SafeText.oneLine(String(repeating: "x", count: 300)).count == 200)
    #expect(SafeText.oneLine("a" + String(repeating: "\u{301}", count: 1_000_000)).unicodeScalars.count <= 200)
  }
}
