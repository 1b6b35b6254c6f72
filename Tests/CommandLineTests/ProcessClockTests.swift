import Foundation
import HTTPModel
import Testing

@Suite("A launched program on a simulated clock", .enabled(if: Workspace.has("python3"), "python3 is in PATH"))
struct ProcessClockTests {
  /// A service that looks at the time as any program does.
  private static let server = """
    import base64, http.server, json, sys, time
    LIFETIME, tokens = 86400, {}
    class Service(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def answer(self, status, body, *fields):
            data = json.dumps(body).encode()
            self.send_response(status)
            for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(data)))) + fields: self.send_header(name, value)
            self.end_headers(); self.wfile.write(data)
        def do_GET(self): self.answer(200, {"now": NOW()})
        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path == "/token":
                token = f"token-number-{len(tokens)}"; tokens[token] = time.time() + LIFETIME
                return self.answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME})
            token = self.headers.get("Authorization", "")[7:]
            if time.time() < tokens.get(token, 0): return self.answer(201, {})
            self.answer(401, {}, ("WWW-Authenticate", 'Bearer error="invalid_token"'))
        def log_message(self, *arguments): pass
    NOW = eval(sys.argv[2])
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Service).serve_forever()
    """
  private static let scenario = """
    title: A token works for 24 hours, and not a second longer
    covers: TST-01
    needs: [exact-clock]
    given:
      - create-client: { as: erp }
      - request-token: { as: token, client: erp }
    steps:
      - wait: 23h 59m 59s
      - post-payload: { token: token }
        expect: accepted
      - wait: 1s
      - post-payload: { token: token }
        expect: { status: 401, challenge: { scheme: Bearer, error: invalid_token } }
    """

  private func runCases(
    now: String, clock: String, server: String = ProcessClockTests.server, before: String = "",
    further: [String: String] = [:]
  ) throws -> Outcome {
    let target = """
      target: A program
      base-url: http://127.0.0.1:${port}
      launch: { command: [\(before)python3, server.py, "${port}", "\(now)"], ready: { request: GET / , within: 60s } }
      token: { url: /token }
      connectors: { only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } } }
      clients: { static: [{ id: known, secret: "${env.TEST_SECRET}" }] }
      clock: \(clock)
      """
    let other =
      "title: A token is issued\ncovers: TST-01\ngiven:\n  - create-client: { as: erp }\nsteps:\n  - request-token: { client: erp }\n    expect: issued\n"
    let scenarios = ["expires": ProcessClockTests.scenario, "issued": other].merging(further) { $1 }
    let workspace = try Workspace(scenarios: scenarios, target: target)
    try workspace.write(server, to: "Scenarios/targets/server.py")
    return try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
  }

  @Test(
    "goes through 24 hours to the second",
    arguments: ["{ driver: process }", "{ driver: process, proof: { request: GET /, answer: { now: /now } } }"])
  func moves(clock: String) throws {
    let outcome = try runCases(now: "time.time", clock: clock)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("2 cases: 2 passed"))
  }

  @Test("a clock that does not advance makes the cases that need it errored, and no others")
  func doesNotFollow() throws {
    let outcome = try runCases(
      now: "lambda: 1658311388", clock: "{ driver: process, proof: { request: GET /, answer: { now: /now } } }")
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("2 cases: 1 passed, 1 errored"))
    #expect(outcome.output.contains("the target's clock does not advance: it showed 2022-07-20T10:03:08Z"))
  }

  @Test("a program that shows no time is reported")
  func nothingToSee() throws {
    let outcome = try runCases(
      now: "lambda: None", clock: "{ driver: process, proof: { request: GET /, answer: { now: /now } } }")
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("2 cases: 1 passed, 1 errored"))
    #expect(outcome.output.contains("HTTP 200); correct 'answer: now' of the request"))
  }

  @Test("on one that flows, what needs the exact second is skipped")
  func flows() throws {
    let outcome = try runCases(now: "time.time", clock: "{ driver: process, stands-still: false }")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("2 cases: 1 passed, 1 skipped"))
    #expect(outcome.output.contains("the target's clock does not stand still between advances"))
  }

  @Test("a program that stays on the machine's time makes the cases that need the clock errored, by its name")
  func escapes() throws {
    // what conform-clock prints about a program
    let line = "conform-clock: /srv/old stays on the machine's time: a 32-bit program"
    let server = ProcessClockTests.server.replacing(
      "NOW = ", with: "print(\"\(line)\", file=sys.stderr, flush=True)\nNOW = ")
    let outcome = try runCases(now: "time.time", clock: "{ driver: process }", server: server)
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("2 cases: 1 passed, 1 errored"))
    #expect(outcome.output.contains("clock not simulated for /srv/old: a 32-bit program"))
  }

  @Test("the time of a Go program starts after 2157, and a start in the target file takes precedence")
  func startsLate() throws {
    let server = ProcessClockTests.server.replacing(
      "NOW = ", with: "print('conform-clock: /srv/it is a Go program', file=sys.stderr, flush=True)\nNOW = ")
    let until =
      "title: Early\ncovers: TST-01\ngiven:\n  - create-client: { as: erp }\nsteps:\n"
      + "  - wait: { until: 2024-01-01T00:00:00Z }\n  - request-token: { client: erp }\n    expect: issued\n"
    let late = try runCases(now: "time.time", clock: "{ driver: process }", server: server, further: ["early": until])
    #expect(late.status == 0, "\(late.output)\(late.errors)")
    #expect(late.output.contains("3 cases: 2 passed, 1 skipped"))
    #expect(late.output.contains("waits until 2024-01-01T00:00:00Z, but the target's clock is at 2185-07-20T10:03:08Z"))
    #expect(
      late.errors.contains(
        "note: the simulated time starts at 2185-07-20T10:03:08Z, since /srv/it is a Go program: before 2157"))
    let given = try runCases(
      now: "time.time", clock: "{ driver: process, start: 2023-01-01T00:00:00Z }", server: server,
      further: ["early": until])
    #expect(given.status == 0, "\(given.output)\(given.errors)")
    #expect(given.output.contains("3 cases: 3 passed"))
    #expect(!given.errors.contains("2185"))
  }

  @Test("a container brings conform-clock as its entry point, with the clock of the launch folder")
  func container() throws {
    let helper = Workspace.program.deletingLastPathComponent().appending(path: "conform-clock").path
    let clock = "{ driver: process, inside: container }"
    let before = "\(helper), --clock, \"${folder}/clock\", --, "
    let outcome = try runCases(now: "time.time", clock: clock, before: before)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("2 cases: 2 passed"))
    let without = try runCases(now: "time.time", clock: clock)
    #expect(without.status == 3, "\(without.output)\(without.errors)")
    #expect(without.output.contains("the target's clock does not advance"))
  }
}
