import Foundation
import JSONValue
import Testing

@Suite("An inbox that a program reads", .enabled(if: Workspace.has("python3"), "python3 is in PATH"))
struct InboxCommandTests {
  /// A service that writes each payload into a file of its folder.
  private static let service = """
    #!/usr/bin/env python3
    import http.server, pathlib, sys
    folder = pathlib.Path(sys.argv[2]) / "received"
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def respond(self, status, body):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def do_GET(self): self.respond(200, b"{}")
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/token":
                return self.respond(200, b'{"access_token":"a-token-that-is-long-enough","token_type":"Bearer"}')
            own = folder / self.path.rsplit("/")[-1]
            own.mkdir(parents=True, exist_ok=True)
            (own / str(len(list(own.iterdir())))).write_bytes(CHANGE(body))
            self.respond(201, b"{}")
        def log_message(self, *_): pass
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
    """

  private static func target(_ inbox: String) -> String {
    """
    target: A service with a folder
    launch: { command: [./serve, "${port}", "${folder}"] }
    base-url: http://127.0.0.1:${port}
    token: { url: /token }
    connectors:
      orders: { inbound-url: /in/orders, payloads: { valid: { json: { id: "${unique}" } } } }
      products: { inbound-url: /in/products, payloads: { valid: { json: { sku: "${unique}" } } } }
    clients: { static: [{ id: known, secret: "${env.TEST_SECRET}" }] }
    inbox:
      \(inbox)
    """
  }

  private static let scenario = """
    title: A payload is delivered to its own connector, once
    covers: TST-01
    given:
      - create-client: { as: erp }
      - request-token: { as: token, client: erp }
    steps:
      - post-payload: { as: order, token: token, payload: valid }
        expect: accepted
      - read-inbox: {}
        expect: { delivered: { order: 1 } }
      - read-inbox: { connector: second }
        expect: { delivered: { order: 0 } }
    """

  private static let shipped = """
    command: [./read-inbox, "${folder}/received"]
      encoding: base64
    """

  private static func shippedProgram() throws -> String {
    try String(contentsOf: Workspace.repository.appending(path: "Scenarios/targets/read-inbox"), encoding: .utf8)
  }

  /// Runs a scenario with this inbox, and with this program as `./read-inbox`.
  ///
  /// - Parameter change: What the service does to the bytes of a payload.
  private static func run(
    _ inbox: String = shipped, program: String? = nil, change: String = "", scenario: String = scenario
  ) throws -> (Outcome, Workspace) {
    let workspace = try Workspace(scenarios: ["delivered": scenario], target: target(inbox))
    try workspace.writeProgram(service.replacing("CHANGE", with: change), to: "Scenarios/targets/serve")
    try workspace.writeProgram(try program ?? shippedProgram(), to: "Scenarios/targets/read-inbox")
    let outcome = try workspace.conform(
      "run", environment: ["TEST_SECRET": Workspace.secret, "no_proxy": "*"])
    return (outcome, workspace)
  }

  @Test("has the payloads of a launched service, each at its connector")
  func folder() throws {
    let (outcome, workspace) = try InboxCommandTests.run()
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let log = try workspace.read("Reports/run.jsonl")
    #expect(log.contains("command:./read-inbox"))
    #expect(log.contains(#"{\"operation\":\"read-inbox\",\"connector\":{\"name\":\"products\"},\"unique\":\""#))
  }

  @Test("has them byte for byte")
  func bytes() throws {
    let scenario = InboxCommandTests.scenario.replacing("payload: valid", with: "payload: { hex: 7B FF FE 00 7D }")
    let all = try InboxCommandTests.shippedProgram().replacing(
      #" if request["unique"].encode() in body"#, with: "")
    let (outcome, _) = try InboxCommandTests.run(program: all, scenario: scenario)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test("shows a payload that was changed")
  func changed() throws {
    let (outcome, _) = try InboxCommandTests.run(change: #"(lambda body: body + b"\n")"#)
    #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("inbox, order: expected received once, got not received"), "\(outcome.output)")
  }

  @Test("names the program if it prints payloads as other JSON")
  func writtenAnew() throws {
    let program = """
      #!/usr/bin/env python3
      import json, pathlib, sys
      files = pathlib.Path(sys.argv[1]).glob("orders/*")
      # with a space behind each colon
      print(json.dumps({"payloads": [json.dumps(json.loads(file.read_bytes())) for file in files]}))
      """
    let (outcome, _) = try InboxCommandTests.run(#"command: [./read-inbox, "${folder}/received"]"#, program: program)
    #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
    #expect(
      outcome.output.contains("the program of 'inbox.command' prints it as JSON; let it print the text"),
      "\(outcome.output)")
  }

  @Test(
    "leaves its cases errored if its program fails or prints something else",
    arguments: [
      ("import sys; sys.exit('no queue')", "could not read the inbox: python3 ended with status 1: no queue"),
      ("print('[]')", #"the command that reads the inbox printed no JSON such as {"payloads": ["…"]}"#),
      ("print('')", "the command that reads the inbox printed no JSON such as"),
      ("print('{\"payloads\": null}')", "printed 'payloads' as null; expected an array of the bodies"),
      ("print('{\"payloads\": \"AAA=\"}')", "printed 'payloads' as string; expected an array of the bodies"),
      ("print('{\"payloads\": [\"?\"]}')", "the payload at /payloads/* is not base64 (RFC 4648)"),
      ("import time; time.sleep(1000)", "could not read the inbox: python3 took longer than 1 s"),
    ])
  func failing(program: String, message: String) throws {
    let command = JSON.array(["python3", "-c", .string(program)])
    let inbox = "command: \(command.compact)\n  encoding: base64\n  time-limit: 900ms"
    let (outcome, _) = try InboxCommandTests.run(inbox)
    #expect(outcome.status == 3)
    #expect(outcome.output.contains(message), "\(outcome.output)")
  }

  @Test("has no status and no header fields: what checks them is skipped, with the reason")
  func noResponse() throws {
    let scenario = InboxCommandTests.scenario.replacing(
      "expect: { delivered: { order: 1 } }", with: "expect: { status: 200 }")
    let (outcome, _) = try InboxCommandTests.run(scenario: scenario)
    #expect(outcome.status == 4, "\(outcome.output)")
    #expect(outcome.output.contains("the target's inbox is not read by HTTP requests"), "\(outcome.output)")
  }

  @Test("shows media types and times of receipt, if its program says so")
  func details() throws {
    let program = """
      #!/usr/bin/env python3
      import json, pathlib, sys
      folder = pathlib.Path(sys.argv[1]) / json.load(sys.stdin)["connector"]["name"]
      bodies = [file.read_text() for file in folder.glob("*")]
      types, times = ["application/json"] * len(bodies), TIMES * len(bodies)
      print(json.dumps({"payloads": bodies, "media-type": types, "received-at": times}))
      """
    let scenario = InboxCommandTests.scenario.replacing(
      "expect: { delivered: { order: 1 } }",
      with: "expect: { received: { order: { media-type: application/json, received-at: 1 } } }")
    let inbox = #"command: [./read-inbox, "${folder}/received"]"#
    let (passed, _) = try InboxCommandTests.run(
      "\(inbox)\n  shows: [media-type, received-at]", program: program.replacing("TIMES", with: "[1]"),
      scenario: scenario)
    #expect(passed.status == 0, "\(passed.output)\(passed.errors)")
    let (skipped, _) = try InboxCommandTests.run(
      "\(inbox)\n  shows: media-type", program: program.replacing("TIMES", with: "[1]"), scenario: scenario)
    #expect(
      skipped.output.contains("the target's inbox does not show when payloads were received"), "\(skipped.output)")
    let (short, _) = try InboxCommandTests.run(
      "\(inbox)\n  shows: [media-type, received-at]", program: program.replacing("TIMES", with: "[1, 2]"),
      scenario: scenario)
    #expect(short.status == 3)
    #expect(
      short.output.contains(
        "'received-at' in the output of the command that reads the inbox has 2 values for 1 payload"),
      "\(short.output)")
  }
}
