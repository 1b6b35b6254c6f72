import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite("Values that a launched program makes", .enabled(if: Workspace.has("python3"), "python3 is in PATH"))
struct LaunchValueTests {
  /// Makes a key, a password and a tenant, and takes requests that have them.
  private static let server = """
    #!/usr/bin/env python3
    import http.server, json, os, secrets, sys, time
    port, folder, mode = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    KEY, PASSWORD, TENANT = secrets.token_hex(16), secrets.token_hex(16), "tenant-" + secrets.token_hex(3)
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            # only then it writes them: conform has to wait
            if not os.path.exists(folder + "/key") and mode == "good":
                open(folder + "/key", "w").write(KEY + "\\n")
                open(folder + "/config.json", "w").write(json.dumps({"tenant": TENANT, "other": 1}))
                print("first start; the password is", PASSWORD, "(keep it)", flush=True)
            self.respond(200, {"tenant": TENANT})
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/clients":
                is_manager = self.headers["X-Key"] == KEY and self.headers["X-Password"] == PASSWORD
                return self.respond(201 if is_manager else 403, {"id": "a", "secret": "a-secret-of-a-4711"})
            is_known = self.path == "/" + TENANT + "/token"
            self.respond(200 if is_known else 404, {"access_token": "a-token-0815-4711", "token_type": "Bearer"})
        def respond(self, status, body):
            body = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def log_message(self, *_):
            pass
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
    """

  private static func workspace(mode: String = "good", ready: String = "") throws -> Workspace {
    let scenario = """
      title: A client gets a token
      covers: TST-01
      steps:
        - create-client: { as: erp }
          expect: created
        - request-token: { client: erp }
          expect: issued
        - http: { url: / }
          expect: { status: 200 }
      """
    let target = """
      target: A service that makes its own key
      base-url: http://127.0.0.1:${port}
      launch:
        command: [./serve, "${port}", "${folder}", \(mode)]
        folder: ../..
        values:
          key: { file: "${folder}/key" }
          tenant: { file: "${folder}/config.json", regex: '"tenant": "([^"]+)"' }
          password: { output: 'the password is (\\S+)' }
        \(ready)
      token: { url: "/${launch.tenant}/token" }
      connectors:
        only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } }
      clients:
        create:
          request: POST /clients
          headers: { X-Key: "${launch.key}", X-Password: "${launch.password}" }
          json: { name: "${name}" }
          answer: { id: /id, secret: /secret }
      """
    let workspace = try Workspace(scenarios: ["made": scenario], target: target)
    try workspace.write(server, to: "serve")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: workspace.folder.appending(path: "serve").path)
    return workspace
  }

  @Test("are read from its files and its output once they are there; secrets of them are in no file")
  func values() throws {
    let workspace = try Self.workspace()
    let outcome = try workspace.conform("run", environment: ["no_proxy": "*"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let log = try workspace.read("Reports/run.jsonl")
    #expect(log.contains("$KEY") && log.contains("$PASSWORD"))
    // a part of a URL is no secret
    #expect(log.contains("/tenant-") && log.contains(#"\"tenant\": \"tenant-"#))
    #expect(try workspace.read("Reports/target.log").contains("the password is $PASSWORD (keep it)"))
  }

  @Test("end the run if the program does not make them in time")
  func missing() throws {
    let workspace = try Self.workspace(mode: "bad", ready: "ready: { within: 5s }")
    let outcome = try workspace.conform("run", environment: ["no_proxy": "*"])
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("the launched target has not made the value 'key'"), "\(outcome.errors)")
    #expect(outcome.errors.contains("cannot be read: No such file or directory"), "\(outcome.errors)")
  }
}
