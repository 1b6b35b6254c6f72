import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite("An endpoint with any kind of response")
struct HostileEndpointTests {
  private static let scenario = """
    title: The answer is looked at
    covers: TST-01
    given:
      - create-client: { as: erp }
    steps:
      - request-token: { client: erp }
        expect: { status: 200, json: { access_token: { type: string } }, text: { contains: never } }
    """

  private static let bodies: [String: [UInt8]] = [
    "controls": Array(0..<32) + Array("\u{7F}\u{9B}31m\u{1B}[2J\u{202E}\u{FFFE}".utf8),
    "markup": Array("]]> <failure message=\"x\"> &amp; <!-- --> <![CDATA[ x ]]> </testsuites>".utf8),
    "broken": [0xFF, 0xFE, 0xC3, 0x28, 0xED, 0xA0, 0x80, 0xF8, 0x88],
    "commands": Array(
      "::error file=x::owned\n  ::set-output name=x::y\n##[error]owned\n##vso[task.complete result=Failed]\n##teamcity[testFailed]"
        .utf8),
    "escapes": Array("\u{1B}]0;owned\u{7}\u{1B}[8mhidden\r\n\u{8}\u{8}".utf8),
  ]

  @Test(
    "what it sends can neither break the report nor act on a terminal or a CI system", arguments: bodies.keys.sorted())
  func hostile(name: String) throws {
    let body = HostileEndpointTests.bodies[name] ?? []
    let server = try RawServer { _, connection in
      connection.send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Odd: \u{1B}[31m ]]> ::error::\r\nContent-Length: \(body.count)\r\n\r\n"
      )
      connection.send(body)
    }
    let workspace = try Workspace(
      scenarios: ["looked-at": HostileEndpointTests.scenario], target: Workspace.bareTarget(server.url))
    let outcome = try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 1)
    for line in outcome.output.split(separator: "\n", omittingEmptySubsequences: false) {
      #expect(!line.drop(while: \.isWhitespace).hasPrefix("::"))
      #expect(!line.contains("##[") && !line.contains("##vso[") && !line.contains("##teamcity["))
      #expect(
        line.unicodeScalars.allSatisfy {
          $0.value >= 0x20 && $0.value != 0x7F && !(0x80..<0xA0).contains($0.value) && $0.value != 0x202E
        })
    }
    try workspace.keepReport("Reports/junit.xml", as: "hostile-\(name).xml")
    // as strict a reader as any: the same library that CI systems use
    let junit = try workspace.read("Reports/junit.xml")
    #expect(junit.contains(#"tests="1" failures="1" errors="0""#))
    #expect(junit.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" || $0 == "\t" })
  }

  @Test("an endpoint that breaks off makes one errored case, and ends with 3")
  func breaksOff() throws {
    let server = try RawServer { request, connection in
      if request.text.hasPrefix("GET") { connection.respond("HTTP/1.1 404 Not Found", "") } else { connection.close() }
    }
    let workspace = try Workspace(
      scenarios: ["looked-at": HostileEndpointTests.scenario], target: Workspace.bareTarget(server.url))
    let outcome = try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 3)
    #expect(outcome.output.contains("ERRORED"))
    try workspace.keepReport("Reports/junit.xml", as: "broken-off.xml")
  }

  @Test("an endless response is truncated at the limit, with a note")
  func endless() throws {
    let server = try RawServer { _, connection in
      connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
      let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
      for _ in 0..<64 { connection.send(chunk) }
    }
    let workspace = try Workspace(
      scenarios: ["looked-at": HostileEndpointTests.scenario], target: Workspace.bareTarget(server.url))
    let outcome = try workspace.conform("run", "--max-answer", "1", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 3)
    #expect(outcome.output.contains("the response is truncated after 1048576 bytes"))
    #expect(outcome.output.contains("1 case: 1 errored"))
  }
}
