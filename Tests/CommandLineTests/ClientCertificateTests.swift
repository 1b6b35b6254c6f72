import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite(
  "Clients that authenticate by certificates",
  .enabled(if: Workspace.has("openssl") && Workspace.has("python3"), "openssl and python3 are in PATH"))
struct ClientCertificateTests {
  /// Takes a client_id from the client whose certificate has it as its common name; connections need none.
  private static let server = """
    #!/usr/bin/env python3
    import http.server, json, ssl, sys, urllib.parse
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def do_GET(self):
            self.respond(200, {})
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path == "/in":
                return self.respond(201 if self.headers["Authorization"] == "Bearer a-token-0815-4711" else 401, {})
            form = dict(urllib.parse.parse_qsl(body))
            certificate = self.connection.getpeercert()
            names = [value for part in certificate["subject"] for _, value in part] if certificate else []
            print(form.get("client_id"), names, file=open(sys.argv[2] + "/seen", "a"))
            is_known = form.get("client_id") in names or (form.get("client_id"), form.get("client_secret")) == ("a", "a-secret-of-a-4711")
            if is_known:
                return self.respond(200, {"access_token": "a-token-0815-4711", "token_type": "Bearer", "expires_in": 60})
            self.respond(401, {"error": "invalid_client"})
        def respond(self, status, json_body):
            body = json.dumps(json_body).encode()
            self.send_response(status)
            if status == 401:
                self.send_header("WWW-Authenticate", 'Bearer realm="x"')
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def log_message(self, *_):
            pass
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("server.pem", "server-key.pem")
    context.load_verify_locations("clients.pem")
    context.verify_mode = ssl.CERT_OPTIONAL
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()
    """

  private static let scenario = """
    title: Certificates authenticate their clients
    covers: TST-01
    given:
      - create-client: { as: erp }
      - create-client: { as: shop }
    steps:
      - request-token: { as: token, client: erp }
        expect: issued
      - request-token: { client: shop }
        expect: issued
      - request-token: { client: erp, id: "${shop.id}" }
        expect: { error: invalid_client }
      - request-token: { client: shop, id: "${erp.id}" }
        expect: { error: invalid_client }
      - request-token: { client: erp }
        expect: issued
      - post-payload: { token: token }
        expect: accepted
    """
  private static let without = """
    title: A client_id alone authenticates nobody
    covers: TST-01
    given:
      - create-client: { as: erp }
    steps:
      - request-token: { client: erp, auth: tls-client-auth }
        expect: issued
      - request-token: { client: erp, auth: id-only }
        expect: { error: invalid_client }
      - request-token: { client: erp, auth: none }
        expect: { error: invalid_client }
    """

  private static func workspace(ways: String, _ keys: String) throws -> Workspace {
    let target = """
      target: A service behind mutual TLS
      base-url: https://localhost:${port}
      launch: { command: [./serve, "${port}", .], folder: ../.. }
      token: { url: /token, client-authentication: \(ways) }
      connectors:
        only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } }
      \(keys)
      """
    let workspace = try Workspace(scenarios: ["tls": scenario, "without": without], target: target)
    for name in ["server", "a", "b"] { try Certificate.make(name, in: workspace) }
    try Certificate.encryptKey(of: "b", as: "b-encrypted.pem", password: "pass-of-b", in: workspace)
    try workspace.write(try workspace.read("a.pem") + workspace.read("b.pem"), to: "clients.pem")
    try workspace.write(server, to: "serve")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: workspace.folder.appending(path: "serve").path)
    return workspace
  }

  @Test("have one each, and none is taken for that of another")
  func own() throws {
    let workspace = try Self.workspace(
      ways: "tls_client_auth".replacing("_", with: "-"),
      """
      tls: { ca: ../../server.pem }
      clients:
        static:
          - { id: a, tls: { certificate: ../../a.pem, key: ../../a-key.pem } }
          - { id: b, tls: { certificate: ../../b.pem, key: ../../b-encrypted.pem, key-password: "${env.PASSWORD_B}" } }
      """)
    let outcome = try workspace.conform("run", environment: ["PASSWORD_B": "pass-of-b", "no_proxy": "*"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    // at a service that knows clients by certificates alone, no connection lacks one
    #expect(outcome.output.contains("1 skipped: the target's clients have no secret"), "\(outcome.output)")
    let seen = try workspace.read("seen").split(separator: "\n")
    #expect(
      seen.contains("a ['a']") && seen.contains("b ['b']") && seen.contains("b ['a']") && seen.contains("a ['b']"))
    let log = try workspace.read("Reports/run.jsonl")
    // each request can be repeated with the certificate of its client
    #expect(log.contains(#"a.pem","key":""#) && log.contains(#"b-encrypted.pem""#))
    #expect(!(log + outcome.output).contains("pass-of-b"))
  }

  @Test("have that of the target, which requests without authentication do not send")
  func shared() throws {
    let workspace = try Self.workspace(
      ways: "[tls-client-auth, body]",
      """
      tls: { ca: ../../server.pem, certificate: ../../a.pem, key: ../../a-key.pem }
      clients: { static: [{ id: a, secret: "${env.SECRET_A}" }] }
      """)
    let outcome = try workspace.conform("run", environment: ["SECRET_A": "a-secret-of-a-4711", "no_proxy": "*"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let seen = try workspace.read("seen").split(separator: "\n")
    #expect(seen == ["a ['a']", "a []", "None []"], "\(seen)")
  }

  @Test("are found by init, which asks for the certificate")
  func found() throws {
    let workspace = try Self.workspace(ways: "tls-client-auth", "clients: { static: [{ id: a }] }")
    let arguments = [
      "init", "mine.yaml", "--launch", "./serve ${port} .", "--base-url", "https://localhost:${port}", "--clock",
      "wall",
      "--cacert", "server.pem", "--token-url", "/token", "--client-authentication", "tls-client-auth", "--clients",
      "static", "--id-variable", "ID", "--inbound-url", "/in",
    ]
    let environment = ["ID": "a", "no_proxy": "*"]
    let outcome = try workspace.conform(arguments, environment: environment, input: "none.pem\na.pem\na-key.pem\n")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("no such file: 'none.pem'"))
    let text = try workspace.read("mine.yaml")
    #expect(
      text.contains(#"tls: { ca: "server.pem", certificate: "a.pem", key: "a-key.pem" }"#)
        && text.contains("client-authentication: [tls-client-auth]\n") && text.contains(#"- { id: "${env.ID}" }"#),
      "\(text)")
    let other = try workspace.conform(
      arguments + ["--force", "--cert", "b.pem", "--key", "b-key.pem"], environment: environment)
    #expect(other.status == 3 && other.errors.contains("no token was issued (tls-client-auth: HTTP 401"))
  }

  @Test("are errored if a certificate cannot be used")
  func unusable() throws {
    let workspace = try Self.workspace(
      ways: "tls-client-auth",
      """
      tls: { ca: ../../server.pem }
      clients:
        static:
          - { id: a, tls: { certificate: ../../a.pem, key: ../../b-key.pem } }
          - { id: b, tls: { certificate: ../../b.pem, key: ../../b-key.pem } }
      """)
    let outcome = try workspace.conform("run", environment: ["no_proxy": "*"])
    #expect(outcome.status == 3)
    #expect(outcome.output.contains("could not use the certificate of the client"), "\(outcome.output)")
  }
}
