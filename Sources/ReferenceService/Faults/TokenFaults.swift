// The responses of the token endpoint.

import ConformanceModel
import HTTPModel
import JSONValue

extension Fault {
  static let tokens: [Fault] = responses + errors + takes + refuses + endpoints

  private static func response(
    _ name: String, _ severity: Severity, _ sentence: String,
    _ edit: @escaping @Sendable (inout ServiceResponse) -> Void
  ) -> Fault {
    Fault(name, severity, .tokens, sentence) { $0.onTokenResponse(edit) }
  }

  private static func members(
    _ name: String, _ severity: Severity, _ sentence: String, _ edit: @escaping @Sendable (inout [JSON.Member]) -> Void
  ) -> Fault {
    Fault(name, severity, .tokens, sentence) { $0.onTokenMembers(edit) }
  }

  private static let responses: [Fault] = [
    response("token-with-201", .major, "A token response has the status 201.") { $0.status = 201 },
    response("token-as-html", .major, "A token response has the media type text/html.") {
      $0.setHeader("Content-Type", "text/html")
    },
    response("token-as-form", .major, "A token response is form-encoded.") { response in
      let pairs = (response.json?.object ?? []).map { ($0.name, $0.value.string ?? $0.value.compact) }
      response.body = Array(FormEncoding.encode(pairs).utf8)
      response.setHeader("Content-Type", "application/x-www-form-urlencoded")
    },
    response("token-may-be-cached", .major, "A token response does not forbid caching.") { response in
      response.setHeader("Cache-Control", nil)
      response.setHeader("Pragma", nil)
    },
    response("token-with-no-cache-only", .major, "A token response has no-cache instead of no-store.") {
      $0.setHeader("Cache-Control", "no-cache")
    },
    response("token-without-pragma", .minor, "A token response has no Pragma field.") { $0.setHeader("Pragma", nil) },
    response("token-with-byte-order-mark", .major, "A token response starts with a byte order mark.") {
      $0.body = [0xEF, 0xBB, 0xBF] + $0.body
    },
    response("token-in-a-cookie", .major, "A token response sets the token as a cookie.") { response in
      if let token = response.json?["access_token"]?.string {
        response.setHeader("Set-Cookie", "access_token=\(token); Path=/")
      }
    },
    response("token-in-a-header", .major, "A token response repeats the token in a header field.") { response in
      if let token = response.json?["access_token"]?.string { response.setHeader("X-Access-Token", token) }
    },
    response("token-by-redirect", .critical, "A token is sent in the query of a redirect.") { response in
      let token = response.json?["access_token"]?.string ?? ""
      response = ServiceResponse(302, headers: [HeaderField("Location", "/callback?access_token=\(token)")])
    },
    members("token-nested", .major, "The members of a token response are inside another member.") {
      $0 = [JSON.Member("data", .object($0))]
    },
    members("token-twice", .major, "A token response has the member access_token twice.") {
      $0.append(JSON.Member("access_token", "another"))
    },
    members("token-is-null", .major, "The token is null.") { $0["access_token"] = .null },
    members("token-is-empty", .major, "The token is empty.") { $0["access_token"] = "" },
    members("token-under-another-name", .major, "The token is in a member named token.") { members in
      members[0] = JSON.Member("token", members["access_token"] ?? .null)
    },
    members("token-type-missing", .major, "A token response has no token_type.") { $0["token_type"] = nil },
    members("token-type-mac", .major, "A token response has the token_type mac.") { $0["token_type"] = "mac" },
    members("refresh-token-too", .minor, "A token response contains a refresh token.") {
      $0["refresh_token"] = .string(Secrets.make())
    },
    members("ill-formed-scope", .major, "A token response contains a scope with forbidden characters.") {
      $0["scope"] = "read \"all\""
    },
    made("tokens-with-spaces", .major, "Tokens contain a space.") { "a \(Secrets.make())" },
    made("tokens-with-quotes", .major, "Tokens contain a quotation mark.") { "\"\(Secrets.make())\"" },
    made("tokens-beyond-ascii", .major, "Tokens contain characters outside ASCII.") { "ü\(Secrets.make())" },
    made("short-tokens", .critical, "Tokens have six characters.") { String(Secrets.make().prefix(6)) },
    Fault("tokens-count-up", .critical, .tokens, "Tokens are consecutive numbers.") {
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
    error("errors-with-200", .major, "Error responses of the token endpoint have the status 200.") { $0.status = 200 },
    error("errors-with-403", .major, "Error responses of the token endpoint have the status 403.") { $0.status = 403 },
    error("errors-with-422", .major, "Invalid token requests get 422.", code: "invalid_request") { $0.status = 422 },
    error("errors-with-500", .major, "Unknown grants get 500.", code: "unsupported_grant_type") { $0.status = 500 },
    error("wrong-credentials-get-400", .major, "Failed authentication by Basic gets 400.", code: "invalid_client") {
      $0.status = 400
    },
    error("wrong-credentials-get-404", .major, "Failed authentication gets 404.", code: "invalid_client") {
      $0.status = 404
    },
    error(
      "no-basic-challenge", .major, "The response to failed authentication has no challenge.", code: "invalid_client"
    ) {
      $0.setHeader("WWW-Authenticate", nil)
    },
    error(
      "bearer-challenge-for-clients", .major, "The response to failed client authentication has a Bearer challenge.",
      code: "invalid_client"
    ) {
      $0.setHeader("WWW-Authenticate", "Bearer realm=\"token\"")
    },
    error("basic-challenge-without-realm", .major, "The Basic challenge has no realm.", code: "invalid_client") {
      $0.setHeader("WWW-Authenticate", "Basic")
    },
    error(
      "basic-challenge-in-latin", .major, "The Basic challenge names the charset ISO-8859-1.",
      code: "invalid_client"
    ) {
      $0.setHeader("WWW-Authenticate", "Basic realm=\"orders\", charset=\"ISO-8859-1\"")
    },
    error("errors-as-html", .major, "Error responses of the token endpoint are HTML pages.") { response in
      response.body = Array("<html><body>Bad request</body></html>".utf8)
      response.setHeader("Content-Type", "text/html")
    },
    error("errors-without-code", .major, "Error responses of the token endpoint have no error code.") {
      $0.editMembers { $0["error"] = nil }
    },
    error("errors-with-own-codes", .major, "Error responses of the token endpoint have proprietary error codes.") {
      $0.editMembers { $0["error"] = "E1001" }
    },
    error("errors-nested", .major, "The error code is inside another member.") { response in
      response.editMembers { $0 = [JSON.Member("errors", .array([.object($0)]))] }
    },
    error("errors-with-quotes", .major, "Error descriptions contain quotation marks.") { response in
      response.editMembers { $0["error_description"] = "the parameter \"grant_type\" is wrong" }
    },
    error("errors-beyond-ascii", .major, "Error descriptions contain characters outside ASCII.") { response in
      response.editMembers { $0["error_description"] = "ungültige Anfrage" }
    },
    error("errors-with-empty-descriptions", .minor, "Error descriptions are empty.") { response in
      response.editMembers { $0["error_description"] = "" }
    },
    error("errors-may-be-cached", .minor, "Error responses of the token endpoint do not forbid caching.") {
      $0.setHeader("Cache-Control", nil)
    },
    error("errors-with-stack-trace", .minor, "Error responses of the token endpoint show a stack trace.") { response in
      response.editMembers {
        $0["trace"] = "Traceback (most recent call last): File '/srv/app/token.py', line 42, in issue"
      }
    },
    error(
      "errors-with-query", .minor,
      "Error responses of the token endpoint show the database query that found no client.",
      code: "invalid_client"
    ) { response in
      response.editMembers { $0["detail"] = "SELECT * FROM oauth_clients WHERE id = ? returned no rows" }
    },
    Fault("errors-with-a-token", .critical, .tokens, "Error responses of the token endpoint contain a token.") {
      $0.onTokenError { $0.editMembers { $0["access_token"] = .string(Secrets.make()) } }
    },
    says(
      "wrong-credentials-are-unauthorized-client", "Failed authentication has the error unauthorized_client.",
      "invalid_client", "unauthorized_client"),
    says(
      "wrong-credentials-are-invalid-grant", "Failed authentication has the error invalid_grant.", "invalid_client",
      "invalid_grant"),
    says(
      "invalid-requests-are-invalid-client", "Invalid requests have the error invalid_client.", "invalid_request",
      "invalid_client"),
    says(
      "unknown-grants-are-invalid-grant", "Unknown grants have the error invalid_grant.", "unsupported_grant_type",
      "invalid_grant"),
    says(
      "unknown-scopes-are-invalid-request", "Unknown scopes have the error invalid_request.", "invalid_scope",
      "invalid_request"),
    Fault(
      "unknown-clients-are-told", .minor, .tokens,
      "The error description distinguishes an unknown client from a wrong secret."
    ) {
      $0.onResponse { store, request, response in
        guard request.isTokenRequest, response.errorCode == "invalid_client" else { return }
        if store.client(request.sentID ?? "", of: request.tabConnector) == nil {
          response.editMembers { $0["error_description"] = "there is no such client" }
        }
      }
    },
    error(
      "no-allow-at-the-token-endpoint", .major, "The 405 of the token endpoint has no Allow field.",
      code: "method_not_allowed"
    ) { $0.setHeader("Allow", nil) },
    error(
      "wrong-methods-get-404", .minor, "The token endpoint responds to other methods with 404.",
      code: "method_not_allowed"
    ) {
      $0.status = 404
    },
    Fault(
      "wrong-tries-lock-everyone-out", .critical, .tokens,
      "After ten wrong secrets no client of the connector gets tokens."
    ) {
      let failures = Locked<[String: Int]>([:])
      $0.onResponse { _, request, response in
        guard request.isTokenRequest else { return }
        let count = failures.withLock { known in
          if response.errorCode == "invalid_client" { known[request.path, default: 0] += 1 }
          return known[request.path] ?? 0
        }
        if count > 10, response.status == 200 {
          response = ServiceResponse(401, error: "invalid_client", description: "locked")
        }
      }
    },
  ]
}
