import ConformanceModel
import Foundation
import JSONValue
import TestSupport
import Testing

@Suite("A target whose payloads are signed", .enabled(if: Workspace.has("python3"), "python3 is in PATH"))
struct SignedPayloadTests {
  private static let posting = """
    title: Payloads are accepted
    covers: TST-01
    steps:
      - post-payload: { payload: { text: "what do ya want for nothing?" } }
        expect: { status: 201 }
      - http: { url: "${inbound-url}", json: { id: 1 } }
        expect: { status: 201 }
      - http: { url: / }
        expect: { status: 201 }
    """

  private static func workspace(_ url: String, _ keys: String) throws -> Workspace {
    try Workspace(scenarios: ["posts": posting], target: Workspace.bareTarget(url) + "\n\(keys)\n")
  }

  private static func server() throws -> RawServer {
    try RawServer { _, connection in connection.respond("HTTP/1.1 201 Created", "{}") }
  }

  private static func values(_ name: String, _ server: RawServer) -> [String?] {
    server.requests.map { request in
      let line = request.head.split(separator: "\r\n").first { $0.hasPrefix("\(name): ") }
      return line.map { String($0.dropFirst(name.count + 2)) }
    }
  }

  @Test("has the header fields of its program in requests to the inbound URL, and in no others")
  func shippedExample() throws {
    let server = try SignedPayloadTests.server()
    let program = Workspace.repository.appending(path: "Scenarios/targets/sign-hmac").path
    let workspace = try SignedPayloadTests.workspace(server.url, "sign: { command: [\(program)] }")
    let outcome = try workspace.conform(
      "run", environment: ["TEST_SECRET": Workspace.secret, "SIGNING_KEY": "Jefe", "no_proxy": "*"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    // test case 2 of RFC 4231; the other by openssl dgst -sha256 -hmac Jefe
    #expect(
      SignedPayloadTests.values("X-Signature", server).compactMap(\.self) == [
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        "sha256=74c5ca8fce6134bfc3e91a137a613c558501fc6424b8e0b3a262165e428deaf7",
      ])
    #expect(server.requests.contains { $0.head.hasPrefix("GET / ") && !$0.head.contains("X-Signature") })
    #expect(try workspace.read("Reports/run.jsonl").contains("sha256=5bdcc146"))
  }

  @Test("gives its program the request as it will be sent, with the time of the target")
  func input() throws {
    let server = try SignedPayloadTests.server()
    let workspace = try SignedPayloadTests.workspace(
      server.url, "sign: { command: [./sign] }")
    try workspace.write(
      """
      #!/usr/bin/env python3
      import json, sys
      print(json.dumps({"headers": {"X-Seen": json.dumps(json.load(sys.stdin)), "content-type": "text/signed"}}))
      """, to: "Scenarios/targets/sign")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: workspace.folder.appending(path: "Scenarios/targets/sign").path)
    try workspace.write(
      """
      title: Payloads are accepted
      covers: TST-01
      steps:
        - post-payload: { payload: { hex: "00ff" }, method: PUT, headers: { X-Own: value } }
          expect: { status: 201 }
      """, to: "Scenarios/area/posts.yaml")
    let outcome = try workspace.conform(
      "run", "--start", "2022-07-20T10:03:08Z", environment: ["TEST_SECRET": Workspace.secret, "no_proxy": "*"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let seen = try #require(SignedPayloadTests.values("X-Seen", server).compactMap(\.self).first)
    let json = try JSON(parsing: seen)
    #expect(json["operation"] == "sign-payload" && json["method"] == "PUT")
    #expect(json["url"] == .string("\(server.url)/in") && json["body"] == "AP8=")
    #expect(json["headers"]?.array?.contains(["name": "X-Own", "value": "value"]) == true)
    #expect(json["time"] == "2022-07-20T10:03:08Z" && json["epoch"] == 1_658_311_388)
    #expect(SignedPayloadTests.values("Content-Type", server).compactMap(\.self).isEmpty)
    #expect(SignedPayloadTests.values("content-type", server).contains("text/signed"))
  }

  @Test(
    "leaves its cases errored if its program fails or prints something else",
    arguments: [
      ("import sys; sys.exit('no key')", "could not sign a payload: python3 ended with status 1: no key"),
      ("print('X-Signature: 1')", "the command that signs payloads printed no JSON such as"),
      ("print('{\"headers\": {\"X-Signature\": [1]}}')", "printed a header field 'X-Signature' that is not text"),
      ("print('{\"headers\": {\"X-Signature\": \"a\\\\nb\"}}')", "X-Signature"),
    ])
  func failing(program: String, message: String) throws {
    let server = try SignedPayloadTests.server()
    let command = JSON.array(["python3", "-c", .string(program)])
    let workspace = try SignedPayloadTests.workspace(
      server.url, "sign: { command: \(String(decoding: command.compactBytes, as: UTF8.self)) }")
    let outcome = try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret, "no_proxy": "*"])
    #expect(outcome.status == 3)
    #expect(outcome.output.contains(message), "\(outcome.output)")
    #expect(!server.requests.contains { $0.head.contains(" /in ") })
  }
}
