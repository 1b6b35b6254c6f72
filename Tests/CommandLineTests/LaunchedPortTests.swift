import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite("A launched program with several ports", .enabled(if: Workspace.has("python3"), "python3 is in PATH"))
struct LaunchedPortTests {
  /// Issues tokens on one port, and has everything else on another, which it opens only when the first has been asked
  /// three times.
  private static let server = """
    #!/usr/bin/env python3
    import http.server, json, secrets, sys, threading, time
    public, admin = int(sys.argv[1]), int(sys.argv[2])
    clients, tokens, received, ahead = {}, set(), [], [0]
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        asked = 0
        def answer(self):
            size = int(self.headers["Content-Length"] or 0)
            body = self.rfile.read(size).decode()
            what = (self.server.server_port, self.command, self.path.split("?")[0])
            if what == (public, "POST", "/token"):
                token = secrets.token_hex(16)
                tokens.add(token)
                return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 86400}
            if what == (public, "POST", "/in"):
                received.append(body)
                return 201, {}
            if what == (admin, "POST", "/clients"):
                clients["client-" + secrets.token_hex(4)] = secrets.token_hex(16)
                return 201, dict(zip(("id", "secret"), list(clients.items())[-1]))
            if what == (admin, "GET", "/inbox"):
                return 200, {"bodies": received}
            if what == (admin, "POST", "/introspect"):
                return 200, {"active": body.split("token=")[1].split("&")[0] in tokens}
            if what == (admin, "GET", "/clock"):
                return 200, {"now": int(time.time() + ahead[0])}
            if what == (admin, "PUT", "/clock"):
                ahead[0] = json.loads(body)["epoch"] - time.time()
                return 200, {}
            if what == (public, "GET", "/") or what == (admin, "GET", "/health"):
                Handler.asked += 1
                if Handler.asked == 3 and len(sys.argv) == 3:
                    threading.Thread(target=start, args=(admin,)).start()
                return 200, {}
            return 404, {}
        def do_GET(self):
            status, answer = self.answer()
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        do_POST = do_PUT = do_GET
        def log_message(self, *_):
            pass
    def start(port):
        http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
    start(public)
    """

  private static let scenario = """
    title: Each part is asked where it is
    covers: TST-01
    steps:
      - create-client: { as: erp }
        expect: created
      - request-token: { as: token, client: erp }
        expect: issued
      - post-payload: { as: order, token: token }
        expect: { status: 201 }
      - read-inbox: {}
        expect: { delivered: { order: 1 } }
      - http: { method: POST, url: "${introspection-url}", form: { token: "${token.value}" } }
        expect: { status: 200, json: { active: true } }
      - wait: 3h
      - create-client: { as: second }
        expect: created
    """

  /// - Parameter argument: Of the program: it then opens no second port.
  private static func workspace(_ argument: String = "", ready: String = "") throws -> Workspace {
    let target = """
      target: A service with a port for its management
      base-url: http://127.0.0.1:${port}
      launch:
        command: [./serve, "${port}", "${port.admin}"\(argument)]
        folder: ../..
        ports: [admin, unused]
        \(ready)
      token: { url: /token }
      connectors:
        only:
          inbound-url: /in
          payloads: { valid: { json: { id: "${unique}" } } }
      clients:
        create:
          request: POST http://127.0.0.1:${port.admin}/clients
          json: { name: "${name}" }
          answer: { id: /id, secret: /secret }
      inbox: { read: { request: "GET http://localhost:${port.admin}/inbox", answer: { payloads: /bodies/* } } }
      endpoints: { introspection: "http://127.0.0.1:${port.admin}/introspect" }
      clock:
        driver: http
        read: { request: "GET http://127.0.0.1:${port.admin}/clock", answer: { now: /now } }
        advance: { request: "PUT http://127.0.0.1:${port.admin}/clock", json: { epoch: "${epoch}" } }
        stands-still: false
      """
    let workspace = try Workspace(
      scenarios: ["parts": scenario], target: target.replacing("[admin, unused]", with: "[admin]"))
    try workspace.write(server, to: "serve")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: workspace.folder.appending(path: "serve").path)
    return workspace
  }

  @Test(
    "has all of them before the first case, and is asked on each",
    arguments: [
      "", #"ready: { request: GET /, within: 60s }"#,
      #"ready: [{ request: GET / }, { request: "GET http://127.0.0.1:${port.admin}/health", within: 60s }]"#,
    ])
  func parts(ready: String) throws {
    let workspace = try LaunchedPortTests.workspace(ready: ready)
    let outcome = try workspace.conform("run", environment: ["no_proxy": "*"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test("is given up if it does not open one")
  func missing() throws {
    let workspace = try LaunchedPortTests.workspace(", closed", ready: "ready: { within: 10s }")
    let outcome = try workspace.conform("run", environment: ["no_proxy": "*"])
    #expect(outcome.status == 3)
    #expect(
      outcome.errors.contains(
        "the launched target was not ready within 10 s: nothing listens on the port 'admin', which is "),
      "\(outcome.errors)")
  }
}
