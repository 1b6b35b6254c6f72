import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite("conform init")
struct InitTests {
  /// An issuer with metadata at this place.
  private func issuer(_ place: String, _ metadata: String) throws -> RawServer {
    try RawServer { request, connection in
      if request.head.hasPrefix("GET \(place) ") {
        let host = request.head.firstMatch(of: /Host: (\S+)/).map { String($0.1) } ?? ""
        return connection.respond("HTTP/1.1 200 OK", metadata.replacing("ISSUER", with: "http://\(host)"))
      }
      if request.head.hasPrefix("POST /oauth/token ") || request.head.hasPrefix("POST /t ") {
        if request.head.contains("Authorization: ") || String(decoding: request.body, as: UTF8.self).contains("secret")
        {
          return connection.respond("HTTP/1.1 200 OK", #"{"access_token":"a-token","token_type":"Bearer"}"#)
        }
        return connection.respond("HTTP/1.1 401 Unauthorized", #"{"error":"invalid_client"}"#)
      }
      if request.head.hasPrefix("POST /register ") {
        return connection.respond("HTTP/1.1 201 Created", #"{"client_id":"a","client_secret":"secret-of-a"}"#)
      }
      if request.head.hasPrefix("POST /introspect ") {
        return connection.respond("HTTP/1.1 200 OK", #"{"active":true}"#)
      }
      if request.head.hasPrefix("POST /v1/"), request.head.contains("Bearer a-token") {
        return connection.respond("HTTP/1.1 201 Created", "{}")
      }
      let isInbound = request.head.hasPrefix("POST /v1/") || request.head.hasPrefix("POST /in ")
      connection.respond(isInbound ? "HTTP/1.1 401 Unauthorized" : "HTTP/1.1 404 Not Found", "{}")
    }
  }

  @Test(
    "writes a target file from metadata at either well-known place, tries both endpoints out, and the file has no mistakes",
    arguments: ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"])
  func discovers(place: String) throws {
    let metadata =
      #"{"issuer":"ISSUER","token_endpoint":"/oauth/token","registration_endpoint":"/register","introspection_endpoint":"ISSUER/introspect","token_endpoint_auth_methods_supported":["client_secret_post"]}"#
    let server = try issuer(place, metadata)
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    let outcome = try workspace.conform(
      "init", "mine.yaml", "--discover", server.url, "--inbound-url", "/v1/acme/orders", "--clients", "rfc7591")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("token endpoint, without credentials: HTTP 401, error invalid_client"))
    #expect(
      outcome.output.contains(
        "inbound URL, without a token: HTTP 401\n  no WWW-Authenticate (RFC 6750 section 3 requires it)"))
    let text = try workspace.read("mine.yaml")
    #expect(text.contains("/oauth/token") && text.contains("client-authentication: [body]"), "\(text)")
    #expect(text.contains("rfc7591"))
    #expect(text.contains("endpoints:\n  introspection: \"/introspect\"\n  issuer: \"\(server.url)\"\n"), "\(text)")
    #expect(try workspace.conform("check", "--target", "mine.yaml").status == 0)
  }

  @Test("takes the URL of the metadata for that of the issuer, and prints what is odd about it")
  func metadataURL() throws {
    let place = "/.well-known/openid-configuration"
    let metadata =
      #"{"issuer":"ISSUER","token_endpoint":"/t","token_endpoint_auth_methods_supported":["none"]}"#
    let server = try issuer(place, metadata)
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    let outcome = try workspace.conform("init", "mine.yaml", "--discover", server.url + place, "--inbound-url", "/in")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let note = "note: the issuer is \(server.url); \(server.url)\(place) is the URL of its metadata"
    #expect(outcome.output.contains(note), "\(outcome.output)")
    #expect(outcome.output.contains("names no way of client authentication that conform knows, but none"))
  }

  @Test("sends nothing to the endpoints of another issuer")
  func anotherIssuer() throws {
    let server = try issuer(
      "/.well-known/oauth-authorization-server", #"{"issuer":"https://other.example","token_endpoint":"/t"}"#)
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    let outcome = try workspace.conform("init", "mine.yaml", "--discover", server.url, "--inbound-url", "/in")
    #expect(outcome.output.contains("note: the metadata names another issuer, https://other.example;"))
    #expect(outcome.status == 3 && outcome.errors.contains("nothing is sent to the endpoints of another issuer"))
    #expect(!outcome.output.contains("without credentials") && !workspace.exists("mine.yaml"))
    #expect(server.requests.allSatisfy { $0.head.hasPrefix("GET /.well-known/") })
    let kept = try workspace.conform(
      "init", "mine.yaml", "--discover", server.url, "--inbound-url", "/in", "--no-probe")
    #expect(kept.status == 0, "\(kept.errors)")
    #expect(try workspace.read("mine.yaml").contains("# Note: the metadata names another issuer"))
  }

  @Test("refuses credentials in the URL of the issuer, and does not print them")
  func credentials() throws {
    let workspace = try Workspace(scenarios: [:])
    let outcome = try workspace.conform(
      "init", "mine.yaml", "--discover", "http://user:k3j4h5g6f7d8@127.0.0.1:1", "--inbound-url", "/in")
    #expect(outcome.status == 2 && outcome.errors.contains("without a user name and a password"))
    #expect(!(outcome.errors + outcome.output).contains("k3j4h5g6f7d8") && !workspace.exists("mine.yaml"))
  }

  @Test("says where metadata is no JSON")
  func broken() throws {
    let server = try issuer("/.well-known/openid-configuration", "{\"issuer\":\"ISSUER\"\n \"token_endpoint\":\"/t\"}")
    let workspace = try Workspace(scenarios: [:])
    let outcome = try workspace.conform("init", "mine.yaml", "--discover", server.url, "--inbound-url", "/in")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("HTTP 200, but no JSON: line 2, column 2: "), "\(outcome.errors)")
  }

  @Test("writes to the target of a link, and keeps the link; anything but a regular file is refused")
  func places() throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    try workspace.write("the former one", to: "shared/mine.yaml")
    let path = { (name: String) in workspace.folder.appending(path: name).path }
    #expect(symlink("shared/mine.yaml", path("link.yaml")) == 0 && mkfifo(path("pipe"), 0o600) == 0)
    let outcome = try workspace.conform(
      "init", "link.yaml", "--force", "--name", "Mine", "--base-url", "http://127.0.0.1:1", "--token-url", "/token",
      "--inbound-url", "/in", "--no-probe")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try workspace.read("shared/mine.yaml").contains("/token"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path("link.yaml")) == "shared/mine.yaml")
    let refused = try workspace.conform("init", "pipe", "--force")
    #expect(refused.status == 2)
    #expect(refused.errors.contains("pipe is not a regular file"))
    var info = stat()
    #expect(stat(path("pipe"), &info) == 0 && info.st_mode & S_IFMT == S_IFIFO)
  }

  @Test("names the URLs it tried if there is no metadata, and writes nothing")
  func nothing() throws {
    let server = try issuer("/nowhere", "")
    let workspace = try Workspace(scenarios: [:])
    let outcome = try workspace.conform("init", "mine.yaml", "--discover", server.url, "--inbound-url", "/in")
    #expect(outcome.status == 3)
    #expect(
      outcome.errors.contains(
        "no metadata found: \(server.url)/.well-known/oauth-authorization-server: HTTP 404; "))
    #expect(!workspace.exists("mine.yaml"))
  }

  @Test("says where a redirect of the metadata leads")
  func redirects() throws {
    let server = try RawServer { _, connection in
      connection.send(InitTrialTests.response("307 Temporary Redirect", "Location: https://auth.example.com/x"))
      connection.close()
    }
    let workspace = try Workspace(scenarios: [:])
    let outcome = try workspace.conform("init", "mine.yaml", "--discover", server.url)
    #expect(outcome.status == 3 && !workspace.exists("mine.yaml"))
    #expect(outcome.errors.contains(": HTTP 307, a redirect to https://auth.example.com/x"), "\(outcome.errors)")
  }

  @Test("without a terminal it names the option, and it does not overwrite a file")
  func refuses() throws {
    let workspace = try Workspace(scenarios: [:])
    let outcome = try workspace.conform(
      "init", "mine.yaml", "--name", "Mine", "--base-url", "http://127.0.0.1:1", "--no-probe")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("--token-url is required: the token endpoint, such as /oauth/token"))
    try workspace.write("precious", to: "mine.yaml")
    let second = try workspace.conform("init", "mine.yaml")
    #expect(second.status == 2)
    #expect(second.errors.contains("mine.yaml exists; name another file, or overwrite it with --force"))
    #expect(try workspace.read("mine.yaml") == "precious")
  }

  @Test("--no-probe sends nothing, and the file says what its author has to complete")
  func untried() throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    let outcome = try workspace.conform(
      "init", "mine.yaml", "--name", "A \"name\": with ${signs}", "--base-url", "http://127.0.0.1:1", "--token-url",
      "/t", "--inbound-url", "/in", "--no-probe")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("written: mine.yaml, which is not complete"), "\(outcome.output)")
    #expect(outcome.output.contains("not tried: a token, the payload"), "\(outcome.output)")
    #expect(outcome.output.contains("before a run, set: CLIENT_ID, CLIENT_SECRET"))
    let check = try workspace.conform("check", "mine.yaml")
    #expect(check.status == 0 && check.output.contains(#"the target 'A "name": with ${signs}'"#), "\(check.output)")
    #expect(check.errors.contains(": a TODO is left; complete the line, and remove the comment"), "\(check.errors)")
  }
}
