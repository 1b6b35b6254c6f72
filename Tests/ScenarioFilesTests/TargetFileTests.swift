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
}
