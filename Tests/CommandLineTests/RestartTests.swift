import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite("A launched target that is restarted", .enabled(if: Workspace.has("python3"), "python3 is in PATH"))
struct RestartTests {
  /// Keeps its clients and tokens in a file, each before its response; in another mode it keeps the clients alone.
  private static let server = """
    #!/usr/bin/env python3
    import base64, http.server, json, os, secrets, sys, threading, time, urllib.parse
    port, folder, mode = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    path, lock = folder + "/state.json", threading.Lock()
    starts = len(os.listdir(folder + "/starts")) if os.path.exists(folder + "/starts") else 0
    os.makedirs(folder + "/starts", exist_ok=True)
    open(folder + "/starts/%d" % starts, "w").close()
    if mode == "dies" and starts == 1:
        sys.exit("no second start")
    KEY = secrets.token_hex(16)
    print("the key is", KEY, flush=True)
    state = json.load(open(path)) if os.path.exists(path) else {"clients": {}, "tokens": {}}
    if mode == "forgets":
        state["tokens"] = {}
    def keep():
        with open(path + ".new", "w") as file:
            json.dump(state, file)
        os.rename(path + ".new", path)
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def do_GET(self):
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            with lock:
                status, body = self.answer()
            body = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Cache-Control", "no-store")
            self.send_header("WWW-Authenticate", 'Bearer realm="kept", error="invalid_token"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        do_POST = do_GET
        def answer(self):
            scheme, _, value = (self.headers["Authorization"] or " ").partition(" ")
            if self.path == "/clients":
                if self.headers["X-Key"] != KEY:
                    return 403, {}
                name = secrets.token_hex(8)
                state["clients"][name] = secrets.token_hex(16)
                keep()
                return 201, {"id": name, "secret": state["clients"][name]}
            if self.path == "/token":
                name, _, secret = urllib.parse.unquote(base64.b64decode(value).decode()).partition(":")
                if state["clients"].get(name) != secret:
                    return 401, {"error": "invalid_client"}
                token = secrets.token_hex(16)
                state["tokens"][token] = time.time() + 86400
                keep()
                return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 86400}
            if self.path == "/in":
                return (201 if time.time() < state["tokens"].get(value, 0) else 401), {}
            return 200, {"process": os.getpid(), "time": int(time.time())}
        def log_message(self, *_):
            pass
    class Server(http.server.ThreadingHTTPServer):
        request_queue_size = 100
        daemon_threads = True
    Server(("127.0.0.1", port), Handler).serve_forever()
    """

  private static func restarting(_ arguments: String) -> String {
    """
    title: Clients, tokens and their expiry survive a restart
    covers: TST-01
    given:
      - create-client: { as: erp }
      - request-token: { as: token, client: erp }
      - http: { url: / }
        save: { process: /process, time: /time }
    steps:
      - restart-target: \(arguments)
      - http: { url: / }
        expect: { json: { process: { not: "${process}" }, time: "${time}" } }
      - post-payload: { token: token }
        expect: { status: 201 }
      - request-token: { as: later, client: erp }
        expect: issued
      - create-client: { as: second }
        expect: created
      - wait: 12h
      - restart-target: {}
      - wait: 12h 1s
      - post-payload: { token: token }
        expect: { status: 401 }
    """
  }

  /// Its cases wait while others restart the target, if they may.
  private static let undisturbed = """
    title: Others are not disturbed
    covers: TST-01
    cases: { number: { from: 1, to: 8 } }
    steps:
      - http: { url: / }
        save: { process: /process }
      - wait: 3h
      - http: { url: / }
        expect: { json: { process: "${process}" } }
    """

  private static func target(_ mode: String) -> String {
    """
    target: A service that keeps its state
    base-url: http://127.0.0.1:${port}
    launch:
      command: [./serve, "${port}", "${folder}", \(mode)]
      folder: ../..
      ready: { within: 20s }
      values: { key: { output: 'the key is (\\S+)' } }
    token: { url: /token }
    connectors:
      only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } }
    clients:
      create:
        request: POST /clients
        headers: { X-Key: "${launch.key}" }
        answer: { id: /id, secret: /secret }
    clock: { driver: process }
    """
  }

  private static func workspace(_ scenarios: [String: String], mode: String = "keeps") throws -> Workspace {
    let workspace = try Workspace(scenarios: scenarios, target: target(mode))
    try workspace.write(server, to: "serve")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: workspace.folder.appending(path: "serve").path)
    return workspace
  }

  @Test(
    "runs again in the same folder, at the same port and time, and no other case at the same time",
    arguments: ["{}", "{ signal: TERM }", "{ signal: KILL }"])
  func kept(arguments: String) throws {
    let workspace = try RestartTests.workspace([
      "a-restart": RestartTests.restarting(arguments), "undisturbed": RestartTests.undisturbed,
      "z-restart": RestartTests.restarting(arguments),
    ])
    let outcome = try workspace.conform("run", "--verbose", environment: ["no_proxy": "*"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    // what it makes at each start is new, and in no file
    let output = try workspace.read("Reports/target.log").split(separator: "\n")
    #expect(output.filter { $0 == "the key is $KEY" }.count == 5, "\(output)")
  }

  @Test("fails the cases about what it has lost")
  func forgotten() throws {
    let workspace = try RestartTests.workspace(["restart": RestartTests.restarting("{}")], mode: "forgets")
    let outcome = try workspace.conform("run", environment: ["no_proxy": "*"])
    #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("status: expected 201, got 401"), "\(outcome.output)")
  }

  @Test("stops the run if it does not start again")
  func dead() throws {
    let workspace = try RestartTests.workspace(
      ["restart": RestartTests.restarting("{}"), "undisturbed": RestartTests.undisturbed], mode: "dies")
    let outcome = try workspace.conform("run", environment: ["no_proxy": "*"])
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect("\(outcome.output)\(outcome.errors)".contains("no second start"), "\(outcome.output)\(outcome.errors)")
  }

  @Test("is asked of no target that conform does not launch")
  func skipped() throws {
    let workspace = try Workspace(scenarios: ["restart": RestartTests.restarting("{}")])
    #expect(try workspace.conform("run").status == 4)
    #expect(
      try workspace.read("Reports/run.jsonl").contains(
        "the target is no program that conform launches, and could restart"))
  }
}
