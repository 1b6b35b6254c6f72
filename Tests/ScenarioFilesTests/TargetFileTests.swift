import ConformanceModel
import Foundation
import HTTPModel
import ScenarioFiles
import TestSupport
import Testing

@Suite("A target file")
struct TargetFileTests {
  private func target(_ lines: String, expected: String = "expected: []\n") throws -> Target {
    let folder = try TemporaryFolder()
    try folder.write("t.expected.yaml", expected)
    return try Target.load(
      try folder.write(
        "t.yaml",
        """
        target: T
        base-url: http://127.0.0.1:9
        token: { url: /token }
        connectors: { orders: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } } }
        \(lines)
        """))
  }

  @Test("has a digest of what it says about the server, whatever its comments and the order of its keys")
  func digest() throws {
    func digest(http: String = "2", accepted: String = "[202]", _ more: String = "") throws -> String {
      let behaviour = "behaviour: { payload-accepted: \(accepted), malformed-payload: [400] }"
      return try target("http: \(http)\n\(behaviour)\n\(more)").digest
    }
    let usual = try digest()
    #expect(!usual.isEmpty)
    let moved = try target("# more\nbehaviour: { malformed-payload: [400], 'payload-accepted': [ 202 ] }\nhttp: 2")
    #expect(moved.digest == usual)
    #expect(try digest("profile: oauth\nfiles: { a: t.expected.yaml }\njobs: 3\ntimeout: 9s") == usual)
    #expect(try digest(http: "1.1") != usual)
    #expect(try digest(accepted: "[202, 200]") != usual)
    #expect(try digest(accepted: "202") != usual)
    #expect(try digest("allowed-hosts: a") != usual)
  }

  @Test("names allowed hosts in lower case, one or several")
  func allowedHosts() throws {
    #expect(try target("").allowedHosts.isEmpty)
    #expect(try target("allowed-hosts: Login.Example.com:8443").allowedHosts == ["login.example.com:8443"])
    #expect(try target("allowed-hosts: [localhost, '[::1]:80']").allowedHosts == ["localhost", "[::1]:80"])
  }

  @Test(
    "names the HTTP version as a number or as text",
    arguments: [("1.1", .http1), ("2", .http2), ("'2'", .http2)] as [(String, HTTPVersion)])
  func httpVersion(_ text: String, _ version: HTTPVersion) throws {
    #expect(try target("http: \(text)").httpVersion == version)
    #expect(try target("").httpVersion == nil)
  }

  @Test("has expected deviations, with or without details, and several for one scenario")
  func deviations() throws {
    let known = try target(
      "expected-deviations: t.expected.yaml",
      expected: """
        expected:
          - { id: a, reason: known }
          - { id: a, reason: known too, step: post, subject: status, seen: 500 }
          - id: b/x=1
            reason: a row
        """
    ).expectedDeviations
    #expect(known.map(\.id) == ["a", "a", "b/x=1"])
    #expect(known.map(\.reason) == ["known", "known too", "a row"])
    #expect(known.map(\.seen) == [nil, "500", nil])
    #expect(known.map(\.step) == [nil, "post", nil])
    #expect(known.map(\.subject) == [nil, "status", nil])
    #expect(known.map(\.place.line) == [2, 3, 4])
  }

  private func processClock(_ text: String) throws -> Target.ProcessClock? {
    let launch = "launch: { command: [./serve] }"
    guard case .process(let clock) = try target("clock: \(text)\n\(launch)").clock else { return nil }
    return clock
  }

  @Test("names the start of simulated time, and a program in a container")
  func processClock() throws {
    let usual = try #require(try processClock("{ driver: process }"))
    #expect(usual.start == nil && !usual.isInContainer && usual.standsStill)
    let full = try #require(
      try processClock("{ driver: process, start: 2030-01-01T00:00:00+01:00, inside: container, stands-still: false }"))
    #expect(full.start == SimulatedInstant(seconds: 1_893_452_400))
    #expect(full.isInContainer && !full.standsStill)
    #expect(try processClock("{ driver: faketime, start: 2030-01-01T00:00:00Z }")?.start != nil)
  }

  @Test(
    "has a start that a clock can hold",
    arguments: ["1971-01-01T00:00:00Z", "2157-03-16T12:56:32Z", "2223-07-06T14:13:20Z"])
  func starts(text: String) throws {
    #expect(try processClock("{ driver: process, start: \(text) }")?.start?.description == text)
  }

  @Test(
    "refuses another start, another place, and these keys for another driver",
    arguments: [
      ("{ driver: process, start: 1970-12-31T23:59:59Z }", "'1970-12-31T23:59:59Z' is not a start"),
      ("{ driver: process, start: 2223-07-06T14:13:21Z }", "'2223-07-06T14:13:21Z' is not a start"),
      ("{ driver: process, start: tomorrow }", "'tomorrow' is not a start; expected an instant such as 2022-07-20"),
      ("{ driver: process, start: 1893452400 }", "'1893452400' is not a start"),
      ("{ driver: process, start: '' }", "start"),
      ("{ driver: process, start: [2030-01-01T00:00:00Z] }", "start"),
      ("{ driver: process, inside: docker }", "'docker'"),
      ("{ driver: process, inside: true }", "'true'"),
      ("{ driver: faketime, inside: container }", "the clock driver 'faketime' does not use 'inside'"),
      ("{ driver: wall, start: 2030-01-01T00:00:00Z }", "the clock driver 'wall' does not use 'start'"),
      ("{ driver: http, advance: { request: PUT /clock }, start: 2030-01-01T00:00:00Z }", "does not use 'start'"),
      ("{ driver: command, advance: [./set], inside: container }", "does not use 'inside'"),
    ])
  func wrongClock(text: String, message: String) throws {
    let found = #expect(throws: Diagnostics.self) { try processClock(text) }
    let messages = (found?.list ?? []).map(\.message)
    #expect(messages.contains { $0.contains(message) }, "\(messages)")
  }
}
