import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite("conform init tries each answer")
struct InitTrialTests {
  private static let answers = """
    foo
    ftp://127.0.0.1
    http://127.0.0.1 8080
    http://user:k3j4h5g6f7d8@127.0.0.1:1
    URL/
    foo

    /oauth/token
    requests
    POST /admin/clients
    Authorization: Bearer ${env.ADMIN_KEY}

    /v1/acme/orders
    {"no":"id"}
    {"id":"${unique}","callback":"/x?next=http://y"}
    http
    PUT /control/clock
    {"epoch":"${epoch}"}

    """

  private static let environment = ["ADMIN_KEY": NestedService.key]

  private func workspace() throws -> Workspace { try Workspace(scenarios: ["passing": RunTests.passing]) }

  /// The options that bind the nested service.
  private func options(_ service: NestedService, _ more: String..., base: String? = nil) -> [String] {
    [
      "init", "mine.yaml", "--base-url", base ?? service.url, "--token-url", "/oauth/token", "--create",
      "POST /admin/clients", "--manager-header", "Authorization: Bearer ${env.ADMIN_KEY}", "--inbound-url",
      "/v1/acme/orders",
    ] + more
  }

  @Test("lines on standard input answer its questions, and wrong ones are asked again; it finds out the rest")
  func dialog() throws {
    let service = try NestedService()
    let workspace = try workspace()
    let outcome = try workspace.conform(
      ["init", "mine.yaml"], environment: InitTrialTests.environment,
      input: InitTrialTests.answers.replacing("URL", with: service.url))
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    for text in [
      "  'foo' has no scheme; expected a URL such as https://staging.example.com\n",
      "  the scheme 'ftp' is not supported; expected http:// or https://\n", "  a URL contains no blanks",
      "  a URL with a user name or a password is refused", "  'foo' is neither a URL nor a path; write /foo",
      "  nothing was given; expected a URL or a path, such as /oauth/token\n",
      "token endpoint, without credentials: HTTP 401, error invalid_client, challenge Basic realm=\"nested\"\n",
      "POST /admin/clients: HTTP 201\n"
        + "  -> clients: { create: { answer: { id: /data/clientKey, secret: /data/clientSecret } } }\n",
      "  -> clients: { list: { request: GET /admin/clients, answer: { ids: /data/*/clientKey } } }\n",
      "  -> clients: { delete: { request: DELETE /admin/clients/${client.id} } }\n",
      "token, client authentication 'body': HTTP 200, expires_in 3600\n"
        + "  -> token: { client-authentication: [basic, body] }\n  -> behaviour: { token-lifetime: 3600 }\n",
      "  the payload is not accepted (HTTP 422): name another\n",
      "inbound URL, with a token and the payload: HTTP 202\n  -> behaviour: { payload-accepted: [202] }\n",
      "GET /control/clock: shows 2023-11-14T22:13:20Z\n",
      "clock: showed 2023-11-14T22:13:20Z, was set to 2023-11-14T23:13:20Z, and shows 2023-11-14T23:13:20Z\n",
      "the target file fits, as far as it was tried\n", "\nwritten: mine.yaml\n",
    ] { #expect(outcome.output.contains(text), "\(text)\n\(outcome.output)") }
    #expect(!(outcome.output + outcome.errors).contains("of-the-nested-service"))
    let text = try workspace.read("mine.yaml")
    #expect(text.contains("behaviour: { token-lifetime: 3600, payload-accepted: [202] }"), "\(text)")
    #expect(text.contains("environment: disposable") && !text.contains("TODO"), "\(text)")
    #expect(service.state.withLock { $0.clients }.isEmpty)
    let posts = service.lines.count { $0.hasPrefix("POST /v1/") }
    let made = service.lines.count { $0 == "POST /admin/clients HTTP/1.1" }
    let tokens = service.lines.count { $0.hasPrefix("POST /oauth/token") }
    #expect((posts, made, tokens) == (4, 3, 4), "\(service.lines)")
  }

  private static let accepting = """
    title: A payload with a token is accepted
    covers: TST-01
    given:
      - create-client: { as: erp }
      - request-token: { as: token, client: erp }
    steps:
      - wait: 1s
      - post-payload: { token: token }
        expect: accepted
    """

  @Test("options answer all questions; the capabilities are those of list, and the next command works as it is printed")
  func next() throws {
    let service = try NestedService()
    let workspace = try Workspace(
      scenarios: ["accepts": InitTrialTests.accepting, "reads": RunTests.passing])
    var arguments = options(
      service, "--clock-advance", "PUT /control/clock", "--clock-json", #"{"epoch":"${epoch}"}"#)
    arguments[1] = "my target's.yaml"
    let outcome = try workspace.conform(arguments, environment: InitTrialTests.environment)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("capabilities: basic-authentication, body-authentication, create-client, "))
    #expect(outcome.output.contains("\na run executes 1 of 2 scenarios\n"), "\(outcome.output)")
    let command = try #require(outcome.output.firstMatch(of: /\nnext: (conform run --target .+)\n/)?.1)
    let (process, output, errors) = try workspace.start(
      [], environment: InitTrialTests.environment, within: 60,
      under: [
        "PATH=\(Workspace.program.deletingLastPathComponent().path):/usr/bin:/bin", "/bin/sh", "-c", String(command),
      ])
    process.waitUntilExit()
    let run = try Outcome(
      status: process.terminationStatus, output: Workspace.text(output), errors: Workspace.text(errors))
    #expect(run.output.contains("2 cases: 1 passed, 1 skipped") && run.status == 0, "\(run.output)\(run.errors)")
  }

  @Test(
    "the smoke cases leave nothing behind at a live service: no client, no token, no payload",
    arguments: ["clock: { driver: wall }", ""])
  func smoke(clock: String) throws {
    let service = try NestedService()
    let workspace = try Workspace()
    let made = try workspace.conform(
      options(service, "--environment", "live"), environment: InitTrialTests.environment)
    #expect(made.status == 0, "\(made.output)\(made.errors)")
    let text = try workspace.read("mine.yaml")
    try workspace.write(text.replacing("clock: { driver: wall }", with: clock), to: "mine.yaml")
    service.state.withLock { ($0.issued, $0.accepted) = (0, 0) }
    let before = service.lines.count
    let outcome = try workspace.conform(
      "run", "--target", "mine.yaml", "--tag", "smoke", environment: InitTrialTests.environment)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let state = service.state.withLock { $0 }
    #expect(state.issued > 0 && service.lines.dropFirst(before).contains { $0.hasPrefix("POST /admin/clients") })
    #expect(state.clients.isEmpty && state.tokens.isEmpty && state.accepted == 0, "\(service.lines)")
  }

  @Test("a person at a terminal is asked again, and nothing is written after the end of the input")
  func terminal() throws {
    let service = try NestedService()
    let workspace = try workspace()
    let terminal = try PseudoTerminal(
      command: [Workspace.program.path, "init", "mine.yaml"], folder: workspace.folder.path)
    _ = try terminal.read(until: "the base URL, such as https://staging.example.com: ")
    try terminal.write("foo\n")
    _ = try terminal.read(until: "'foo' has no scheme")
    try terminal.write("\(service.url)\n")
    _ = try terminal.read(until: "the token endpoint, such as /oauth/token")
    try terminal.write("/nowhere\n")
    _ = try terminal.read(until: "/nowhere does not exist (HTTP 404)")
    try terminal.write("\u{4}")
    let (text, status) = try terminal.finish()
    #expect(status == 3 && text.contains("nothing was written"), "\(text)")
    #expect(!workspace.exists("mine.yaml"))
  }

  @Test(
    "a value that cannot be right is refused, and nothing is written or sent",
    arguments: [
      (["--base-url", "foo"], "--base-url: 'foo' has no scheme"),
      (["--base-url", "ftp://127.0.0.1"], "--base-url: the scheme 'ftp' is not supported"),
      (["--base-url", "http://127.0.0.1 1"], "--base-url: a URL contains no blanks"),
      (
        ["--base-url", "http://u:k3j4h5g6f7d8@127.0.0.1"], "--base-url: a URL with a user name or a password is refused"
      ),
      (["--base-url", "http://"], "--base-url: the URL has no host"),
      (["--base-url", "http://127.0.0.1:99999"], "--base-url: the port of the URL is not a number from 1 to 65535"),
      (["--token-url", ""], "--token-url: nothing was given"),
      (["--token-url", "foo"], "--token-url: 'foo' is neither a URL nor a path"),
      (["--token-url", "/${conector.name}"], "--token-url: unknown variable"),
      (["--token-param", "scope"], "--token-param: expected NAME=VALUE"),
      (["--secret-variable", "k3j4h5g6f7d8!"], "--secret-variable: expected the name of an environment variable"),
      (["--create", "/clients"], "--create: expected a method and a URL"),
      (
        ["--create", "POST /clients", "--create-json", "{\n\"a\" 1}"], "--create-json: expected JSON: line 2, column 5"
      ),
      (
        ["--create", "POST /clients", "--manager-header", "X-Api-Key: k3j4h5g6f7d8"],
        "clients: a target file must not contain secrets"
      ),
      (["--sample", "nothing.json"], "--sample: neither JSON nor XML, and not a file"),
      (["--clock", "http", "--clock-advance", "now"], "--clock-advance: expected a method and a URL"),
      (["--launch", "./serve 'a"], "--launch: a quote is not closed"),
    ])
  func refuses(arguments: [String], message: String) throws {
    let workspace = try workspace()
    let defaults = ["--base-url": "http://127.0.0.1:1", "--token-url": "/t", "--inbound-url": "/in"]
    let others = defaults.filter { !arguments.contains($0.key) }.flatMap { [$0.key, $0.value] }
    let outcome = try workspace.conform(["init", "mine.yaml", "--no-probe"] + arguments + others)
    #expect(outcome.status == 2, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(outcome.errors.contains("nothing was written") || message.contains("NAME=VALUE"), "\(outcome.errors)")
    #expect(!workspace.exists("mine.yaml") && !(outcome.output + outcome.errors).contains("k3j4h5g6f7d8"))
  }

  private static let page = "<!doctype html><p>Welcome"

  @Test(
    "what is no token endpoint ends with a diagnosis and status 3, and nothing is written",
    arguments: [
      ("SSH-2.0-OpenSSH_9.2\r\n", "is not valid HTTP"),
      (response("200 OK", "Content-Type: text/html", page), "responds with an HTML page; give the URL of the endpoint"),
      (response("500 Internal Server Error"), "fails with HTTP 500; see the log of the service"),
      (
        response("307 Temporary Redirect", "Location: https://elsewhere.example/t"),
        "redirects to https://elsewhere.example/t; give the URL to which it leads"
      ),
      (response("404 Not Found"), "does not exist (HTTP 404)"),
      (response("405 Method Not Allowed", "Allow: GET"), "does not accept POST (HTTP 405; Allow: GET)"),
      (
        response("401 Unauthorized", "Content-Type: text/html", page),
        "responds with an HTML page (HTTP 401), and no token was issued there"
      ),
    ])
  func nonsense(bytes: String, message: String) throws {
    let server = try RawServer { request, connection in
      let isInbound = request.head.hasPrefix("POST /in ")
      connection.send(isInbound ? InitTrialTests.response("401 Unauthorized") : bytes)
      connection.close()
    }
    let workspace = try workspace()
    let outcome = try workspace.conform(
      "init", "mine.yaml", "--base-url", server.url, "--token-url", "/t", "--inbound-url", "/in")
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.errors.contains(message) && outcome.errors.contains("nothing was written"), "\(outcome.errors)")
    #expect(!workspace.exists("mine.yaml") && !outcome.output.contains("written: "))
  }

  static func response(_ status: String, _ field: String? = nil, _ body: String = "") -> String {
    "HTTP/1.1 \(status)\r\n\(field.map { "\($0)\r\n" } ?? "")Content-Length: \(body.utf8.count)\r\n"
      + "Connection: close\r\n\r\n\(body)"
  }

  @Test("a port without a service, and a service without TLS, end with a diagnosis")
  func unreachable() throws {
    let service = try NestedService()
    let workspace = try workspace()
    let closed = try workspace.conform(options(service, base: "http://127.0.0.1:1"))
    #expect(closed.status == 3 && closed.errors.contains("--base-url: could not connect"), "\(closed.errors)")
    // a server that waits for the end of a request would leave the handshake without a response
    let server = try RawServer(on: .connection) { _, connection in
      connection.send(InitTrialTests.response("400 Bad Request"))
      connection.close()
    }
    let plain = try workspace.conform(options(service, base: "https://127.0.0.1:\(server.port)"))
    #expect(plain.status == 3 && plain.errors.contains("it does not speak TLS at this port"), "\(plain.errors)")
    #expect(!workspace.exists("mine.yaml"))
  }

  @Test("nothing is made at a service that is not on this machine without permission", arguments: ["", "no", "yes"])
  func elsewhere(answer: String) throws {
    let service = try NestedService()
    let workspace = try workspace()
    let base = "http://staging.example.test:\(service.port)"
    let resolve = "staging.example.test:\(service.port):127.0.0.1"
    let arguments = options(service, "--resolve", resolve, "--list", "GET /admin/clients", base: base)
    // the first questions after those of options: the body, and the permission
    let input = answer.isEmpty ? "" : "\n\(answer)\n\n\(answer)\n"
    let outcome = try workspace.conform(arguments, environment: InitTrialTests.environment, input: input)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let made = service.lines.count { $0 == "POST /admin/clients HTTP/1.1" }
    #expect(made == (answer == "yes" ? 2 : 0), "\(outcome.output)")
    #expect(outcome.output.contains("a client: not tried, since nothing may be made there") == (answer != "yes"))
    #expect(service.state.withLock { $0.clients }.isEmpty)
    let text = try workspace.read("mine.yaml")
    #expect(text.contains("environment: live"), "\(text)")
    let allowed = try workspace.conform(
      arguments + ["--allow-changes", "--force"], environment: InitTrialTests.environment)
    #expect(allowed.status == 0, "\(allowed.output)\(allowed.errors)")
    #expect(service.state.withLock { $0.clients }.isEmpty)
  }

  @Test("a clock that keeps its time is not written")
  func stuck() throws {
    let service = try NestedService()
    service.state.withLock { $0.isClockStuck = true }
    let workspace = try workspace()
    let outcome = try workspace.conform(
      options(service, "--clock-advance", "PUT /control/clock", "--clock-json", #"{"epoch":"${epoch}"}"#),
      environment: InitTrialTests.environment)
    #expect(outcome.status == 3, "\(outcome.output)")
    #expect(outcome.errors.contains("clock: the target's clock did not advance: it was set to"), "\(outcome.errors)")
    #expect(!workspace.exists("mine.yaml") && service.state.withLock { $0.clients }.isEmpty)
  }

  @Test("credentials that are given come from the environment, and wrong ones end it")
  func given() throws {
    let service = try NestedService()
    service.state.withLock { $0.clients["mine"] = "the-secret-of-mine" }
    let workspace = try workspace()
    let arguments = [
      "init", "mine.yaml", "--base-url", service.url, "--token-url", "/oauth/token", "--id-variable", "ID",
      "--secret-variable", "SECRET", "--inbound-url", "/v1/acme/orders", "--token-param", "scope=orders", "--sample",
      "order.json",
    ]
    try workspace.write(#"{"id":"a"}"#, to: "order.json")
    let outcome = try workspace.conform(
      arguments, environment: ["ID": "mine\n", "SECRET": "the-secret-of-mine\n"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let text = try workspace.read("mine.yaml")
    #expect(
      text.contains(#"- { id: "${env.ID}", secret: "${env.SECRET}" }"#) && !text.contains("the-secret"), "\(text)")
    #expect(text.contains(#"params: { "scope": "orders" }"#) && text.contains(#"valid: { file: "order.json" }"#))
    #expect(service.requests.contains { $0.hasPrefix("POST /oauth/token") && $0.contains("scope=orders") })
    let wrong = try workspace.conform(
      arguments + ["--force"], environment: ["ID": "mine", "SECRET": "another-secret"])
    #expect(wrong.status == 3)
    #expect(wrong.errors.contains("clients: no token was issued (basic: HTTP 401, error invalid_client"))
    #expect(!wrong.errors.contains("another-secret") && !wrong.output.contains("another-secret"))
    #expect(try workspace.read("mine.yaml") == text)
  }

  @Test("named requests are tried, and the places of their values found; one that does not work ends it")
  func named() throws {
    let service = try NestedService()
    let workspace = try workspace()
    let requests = [
      "--list", "GET /admin/clients?limit=100", "--show", "GET /admin/clients/${client.id}", "--replace",
      "POST /admin/clients/${client.id}/renew", "--delete", "DELETE /admin/clients/${client.id}", "--create-json",
      #"{"name":"${name}","tenant":"acme"}"#, "--clock", "http", "--clock-advance", "PUT /control/clock",
      "--clock-json", #"{"epoch":"${epoch}"}"#, "--clock-read", "GET /control/clock?exact",
    ]
    let arguments = options(service) + requests
    let outcome = try workspace.conform(arguments, environment: InitTrialTests.environment)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let text = try workspace.read("mine.yaml")
    for part in [
      "request: \"POST /admin/clients/${client.id}/renew\"\n", "request: \"GET /admin/clients?limit=100\"\n",
      "answer: { id: \"/renewed/clientKey\", secret: \"/renewed/clientSecret\" }",
      #"json: {"name":"${name}","tenant":"#,
      "request: \"GET /control/clock?exact\"\n    headers: ",
    ] { #expect(text.contains(part), "\(part)\n\(text)") }
    let wrong = arguments.map { $0 == "GET /admin/clients?limit=100" ? "GET /admin/client" : $0 }
    let failed = try workspace.conform(wrong + ["--force"], environment: InitTrialTests.environment)
    #expect(failed.status == 3 && failed.errors.contains("GET /admin/client: HTTP 404"), "\(failed.errors)")
    #expect(failed.output.contains("that was made is left at the service"))
    #expect(try workspace.read("mine.yaml") == text)
  }

  @Test(
    "what is not tried is written as it is named, with a TODO for what is only a guess",
    arguments: [
      (["--clients", "prompt", "--dashboard", "Dashboard, tab A"], #"prompt: "Dashboard, tab A""#, false),
      (["--clock", "command", "--clock-command", "./set '${epoch}' now"], #"["./set", "${epoch}", "now"]"#, false),
      (["--launch", "./serve ${port}", "--clock", "faketime"], "clock: { driver: faketime }", false),
      (
        ["--registration-url", "/register", "--initial-access-token-variable", "ACCESS"],
        #"initial-access-token: "${env.ACCESS}""#, false
      ),
      (["--create", "POST /c", "--list", "GET /c"], #"request: "GET /c""#, true),
      (["--environment", "live"], "environment: live", false),
    ])
  func untried(arguments: [String], expected: String, isGuess: Bool) throws {
    let workspace = try workspace()
    let outcome = try workspace.conform(
      [
        "init", "mine.yaml", "--no-probe", "--base-url", "http://127.0.0.1:1", "--token-url", "/t", "--inbound-url",
        "/in", "--sample", #"{"id":1}"#,
      ] + arguments)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let text = try workspace.read("mine.yaml")
    #expect(text.contains(expected) && text.contains("# TODO: where the responses") == isGuess, "\(text)")
    #expect(outcome.output.contains("written: mine.yaml, which is not complete") == isGuess, "\(outcome.output)")
    let list = try workspace.conform("list", "mine.yaml")
    #expect(list.status == 2 && list.errors == "mine.yaml is a target file, not a scenario; write --target mine.yaml\n")
  }

  @Test("after Ctrl-C the client that was made is gone, and nothing is written")
  func interrupted() throws {
    let service = try SmallService()
    let (reached, released) = service.holdTokenRequests()
    let workspace = try workspace()
    let (process, _, _) = try workspace.start(
      [
        "init", "mine.yaml", "--base-url", service.url, "--token-url", "/token", "--create", "POST /clients",
        "--inbound-url", "/in",
      ])
    // the request without credentials, and the first one of the client
    reached.wait()
    released.signal()
    reached.wait()
    #expect(service.clients.count == 1)
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    released.signal()
    #expect(process.terminationStatus == 130 && service.clients.isEmpty)
    #expect(!workspace.exists("mine.yaml"))
  }

  @Test("clients are registered, and deleted where the service allows it")
  func registration() throws {
    let service = try SmallService(lifetime: 86_400)
    let workspace = try workspace()
    let outcome = try workspace.conform(
      "init", "mine.yaml", "--base-url", service.url, "--token-url", "/token", "--registration-url", "/register",
      "--inbound-url", "/in")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("  -> clients: { rfc7591: { url: /register, managed: true } }\n"))
    #expect(try workspace.read("mine.yaml").contains("managed: true"))
    #expect(service.clients.isEmpty)
  }

  @Test("a program manages clients; what it cannot do is not written")
  func command() throws {
    let service = try NestedService()
    service.state.withLock { $0.clients["mine"] = "the-secret-of-mine" }
    let workspace = try workspace()
    let program = """
      #!/bin/sh
      case $(cat) in
        *'"operation":"create"'*) echo '{"id":"mine","secret":"the-secret-of-mine"}' ;;
        *'"operation":"list"'*) echo '{"ids":["mine"]}' ;;
        *'"operation":"delete"'*) echo '{}' ;;
        *) echo "not here" >&2; exit 1 ;;
      esac
      """
    try workspace.write(program, to: "manage")
    #expect(chmod(workspace.folder.appending(path: "manage").path, 0o755) == 0)
    let outcome = try workspace.conform(
      "init", "mine.yaml", "--base-url", service.url, "--token-url", "/oauth/token", "--clients-command", "./manage",
      "--inbound-url", "/v1/acme/orders")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("./manage show: could not show a client: ./manage ended with status 1: not here"))
    #expect(try workspace.read("mine.yaml").contains("operations: [create, list, delete]"))
  }

  @Test(
    "a program is launched on a free port with a simulated clock, which is checked; one that does not start is named")
  func launch() throws {
    let workspace = try workspace()
    let program = """
      import http.server, sys
      class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
          self.rfile.read(int(self.headers["Content-Length"]))
          self.send_response(401)
          self.send_header("WWW-Authenticate", "Basic")
          self.send_header("Content-Length", "0")
          self.end_headers()
        def do_GET(self): self.send_error(404)
      http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
      """
    try workspace.write(program, to: "serve.py")
    let arguments = ["init", "mine.yaml", "--token-url", "/t", "--inbound-url", "/in", "--launch"]
    let outcome = try workspace.conform(arguments + ["python3 serve.py ${port}"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("clock: the launched program shows 2022-07-20T10:03:08Z, as it was set\n"))
    let text = try workspace.read("mine.yaml")
    #expect(text.contains(#"base-url: "http://127.0.0.1:${port}""#) && text.contains("clock: { driver: process }"))
    #expect(text.contains(#"command: ["python3", "serve.py", "${port}"]"#), "\(text)")
    let failed = try workspace.conform(arguments + ["python3 missing.py ${port}", "--force"])
    #expect(failed.status == 3 && failed.errors.contains("--launch: the launched target ended with status 2"))
    #expect(try workspace.read("mine.yaml") == text)
  }

  @Test("metadata is found at the base URL; a template stays one, and so does a query with a URL in it")
  func templates() throws {
    let server = try RawServer { request, connection in
      let host = request.head.firstMatch(of: /Host: (\S+)/).map { String($0.1) } ?? ""
      if request.head.hasPrefix("GET /.well-known/oauth-authorization-server ") {
        return connection.respond(
          "HTTP/1.1 200 OK", #"{"issuer":"http://\#(host)","token_endpoint":"http://\#(host)/as/token"}"#)
      }
      connection.respond("HTTP/1.1 401 Unauthorized", #"{"error":"invalid_client"}"#)
    }
    let workspace = try workspace()
    let outcome = try workspace.conform(
      ["init", "mine.yaml", "--base-url", server.url],
      input: "\n\n\n\n/${connector.name}/in?next=https://elsewhere.example/\n")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("metadata: found, of the issuer \(server.url)\n"))
    let text = try workspace.read("mine.yaml")
    #expect(text.contains(#"url: "/as/token""#) && text.contains("issuer: "), "\(text)")
    #expect(text.contains(#"inbound-url: "/${connector.name}/in?next=https://elsewhere.example/""#), "\(text)")
    let lines = server.requests.map { $0.head.prefix { $0 != "\r\n" } }
    #expect(lines.contains("POST /first/in?next=https://elsewhere.example/ HTTP/1.1"), "\(lines)")
  }
}
