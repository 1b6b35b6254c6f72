import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite("A target whose management needs a login", .enabled(if: Workspace.has("python3"), "python3 is in PATH"))
struct LoginTests {
  /// Logs in by a form with a value against forgery. A session lasts two hours of its own clock, which the process or
  /// requests move. Everything else refuses what belongs to a session.
  private static let server = """
    #!/usr/bin/env python3
    import http.server, json, os, secrets, sys, threading, time, urllib.parse
    port, way = int(sys.argv[1]), sys.argv[2]
    forms, sessions, clients, ahead = {}, {}, {}, [0]
    now = lambda: time.time() + ahead[0]
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def session(self):
            cookies = dict(p.split("=", 1) for p in (self.headers["Cookie"] or "").split("; ") if "=" in p)
            session = sessions.get(cookies.get("sessionid"))
            return session if session and now() < session["end"] else None
        def manager(self):
            session = self.session()
            if not session:
                if way == "redirect":
                    self.respond(302, "", Location="/login?next=" + self.path)
                else:
                    self.respond(401, {"error": "no session"})
            elif self.command != "GET" and self.headers["X-CSRF"] != session["csrf"]:
                self.respond(403, {"error": "forged"})
            else:
                return True
        def stranger(self):
            if self.headers["Cookie"] or self.headers["X-CSRF"]:
                self.respond(400, {"error": "a session at " + self.path})
                return False
            return True
        def do_GET(self):
            if self.path == "/login":
                form = secrets.token_hex(12)
                forms[form] = secrets.token_hex(12)
                return self.respond(
                    200, '<form><input name="csrf" value="%s"></form>' % forms[form], Set_Cookie="form=" + form)
            if self.path == "/clock" and self.manager():
                return self.respond(200, {"now": int(now())})
            if self.path == "/clients" and self.manager():
                return self.respond(200, {"ids": list(clients)})
            if self.path == "/":
                self.respond(200, {})
        def do_PUT(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.manager():
                ahead[0] = json.loads(body)["epoch"] - time.time()
                self.respond(204, "")
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path == "/login":
                form = dict(urllib.parse.parse_qsl(body))
                sent = (self.headers["Cookie"] or "").replace("form=", "")
                if forms.pop(sent, None) != form["csrf"] or form["password"] != os.environ["ADMIN_PASSWORD"]:
                    print("refused", flush=True)
                    return self.respond(200, "<form>try again</form>")
                key = secrets.token_hex(12)
                sessions[key] = {"end": now() + 7200, "csrf": secrets.token_hex(12)}
                print("login", flush=True)
                age = "; Max-Age=7200" if way == "cookie" else ""
                return self.respond(302, "", Set_Cookie="sessionid=%s; HttpOnly; Path=/%s" % (key, age),
                                    Location="/", X_CSRF=sessions[key]["csrf"])
            if self.path == "/clients" and self.manager():
                key = "client-" + secrets.token_hex(6)
                clients[key] = secrets.token_hex(16)
                return self.respond(201, {"id": key, "secret": clients[key]}, Cache_Control="no-store")
            if self.path == "/token" and self.stranger():
                self.respond(200, {"access_token": secrets.token_hex(16), "token_type": "Bearer", "expires_in": 86400},
                             Cache_Control="no-store")
            if self.path == "/in" and self.stranger():
                self.respond(201, {})
        def respond(self, status, body, **fields):
            body = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in fields.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)
        def date_time_string(self, timestamp=None):
            return super().date_time_string(now())
        def log_message(self, *_):
            pass
    class Server(http.server.ThreadingHTTPServer):
        request_queue_size = 100
    Server(("127.0.0.1", port), Handler).serve_forever()
    """

  /// - Parameters:
  ///   - way: How the server says that there is no session: `redirect`, `status`, or not, since the cookie ends: `cookie`.
  ///   - login: Further keys of the login.
  private static func target(_ way: String, _ login: String, clock: String = "{ driver: process }") -> String {
    """
    target: A service with a login
    base-url: http://127.0.0.1:${port}
    launch:
      command: [./serve, "${port}", \(way)]
      environment: { ADMIN_PASSWORD: "${run.key}" }
      folder: ../..
    token: { url: /token }
    connectors:
      only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } }
    login:
      requests:
        - { request: GET /login, answer: { form: { regex: 'name="csrf" value="([^"]+)"' } } }
        - request: POST /login
          form: { user: admin, password: "${run.key}", csrf: "${login.form}" }
          status: 302
          answer: { csrf: { header: X-CSRF } }
    \(login)
    clients:
      create:
        request: POST /clients
        headers: { X-CSRF: "${login.csrf}" }
        json: { name: "${name}" }
        answer: { id: /id, secret: /secret }
      list: { request: GET /clients, answer: { ids: /ids/* } }
    clock: \(clock)
    """
  }

  private static let scenario = """
    title: Clients are managed before and after the end of a session
    covers: TST-01
    cases: { number: { from: 1, to: 20 } }
    steps:
      - create-client: { as: first }
        expect: created
      - request-token: { as: token, client: first }
        expect: issued
      - post-payload: { token: token }
        expect: { status: 201 }
      - wait: 3h
      - create-client: { as: second }
        expect: created
      - list-clients: {}
        expect: { listed: second }
    """

  private static func workspace(_ target: String, _ scenario: String = scenario) throws -> Workspace {
    let workspace = try Workspace(scenarios: ["managed": scenario], target: target)
    try workspace.write(server, to: "serve")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: workspace.folder.appending(path: "serve").path)
    return workspace
  }

  private static func count(_ line: String, in workspace: Workspace) throws -> Int {
    try workspace.read("Reports/target.log").split(separator: "\n").count { $0 == line }
  }

  @Test(
    "gets one for all cases, and another when the session has ended, however the service shows that",
    arguments: [
      ("redirect", "  page: /login"), ("status", ""), ("status", "  refused: 401"), ("cookie", ""),
      ("cookie", "  lifetime: 2h"),
    ])
  func sessions(way: String, keys: String) throws {
    let workspace = try LoginTests.workspace(LoginTests.target(way, keys))
    let outcome = try workspace.conform("run", environment: ["no_proxy": "*"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(try LoginTests.count("login", in: workspace) == 2)
    let log = try workspace.read("Reports/run.jsonl")
    #expect(log.contains("sessionid=$SESSIONID") && log.contains(#""X-CSRF","value":"$CSRF""#), "\(log.prefix(4000))")
    if keys.contains("lifetime") { #expect(!log.contains(#""status":401"#)) }
  }

  @Test(
    "does without a session where a stranger asks, and does not log in again for one; a redirect to the login refuses it",
    arguments: [("status", "", 0), ("redirect", "  page: /login", 0), ("redirect", "  page: /elsewhere", 1)])
  func strangers(way: String, keys: String, status: Int32) throws {
    let strangers = """
      title: A stranger manages nothing
      covers: TST-01
      given:
        - create-client: { as: erp }
        - request-token: { as: token, client: erp }
      steps:
        - create-client: { manager: none }
          expect: { status: 401 }
        - list-clients: { manager: "${token.value}" }
          expect: { status: 401 }
        - list-clients: {}
          expect: { listed: erp }
      """
    let workspace = try LoginTests.workspace(LoginTests.target(way, keys), strangers)
    let outcome = try workspace.conform("run", environment: ["no_proxy": "*"])
    #expect(outcome.status == status, "\(outcome.output)\(outcome.errors)")
    #expect(try LoginTests.count("login", in: workspace) == 1)
  }

  @Test("that is refused leaves its cases errored with the exchange, after one attempt")
  func refused() throws {
    let target = LoginTests.target("status", "").replacing("password: \"${run.key}\"", with: "password: \"${run.id}\"")
    let workspace = try LoginTests.workspace(target)
    let outcome = try workspace.conform("run", environment: ["no_proxy": "*"])
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("could not log in: POST http://127.0.0.1:"), "\(outcome.output)")
    #expect(outcome.output.contains("/login: HTTP 200; correct 'login' in the target file"), "\(outcome.output)")
    #expect(try LoginTests.count("refused", in: workspace) == 1)
    let log = try workspace.read("Reports/run.jsonl")
    #expect(log.contains("<form>try again</form>") && !log.contains(#""verdict":"failed""#))
  }

  @Test("also moves its clock by requests with the session, which ends the session")
  func clock() throws {
    let clock = """

        driver: http
        read: { request: GET /clock, answer: { now: /now } }
        advance: { request: PUT /clock, headers: { X-CSRF: "${login.csrf}" }, json: { epoch: "${epoch}" } }
        stands-still: false
      """
    let target = LoginTests.target("status", "  for: [clients, clock]", clock: clock)
    let workspace = try LoginTests.workspace(target)
    let outcome = try workspace.conform("run", environment: ["no_proxy": "*"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(try LoginTests.count("login", in: workspace) >= 2)
  }
}
