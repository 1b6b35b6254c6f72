import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite("conform init finds out how clients are made")
struct InitClientTests {
  @Test("credentials that are given come from the environment, and wrong ones end it")
  func given() throws {
    let service = try NestedService()
    service.state.withLock { $0.clients["mine"] = "the-secret-of-mine" }
    let workspace = try Workspace.forInit()
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
    let workspace = try Workspace.forInit()
    let requests = [
      "--list", "GET /admin/clients?limit=100", "--show", "GET /admin/clients/${client.id}", "--replace",
      "POST /admin/clients/${client.id}/renew", "--delete", "DELETE /admin/clients/${client.id}", "--create-json",
      #"{"name":"${name}","tenant":"acme"}"#, "--clock", "http", "--clock-advance", "PUT /control/clock",
      "--clock-json", #"{"epoch":"${epoch}"}"#, "--clock-read", "GET /control/clock?exact",
    ]
    let arguments = service.options() + requests
    let outcome = try workspace.conform(arguments, environment: NestedService.environment)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let text = try workspace.read("mine.yaml")
    for part in [
      "request: \"POST /admin/clients/${client.id}/renew\"\n", "request: \"GET /admin/clients?limit=100\"\n",
      "answer: { id: \"/renewed/clientKey\", secret: \"/renewed/clientSecret\" }",
      #"json: {"name":"${name}","tenant":"#,
      "request: \"GET /control/clock?exact\"\n    headers: ",
    ] { #expect(text.contains(part), "\(part)\n\(text)") }
    let wrong = arguments.map { $0 == "GET /admin/clients?limit=100" ? "GET /admin/client" : $0 }
    let failed = try workspace.conform(wrong + ["--force"], environment: NestedService.environment)
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
    let workspace = try Workspace.forInit()
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
    let workspace = try Workspace.forInit()
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
    let workspace = try Workspace.forInit()
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
    let workspace = try Workspace.forInit()
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
    let workspace = try Workspace.forInit()
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
    let workspace = try Workspace.forInit()
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
