// The token endpoint: what it answers, and what it takes.

import ConformanceModel
import HTTPModel
import JSONValue

extension Fault {
  static let tokens: [Fault] = answers + errors + takes + refuses

  private static func answer(
    _ name: String, _ severity: Severity, _ sentence: String,
    _ edit: @escaping @Sendable (inout ServiceResponse) -> Void
  ) -> Fault {
    Fault(name, severity, .tokens, sentence) { $0.onTokenAnswer(edit) }
  }

  private static func members(
    _ name: String, _ severity: Severity, _ sentence: String, _ edit: @escaping @Sendable (inout [JSON.Member]) -> Void
  ) -> Fault {
    Fault(name, severity, .tokens, sentence) { $0.onTokenMembers(edit) }
  }

  private static let answers: [Fault] = [
    answer("token-with-201", .major, "A token is answered with 201.") { $0.status = 201 },
    answer("token-as-html", .major, "A token is answered as text/html.") { $0.setHeader("Content-Type", "text/html") },
    answer("token-as-form", .major, "A token is answered form-encoded.") { answer in
      let pairs = (answer.json?.object ?? []).map { ($0.name, $0.value.string ?? $0.value.compact) }
      answer.body = Array(FormEncoding.encode(pairs).utf8)
      answer.setHeader("Content-Type", "application/x-www-form-urlencoded")
    },
    answer("token-may-be-cached", .major, "The answer with a token does not forbid caches to keep it.") { answer in
      answer.setHeader("Cache-Control", nil)
      answer.setHeader("Pragma", nil)
    },
    answer("token-with-no-cache-only", .major, "The answer with a token says no-cache, and not no-store.") {
      $0.setHeader("Cache-Control", "no-cache")
    },
    answer("token-without-pragma", .minor, "The answer with a token has no Pragma.") { $0.setHeader("Pragma", nil) },
    answer("token-with-byte-order-mark", .major, "The answer with a token begins with a byte order mark.") {
      $0.body = [0xEF, 0xBB, 0xBF] + $0.body
    },
    answer("token-in-a-cookie", .major, "The answer with a token sets it as a cookie.") { answer in
      if let token = answer.json?["access_token"]?.string {
        answer.setHeader("Set-Cookie", "access_token=\(token); Path=/")
      }
    },
    answer("token-in-a-header", .major, "The answer with a token repeats it in a header.") { answer in
      if let token = answer.json?["access_token"]?.string { answer.setHeader("X-Access-Token", token) }
    },
    answer("token-by-redirect", .critical, "A token is handed out in the query of a redirect.") { answer in
      let token = answer.json?["access_token"]?.string ?? ""
      answer = ServiceResponse(302, headers: [HeaderField("Location", "/callback?access_token=\(token)")])
    },
    members("token-nested", .major, "The members of the answer lie below another.") {
      $0 = [JSON.Member("data", .object($0))]
    },
    members("token-twice", .major, "The answer has the member access_token twice.") {
      $0.append(JSON.Member("access_token", "another"))
    },
    members("token-is-null", .major, "The token is null.") { $0["access_token"] = .null },
    members("token-is-empty", .major, "The token is empty.") { $0["access_token"] = "" },
    members("token-under-another-name", .major, "The token stands under the name token.") { members in
      members[0] = JSON.Member("token", members["access_token"] ?? .null)
    },
    members("token-type-missing", .major, "The answer has no token_type.") { $0["token_type"] = nil },
    members("token-type-mac", .major, "The answer says that the token's type is mac.") { $0["token_type"] = "mac" },
    members("refresh-token-too", .minor, "The answer holds a refresh token.") {
      $0["refresh_token"] = .string(Secrets.make())
    },
    members("ill-formed-scope", .major, "The answer holds a scope with characters that are not allowed.") {
      $0["scope"] = "read \"all\""
    },
    made("tokens-with-spaces", .major, "Tokens hold a space.") { "a \(Secrets.make())" },
    made("tokens-with-quotes", .major, "Tokens hold a quotation mark.") { "\"\(Secrets.make())\"" },
    made("tokens-beyond-ascii", .major, "Tokens hold characters beyond ASCII.") { "ü\(Secrets.make())" },
    made("short-tokens", .critical, "Tokens have six characters.") { String(Secrets.make().prefix(6)) },
    Fault("tokens-count-up", .critical, .tokens, "Tokens are numbers that count up.") {
      let counter = Locked(1_000_000_000)
      $0.makeToken = { _, _ in
        "token-"
          + counter.withLock { count in
            count += 1; return String(count)
          }
      }
    },
    Fault("tokens-made-of-the-id", .critical, .tokens, "A token is the client's id and the time in Base64.") {
      $0.makeToken = { client, now in
        Base64.encode(Array("\(client.id):\(now.seconds):\(UInt32.random(in: 0 ... .max))".utf8))
      }
    },
  ]

  private static func made(
    _ name: String, _ severity: Severity, _ sentence: String, _ make: @escaping @Sendable () -> String
  ) -> Fault {
    Fault(name, severity, .tokens, sentence) { $0.makeToken = { _, _ in make() } }
  }

  // MARK: Errors

  private static func error(
    _ name: String, _ severity: Severity, _ sentence: String, code: String? = nil,
    _ edit: @escaping @Sendable (inout ServiceResponse) -> Void
  ) -> Fault {
    Fault(name, severity, .tokens, sentence) { policy in
      if let code { policy.onTokenError(code, edit) } else { policy.onTokenError(edit) }
    }
  }

  private static func says(_ name: String, _ sentence: String, _ code: String, _ other: String) -> Fault {
    error(name, .major, sentence, code: code) { $0.editMembers { $0["error"] = .string(other) } }
  }

  private static let errors: [Fault] = [
    error("errors-with-200", .major, "Refusals of the token endpoint have the status 200.") { $0.status = 200 },
    error("errors-with-403", .major, "Refusals of the token endpoint have the status 403.") { $0.status = 403 },
    error("errors-with-422", .major, "Requests that are invalid get 422.", code: "invalid_request") { $0.status = 422 },
    error("errors-with-500", .major, "Unknown grants get 500.", code: "unsupported_grant_type") { $0.status = 500 },
    error("wrong-credentials-get-400", .major, "Failed authentication by Basic gets 400.", code: "invalid_client") {
      $0.status = 400
    },
    error("wrong-credentials-get-404", .major, "Failed authentication gets 404.", code: "invalid_client") {
      $0.status = 404
    },
    error("no-basic-challenge", .major, "Failed authentication gets no challenge.", code: "invalid_client") {
      $0.setHeader("WWW-Authenticate", nil)
    },
    error(
      "bearer-challenge-for-clients", .major, "Failed authentication of a client gets a Bearer challenge.",
      code: "invalid_client"
    ) {
      $0.setHeader("WWW-Authenticate", "Bearer realm=\"token\"")
    },
    error("basic-challenge-without-realm", .major, "The Basic challenge has no realm.", code: "invalid_client") {
      $0.setHeader("WWW-Authenticate", "Basic")
    },
    error(
      "basic-challenge-in-latin", .major, "The Basic challenge says that credentials are in ISO 8859-1.",
      code: "invalid_client"
    ) {
      $0.setHeader("WWW-Authenticate", "Basic realm=\"orders\", charset=\"ISO-8859-1\"")
    },
    error("errors-as-html", .major, "Refusals of the token endpoint are HTML pages.") { answer in
      answer.body = Array("<html><body>Bad request</body></html>".utf8)
      answer.setHeader("Content-Type", "text/html")
    },
    error("errors-without-code", .major, "Refusals of the token endpoint have no error code.") {
      $0.editMembers { $0["error"] = nil }
    },
    error("errors-with-own-codes", .major, "Refusals of the token endpoint have codes of their own.") {
      $0.editMembers { $0["error"] = "E1001" }
    },
    error("errors-nested", .major, "The error code lies below another member.") { answer in
      answer.editMembers { $0 = [JSON.Member("errors", .array([.object($0)]))] }
    },
    error("errors-with-quotes", .major, "Descriptions of errors hold quotation marks.") { answer in
      answer.editMembers { $0["error_description"] = "the parameter \"grant_type\" is wrong" }
    },
    error("errors-beyond-ascii", .major, "Descriptions of errors hold characters beyond ASCII.") { answer in
      answer.editMembers { $0["error_description"] = "ungültige Anfrage" }
    },
    error("errors-may-be-cached", .minor, "Refusals of the token endpoint may be cached.") {
      $0.setHeader("Cache-Control", nil)
    },
    error("errors-with-stack-trace", .minor, "Refusals of the token endpoint show a stack trace.") { answer in
      answer.editMembers {
        $0["trace"] = "Traceback (most recent call last): File '/srv/app/token.py', line 42, in issue"
      }
    },
    error(
      "errors-with-query", .minor, "Refusals of the token endpoint show the query that found no client.",
      code: "invalid_client"
    ) { answer in
      answer.editMembers { $0["detail"] = "SELECT * FROM oauth_clients WHERE id = ? returned no rows" }
    },
    Fault("errors-with-a-token", .critical, .tokens, "Refusals of the token endpoint hold a token.") {
      $0.onTokenError { $0.editMembers { $0["access_token"] = .string(Secrets.make()) } }
    },
    says(
      "wrong-credentials-are-unauthorized-client", "Failed authentication is called unauthorized_client.",
      "invalid_client", "unauthorized_client"),
    says(
      "wrong-credentials-are-invalid-grant", "Failed authentication is called invalid_grant.", "invalid_client",
      "invalid_grant"),
    says(
      "invalid-requests-are-invalid-client", "Invalid requests are called invalid_client.", "invalid_request",
      "invalid_client"),
    says(
      "unknown-grants-are-invalid-grant", "Unknown grants are called invalid_grant.", "unsupported_grant_type",
      "invalid_grant"),
    says(
      "unknown-scopes-are-invalid-request", "Unknown scopes are called invalid_request.", "invalid_scope",
      "invalid_request"),
    Fault(
      "unknown-clients-are-told", .minor, .tokens, "An unknown client gets another description than a wrong secret."
    ) {
      $0.onAnswer { service, request, answer in
        guard request.isTokenRequest, answer.errorCode == "invalid_client" else { return }
        let id =
          request.header("Authorization").flatMap { BasicCredentials($0)?.id } ?? request.form.first {
            $0.name == "client_id"
          }?.value ?? ""
        let connector = request.tabConnector
        if service.store.client(id, of: connector) == nil {
          answer.editMembers { $0["error_description"] = "there is no such client" }
        }
      }
    },
    error(
      "no-allow-at-the-token-endpoint", .major, "The 405 of the token endpoint has no Allow.",
      code: "method_not_allowed"
    ) { $0.setHeader("Allow", nil) },
    error("wrong-methods-get-404", .major, "Other methods get 404 at the token endpoint.", code: "method_not_allowed") {
      $0.status = 404
    },
    Fault(
      "wrong-tries-lock-everyone-out", .critical, .tokens,
      "After ten wrong secrets nobody gets a token from this connector any more."
    ) {
      let failures = Locked<[String: Int]>([:])
      $0.onAnswer { _, request, answer in
        guard request.isTokenRequest else { return }
        let count = failures.withLock { known in
          if answer.errorCode == "invalid_client" { known[request.path, default: 0] += 1 }
          return known[request.path] ?? 0
        }
        if count > 10, answer.status == 200 {
          answer = ServiceResponse(401, error: "invalid_client", description: "locked")
        }
      }
    },
  ]
}
