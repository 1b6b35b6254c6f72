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

  @Test("lines on standard input answer its questions, and wrong ones are asked again; it finds out the rest")
  func dialog() throws {
    let service = try NestedService()
    let workspace = try Workspace.forInit()
    let outcome = try workspace.conform(
      ["init", "mine.yaml"], environment: NestedService.environment,
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
    var arguments = service.options(
      "--clock-advance", "PUT /control/clock", "--clock-json", #"{"epoch":"${epoch}"}"#)
    arguments[1] = "my target's.yaml"
    let outcome = try workspace.conform(arguments, environment: NestedService.environment)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(
      outcome.output.contains(
        "capabilities: basic-authentication, body-authentication, client-names, client-secret, create-client, "))
    #expect(outcome.output.contains("\na run executes 1 of 2 scenarios\n"), "\(outcome.output)")
    let command = try #require(outcome.output.firstMatch(of: /\nnext: (conform run --target .+)\n/)?.1)
    let (process, output, errors) = try workspace.start(
      [], environment: NestedService.environment, within: 60,
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
      service.options("--environment", "live"), environment: NestedService.environment)
    #expect(made.status == 0, "\(made.output)\(made.errors)")
    let text = try workspace.read("mine.yaml")
    try workspace.write(text.replacing("clock: { driver: wall }", with: clock), to: "mine.yaml")
    service.state.withLock { ($0.issued, $0.accepted) = (0, 0) }
    let before = service.lines.count
    let outcome = try workspace.conform(
      "run", "--target", "mine.yaml", "--tag", "smoke", environment: NestedService.environment)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let state = service.state.withLock { $0 }
    #expect(state.issued > 0 && service.lines.dropFirst(before).contains { $0.hasPrefix("POST /admin/clients") })
    #expect(state.clients.isEmpty && state.tokens.isEmpty && state.accepted == 0, "\(service.lines)")
  }

  @Test("a header field with a literal secret is asked again at once")
  func literalSecret() throws {
    let service = try NestedService()
    let workspace = try Workspace.forInit()
    let terminal = try PseudoTerminal(
      command: [Workspace.program.path, "init", "mine.yaml", "--base-url", service.url, "--token-url", "/oauth/token"],
      folder: workspace.folder.path)
    _ = try terminal.read(until: "how clients are made")
    try terminal.write("requests\n")
    _ = try terminal.read(until: "such as POST /admin/clients: ")
    try terminal.write("POST /admin/clients\n")
    _ = try terminal.read(until: "empty: none: ")
    try terminal.write("X-Admin-Key: k3j4h5g6f7d8\n")
    _ = try terminal.read(until: "write X-Admin-Key: ${env.NAME}, and set the environment variable NAME")
    _ = try terminal.read(until: "empty: none: ")
    try terminal.write("\u{4}")
    let (text, status) = try terminal.finish()
    #expect(status != 0 && text.contains("nothing was written"), "\(text)")
    #expect(!workspace.exists("mine.yaml"))
  }

  @Test("a person at a terminal is asked again, and nothing is written after the end of the input")
  func terminal() throws {
    let service = try NestedService()
    let workspace = try Workspace.forInit()
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
        "--manager-header: a target file must not contain secrets; write X-Api-Key: ${env.NAME}"
      ),
      (["--sample", "nothing.json"], "--sample: neither JSON nor XML, and not a file"),
      (["--clock", "http", "--clock-advance", "now"], "--clock-advance: expected a method and a URL"),
      (["--launch", "./serve 'a"], "--launch: a quote is not closed"),
    ])
  func refuses(arguments: [String], message: String) throws {
    let workspace = try Workspace.forInit()
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
    let workspace = try Workspace.forInit()
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
    let workspace = try Workspace.forInit()
    let closed = try workspace.conform(service.options(base: "http://127.0.0.1:1"))
    #expect(closed.status == 3 && closed.errors.contains("--base-url: could not connect"), "\(closed.errors)")
    // a server that waits for the end of a request would leave the handshake without a response
    let server = try RawServer(on: .connection) { _, connection in
      connection.send(InitTrialTests.response("400 Bad Request"))
      connection.close()
    }
    let plain = try workspace.conform(service.options(base: "https://127.0.0.1:\(server.port)"))
    #expect(plain.status == 3 && plain.errors.contains("it does not speak TLS at this port"), "\(plain.errors)")
    #expect(!workspace.exists("mine.yaml"))
  }

  @Test("nothing is made at a service that is not on this machine without permission", arguments: ["", "no", "yes"])
  func elsewhere(answer: String) throws {
    let service = try NestedService()
    let workspace = try Workspace.forInit()
    let base = "http://staging.example.test:\(service.port)"
    let resolve = "staging.example.test:\(service.port):127.0.0.1"
    let arguments = service.options("--resolve", resolve, "--list", "GET /admin/clients", base: base)
    // the first questions after those of options: the body, the permission, and how a lost secret is replaced
    let input = answer.isEmpty ? "" : "\n\(answer)\n\n\n\(answer)\n"
    let outcome = try workspace.conform(arguments, environment: NestedService.environment, input: input)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let made = service.lines.count { $0 == "POST /admin/clients HTTP/1.1" }
    #expect(made == (answer == "yes" ? 2 : 0), "\(outcome.output)")
    #expect(outcome.output.contains("a client: not tried, since nothing may be made there") == (answer != "yes"))
    #expect(service.state.withLock { $0.clients }.isEmpty)
    let text = try workspace.read("mine.yaml")
    #expect(text.contains("environment: live"), "\(text)")
    let allowed = try workspace.conform(
      arguments + ["--allow-changes", "--force"], environment: NestedService.environment)
    #expect(allowed.status == 0, "\(allowed.output)\(allowed.errors)")
    #expect(service.state.withLock { $0.clients }.isEmpty)
  }

  @Test("a clock that keeps its time is not written")
  func stuck() throws {
    let service = try NestedService()
    service.state.withLock { $0.isClockStuck = true }
    let workspace = try Workspace.forInit()
    let outcome = try workspace.conform(
      service.options("--clock-advance", "PUT /control/clock", "--clock-json", #"{"epoch":"${epoch}"}"#),
      environment: NestedService.environment)
    #expect(outcome.status == 3, "\(outcome.output)")
    #expect(outcome.errors.contains("clock: the target's clock did not advance: it was set to"), "\(outcome.errors)")
    #expect(!workspace.exists("mine.yaml") && service.state.withLock { $0.clients }.isEmpty)
  }
}
