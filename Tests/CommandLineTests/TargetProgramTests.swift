import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite("Programs of a launched target", .enabled(if: Workspace.has("python3"), "python3 is in PATH"))
struct TargetProgramTests {
  private static let server = """
    #!/usr/bin/env python3
    import http.server, json, secrets, sys
    KEY = secrets.token_hex(16)
    open(sys.argv[2] + "/key", "w").write(KEY)
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            if self.path == "/clients":
                is_manager = self.headers["X-Key"] == KEY
                return self.respond(201 if is_manager else 403, {"id": body, "secret": secrets.token_hex(16)})
            if self.path == "/token":
                return self.respond(200, {"access_token": secrets.token_hex(16), "token_type": "Bearer"})
            self.respond(201 if self.path == "/in" else 200, {})
        do_POST = do_GET
        def respond(self, status, body):
            body = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def log_message(self, *_):
            pass
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
    """

  /// Makes a client whose id has the time.
  private static let manage = """
    #!/usr/bin/env python3
    import json, os, sys, time, urllib.request
    name = "client-%d-of-%s" % (time.time(), os.environ["CONNECTOR"])
    request = urllib.request.Request(
        os.environ["URL"] + "/clients", name.encode(), {"X-Key": os.environ["KEY"], "X-Other": os.environ["OTHER"]})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    print(opener.open(request).read().decode())
    """

  private static let sign = """
    #!/usr/bin/env python3
    import json, os, time
    print(json.dumps({"headers": {"X-Time": "%d in %s" % (time.time(), os.path.basename(os.environ["FOLDER"]))}}))
    """

  private static let scenario = """
    title: Programs have the time and the variables of the target
    covers: TST-01
    steps:
      - create-client: { as: erp }
        expect: created
      - request-token: { as: token, client: erp }
        expect: issued
      - wait: 3h
      - post-payload: { token: token }
        expect: { status: 201 }
      - create-client: { as: second }
        expect: created
    """

  private static func workspace(onClock: Bool) throws -> Workspace {
    let target = """
      target: A service that programs manage
      base-url: http://127.0.0.1:${port}
      launch:
        command: [./serve, "${port}", "${folder}"]
        values: { key: { file: "${folder}/key" } }
      token: { url: /token }
      connectors:
        only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } }
      clients:
        command: [./manage]
        operations: [create]
        environment:
          KEY: "${launch.key}"
          URL: http://127.0.0.1:${port}
          CONNECTOR: "${connector.name}"
          OTHER: "${env.OTHER_KEY}"
        on-clock: \(onClock)
      sign: { command: [./sign], environment: { FOLDER: "${folder}" }, on-clock: \(onClock) }
      clock: { driver: process }
      """
    let workspace = try Workspace(scenarios: ["programs": scenario], target: target)
    for (name, text) in [("serve", server), ("manage", manage), ("sign", sign)] {
      try workspace.write(text, to: "Scenarios/targets/\(name)")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755],
        ofItemAtPath: workspace.folder.appending(path: "Scenarios/targets/\(name)").path)
    }
    return workspace
  }

  @Test("have its variables, and its simulated time if they are to", arguments: [true, false])
  func programs(onClock: Bool) throws {
    let workspace = try TargetProgramTests.workspace(onClock: onClock)
    let outcome = try workspace.conform(
      "run", "--start", "2022-07-20T10:03:08Z",
      environment: ["OTHER_KEY": "other-key-of-the-test-4711", "no_proxy": "*"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let log = try workspace.read("Reports/run.jsonl")
    #expect(log.contains("client-1658311388-of-only") == onClock)
    // three hours later
    #expect(log.contains("client-1658322188-of-only") == onClock)
    #expect(log.contains(#""X-Time","value":"1658322188 in conform-launch-"#) == onClock)
    #expect(log.contains("of-only") && log.contains(" in conform-launch-"))
    #expect(!log.contains("other-key-of-the-test-4711"))
  }

  @Test("are named, and not conform-clock, if they fail")
  func failing() throws {
    let workspace = try TargetProgramTests.workspace(onClock: true)
    try workspace.write("#!/bin/sh\necho no key >&2\nexit 9\n", to: "Scenarios/targets/manage")
    let outcome = try workspace.conform("run", environment: ["OTHER_KEY": "other", "no_proxy": "*"])
    #expect(outcome.status == 3)
    #expect(
      outcome.output.contains("could not create a client: ./manage ended with status 9: no key"), "\(outcome.output)")
  }

  @Test("need the variables that their environment names")
  func missing() throws {
    let outcome = try TargetProgramTests.workspace(onClock: false).conform("run", environment: ["no_proxy": "*"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("the environment variable OTHER_KEY is not set"), "\(outcome.errors)")
  }
}
