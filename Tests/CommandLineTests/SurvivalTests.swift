import Foundation
import TestSupport
import Testing

@Suite("What survives a restart", .enabled(if: Workspace.has("python3"), "python3 is in PATH"))
struct SurvivalTests {
  /// Keeps all its state in a file, each change before its response. As in `fault` it loses or revives some of it when
  /// it starts again, or writes it at SIGTERM alone.
  private static let server = """
    #!/usr/bin/env python3
    import base64, http.server, json, os, secrets, signal, sys, threading, time, urllib.parse
    port, folder, fault = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    path, lock, DAY = folder + "/state.json", threading.Lock(), 86400
    again = os.path.exists(path)
    state = json.load(open(path)) if again else {"clients": {}, "former": {}, "tokens": {}, "revoked": {}, "inbox": []}
    if again:
        if fault == "clients-are-lost":
            state["clients"] = {}
        if fault == "deleted-clients-return":
            state["clients"].update(state["former"])
        if fault == "tokens-are-lost":
            state["tokens"] = {}
        if fault == "tokens-begin-anew":
            for token in state["tokens"].values():
                token["end"] = time.time() + DAY
        if fault == "tokens-end-early":
            for token in state["tokens"].values():
                token["end"] = min(token["end"], time.time() + 3600)
        if fault == "revoked-tokens-return":
            state["tokens"].update(state["revoked"])
        if fault == "payloads-are-lost":
            state["inbox"] = []
        if fault == "payloads-are-doubled":
            state["inbox"] *= 2
    def keep():
        with open(path + ".new", "w") as file:
            json.dump(state, file)
        os.rename(path + ".new", path)
    keep()
    def end(*_):
        keep()
        os._exit(0)
    if fault == "kept-at-the-end":
        signal.signal(signal.SIGTERM, end)
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def do_GET(self):
            self.body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            with lock:
                status, body = self.answer()
                if fault != "kept-at-the-end":
                    keep()
            body = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Pragma", "no-cache")
            if status == 401:
                self.send_header("WWW-Authenticate",
                    'Bearer realm="kept", error="invalid_token"' if self.path == "/in" else 'Basic realm="kept"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        do_POST = do_DELETE = do_GET
        def client(self):
            value = (self.headers["Authorization"] or " ").partition(" ")[2]
            name, _, secret = base64.b64decode(value).decode().partition(":")
            client = state["clients"].get(urllib.parse.unquote_plus(name))
            known = fault == "any-secret-works" and again
            return name if client and (known or client == urllib.parse.unquote_plus(secret)) else None
        def new_client(self):
            name, secret = "client-" + secrets.token_hex(8), secrets.token_urlsafe(24)
            state["clients"][name] = secret
            return 201, {"id": name, "secret": secret}
        def leave(self, name):
            state["former"][name] = state["clients"].pop(name)
            for token in [t for t, of in state["tokens"].items() if of["client"] == name]:
                state["revoked"][token] = state["tokens"].pop(token)
        def answer(self):
            parts = self.path.strip("/").split("/")
            if parts[0] == "clients":
                if self.command == "POST":
                    if len(parts) > 1:
                        self.leave(parts[1])
                    return self.new_client()
                if self.command == "DELETE":
                    self.leave(parts[1])
                    return 200, {}
                return 200, {"ids": list(state["clients"])}
            if parts[0] == "token":
                name = self.client()
                if name is None:
                    return 401, {"error": "invalid_client"}
                token = secrets.token_urlsafe(24)
                state["tokens"][token] = {"client": name, "end": time.time() + DAY}
                return 200, {"access_token": token, "token_type": "Bearer", "expires_in": DAY}
            if parts[0] == "revoke":
                token = urllib.parse.parse_qs(self.body)["token"][0]
                if token in state["tokens"]:
                    state["revoked"][token] = state["tokens"].pop(token)
                return 200, {}
            if parts[0] == "in":
                token = state["tokens"].get((self.headers["Authorization"] or " ").partition(" ")[2])
                if token is None or time.time() >= token["end"]:
                    return 401, {}
                state["inbox"].append(self.body)
                return 201, {}
            return 200, {"payloads": state["inbox"]}
        def log_message(self, *_):
            pass
    class Server(http.server.ThreadingHTTPServer):
        request_queue_size = 100
        daemon_threads = True
    Server(("127.0.0.1", port), Handler).serve_forever()
    """

  private static func target(_ fault: String, survives: String) -> String {
    """
    target: A service that keeps its state
    base-url: http://127.0.0.1:${port}
    launch:
      command: [./serve, "${port}", "${folder}", \(fault)]
      ready: { within: 20s }
      survives-restart: \(survives)
    behaviour: { lost-secret: old-set-dies, tokens-of-a-replaced-set: end }
    token: { url: /token }
    connectors: { only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } } }
    clients:
      create: { request: POST /clients, answer: { id: /id, secret: /secret } }
      list: { request: GET /clients, answer: { ids: /ids/* } }
      replace: { request: "POST /clients/${client.id}", answer: { id: /id, secret: /secret } }
      delete: { request: "DELETE /clients/${client.id}" }
    inbox: { read: { request: GET /inbox, answer: { payloads: /payloads/* } } }
    endpoints: { revocation: /revoke }
    clock: { driver: process }
    """
  }

  /// Runs the scenarios of the pack that restart the target.
  private static func run(
    _ fault: String, survives: String = "[clients, tokens, revocations, payloads]"
  ) throws -> (outcome: Outcome, failed: Set<String>) {
    let workspace = try Workspace()
    try workspace.write(target(fault, survives: survives), to: "target.yaml")
    try workspace.writeProgram(server, to: "serve")
    let pack = Workspace.repository.appending(path: "Scenarios").path
    let outcome = try workspace.conform(
      "run", "--pack", pack, "--tag", "restart", "--target", "target.yaml", "--verbose", environment: ["no_proxy": "*"])
    let failed = outcome.output.split(separator: "\n").filter { $0.hasPrefix("FAILED ") }.map {
      String($0.dropFirst(7).prefix { $0 != ":" && $0 != " " })
    }
    return (outcome, Set(failed))
  }

  @Test("is what the target declares: all that is asked of a service that keeps its state is right")
  func kept() throws {
    let (outcome, failed) = try SurvivalTests.run("none")
    #expect(outcome.status == 0 && failed.isEmpty, "\(outcome.output)\(outcome.errors)")
    for name in SurvivalTests.all { #expect(outcome.output.contains("PASSED \(name)"), "\(name): \(outcome.output)") }
  }

  private static let all = [
    "clients-survive-a-restart", "replaced-sets-survive-a-restart", "tokens-survive-a-restart",
    "expired-tokens-stay-expired-after-a-restart", "revoked-tokens-survive-a-restart",
    "tokens-of-a-deleted-client-after-a-restart", "payloads-survive-a-restart", "payloads-survive-a-crash",
    "revocations-survive-a-crash",
  ]

  @Test(
    "is missed where it is lost",
    arguments: [
      ("clients-are-lost", ["clients-survive-a-restart", "replaced-sets-survive-a-restart"]),
      ("deleted-clients-return", ["clients-survive-a-restart", "replaced-sets-survive-a-restart"]),
      ("any-secret-works", ["clients-survive-a-restart"]),
      (
        "tokens-are-lost",
        [
          "tokens-survive-a-restart", "expired-tokens-stay-expired-after-a-restart", "revoked-tokens-survive-a-restart",
          "tokens-of-a-deleted-client-after-a-restart",
        ]
      ),
      ("tokens-begin-anew", ["tokens-survive-a-restart", "expired-tokens-stay-expired-after-a-restart"]),
      ("tokens-end-early", ["tokens-survive-a-restart"]),
      (
        "revoked-tokens-return",
        ["revoked-tokens-survive-a-restart", "tokens-of-a-deleted-client-after-a-restart"]
      ),
      ("payloads-are-lost", ["payloads-survive-a-restart"]), ("payloads-are-doubled", ["payloads-survive-a-restart"]),
    ])
  func lost(fault: String, scenarios: [String]) throws {
    let (outcome, failed) = try SurvivalTests.run(fault)
    #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
    #expect(failed.isSuperset(of: scenarios), "\(failed.sorted())")
  }

  @Test("is missed after a crash alone if it is written at SIGTERM alone")
  func crash() throws {
    let (outcome, failed) = try SurvivalTests.run("kept-at-the-end")
    #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
    #expect(failed == ["payloads-survive-a-crash", "revocations-survive-a-crash"], "\(outcome.output)")
  }

  @Test("is not asked of what the target does not declare")
  func undeclared() throws {
    let (outcome, failed) = try SurvivalTests.run("tokens-are-lost", survives: "clients")
    #expect(outcome.status == 0 && failed.isEmpty, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("the target does not declare that tokens survive a restart"), "\(outcome.output)")
  }
}
