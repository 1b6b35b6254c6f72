// Requests that the token endpoint wrongly accepts or wrongly refuses.

import ConformanceModel
import HTTPModel
import JSONValue

extension Fault {
  static let takes: [Fault] = [
    takes("two-authentications-accepted", "Basic credentials together with a secret in the body are accepted.") {
      request in
      if request.header("Authorization") != nil { request.form.removeAll { $0.name == "client_secret" } }
    },
    takes("credentials-in-the-query-accepted", "Credentials in the query of the URL are accepted.") { request in
      guard request.header("Authorization") == nil, let query = Form(Array(request.query.utf8)) else { return }
      request.form += query.parameters.filter { $0.name.hasPrefix("client_") }
    },
    takes("parameters-in-the-query-accepted", "Parameters in the query of the URL are accepted.", .minor) { request in
      guard let query = Form(Array(request.query.utf8)), request.method == "POST" else { return }
      for parameter in query.parameters
      where parameter.name == "grant_type" && !request.form.contains(where: { $0.name == parameter.name }) {
        request.form += [parameter]
      }
    },
    takes("missing-grant-accepted", "A request without grant_type gets a token.", .major) { request in
      guard request.isForm, !request.form.contains(where: { $0.name == "grant_type" }) else { return }
      request.form += [("grant_type", "client_credentials")]
    },
    takes("empty-grant-accepted", "A request with an empty grant_type gets a token.", .major) { request in
      guard request.isForm else { return }
      request.form = request.form.map {
        $0.name == "grant_type" && $0.value.isEmpty ? ($0.name, "client_credentials") : $0
      }
    },
    Fault("token-requests-up-to-8-kib", .major, .tokens, "Token requests with a body above 8 KiB are refused.") {
      $0.maxForm = 8 << 10
    },
    Fault("token-requests-have-no-limit", .major, .tokens, "A token request may have a body of 8 MiB.") {
      $0.maxForm = 8 << 20
    },
    Fault("any-grant-accepted", .major, .tokens, "Any grant type gets a token.") { $0.supportsGrant = { _ in true } },
    Fault("grant-case-ignored", .major, .tokens, "The case of grant_type is ignored.") {
      $0.supportsGrant = { $0.lowercased() == "client_credentials" }
    },
    Fault("password-grant-accepted", .critical, .tokens, "The grant type password is supported.") {
      $0.supportsGrant = { ["client_credentials", "password"].contains($0) }
    },
    Fault("refresh-grant-accepted", .major, .tokens, "The grant type refresh_token is supported.") {
      $0.supportsGrant = { ["client_credentials", "refresh_token"].contains($0) }
    },
    Fault("any-scope-granted", .minor, .tokens, "Undefined scopes are granted.") {
      $0.grants = { _, _ in true }
    },
    Fault(
      "granted-scope-is-not-stated", .major, .tokens, "Unknown scopes beside a known one are left out without a word."
    ) {
      $0.grants = { scope, connector in scope.split(separator: " ").contains { $0 == connector.name } }
      $0.statedScope = { _, _ in nil }
    },
    Fault("another-scope-is-granted", .major, .tokens, "A scope that a client may have is replaced by another.") {
      $0.statedScope = { _, _ in "all" }
    },
    takes("first-of-repeated-counts", "The first of several equal parameters is used.", .major) { request in
      var seen: Set<String> = []
      let once = request.form.filter { seen.insert($0.name).inserted }
      if once.count < request.form.count { request.form = once }
    },
    takes("last-of-repeated-counts", "The last of several equal parameters is used.", .major) { request in
      var seen: Set<String> = []
      let once = Array(request.form.reversed().filter { seen.insert($0.name).inserted }.reversed())
      if once.count < request.form.count { request.form = once }
    },
    takes("json-taken-for-a-form", "Parameters in a JSON body get a token.", .minor) { request in
      guard request.mediaType == "application/json",
        let members = request.body.flatMap({ try? JSON(parsing: $0) })?.object
      else { return }
      request.form = members.compactMap { member in member.value.string.map { (member.name, $0) } }
      request.setHeader("Content-Type", "application/x-www-form-urlencoded")
    },
    takes("get-gives-tokens", "A GET request to the token endpoint gets a token.", .major) { request in
      guard request.method == "GET" else { return }
      request.method = "POST"
      request.setHeader("Content-Type", "application/x-www-form-urlencoded")
      request.body = Array(request.query.utf8)
    },
    takes("any-method-gives-tokens", "A PUT request to the token endpoint gets a token.", .major) { request in
      if ["PUT", "PATCH", "DELETE"].contains(request.method) { request.method = "POST" }
    },
    takes(
      "other-id-beside-basic-accepted", "A different client_id in the body is ignored if Basic credentials are sent.",
      .minor
    ) { request in
      if request.header("Authorization") != nil { request.form.removeAll { $0.name == "client_id" } }
    },
    Fault(
      "own-token-authenticates-a-client", .critical, .tokens,
      "An access token authenticates its client at the token endpoint."
    ) {
      $0.onResponse { store, request, response in
        guard request.isTokenRequest, response.status == 401, let token = store.token(of: request) else { return }
        let client = store.client(token.client, of: token.connector)
        let fresh = Secrets.make()
        guard let client, store.issue(Secrets.hash(fresh), to: client) else { return }
        response = ServiceResponse(
          200, json: ["access_token": .string(fresh), "token_type": "Bearer", "expires_in": 86_400],
          headers: store.policy.uncacheable)
      }
    },
    Fault("id-alone-gets-a-token", .critical, .tokens, "A client id in the body gets a token without a secret.") {
      let correct = $0.secretMatches
      $0.secretMatches = { secret, client in (secret == "none" && client != nil) || correct(secret, client) }
      $0.onTokenRequest { request in
        guard request.header("Authorization") == nil, request.form.contains(where: { $0.name == "client_id" }) else {
          return
        }
        if !request.form.contains(where: { $0.name == "client_secret" }) { request.form += [("client_secret", "none")] }
      }
    },
    Fault("basic-on-anything", .critical, .tokens, "An unknown authentication scheme is treated as Basic.") {
      $0.onTokenRequest { request in
        guard let words = request.header("Authorization")?.split(separator: " ", maxSplits: 1), words.count == 2 else {
          return
        }
        request.setHeader("Authorization", "Basic \(words[1])")
      }
    },
  ]

  private static func takes(
    _ name: String, _ sentence: String, _ severity: Severity = .critical,
    _ edit: @escaping @Sendable (inout ServiceRequest) -> Void
  ) -> Fault {
    Fault(name, severity, .tokens, sentence) { $0.onTokenRequest(edit) }
  }

  // MARK: Refuses

  static let refuses: [Fault] = [
    refuses("basic-is-not-taken", .major, "Client authentication by Basic is refused.", .invalidClient) {
      $0.header("Authorization") != nil
    },
    refuses("body-credentials-are-not-taken", .major, "Credentials in the body are refused.", .invalidClient) {
      request in
      request.form.contains { $0.name == "client_secret" }
    },
    refuses(
      "scheme-must-be-written-basic", .major, "The scheme Basic is accepted in one spelling only.", .invalidClient
    ) {
      request in
      request.header("Authorization").map { $0.lowercased().hasPrefix("basic ") && !$0.hasPrefix("Basic ") } ?? false
    },
    refuses(
      "unknown-parameters-refused", .major, "Unknown parameters are refused.",
      .invalidRequest("unknown parameter")
    ) { request in
      request.form.contains {
        !["grant_type", "client_id", "client_secret", "scope", "resource", "audience"].contains($0.name)
      }
    },
    refuses(
      "media-type-parameters-refused", .major, "A form body with a charset is refused.", .invalidRequest("media type")
    ) { request in
      request.header("Content-Type")?.contains(";") ?? false
    },
    refuses(
      "scope-must-be-sent", .major, "A request without scope is refused as invalid.",
      .invalidRequest("scope is missing")
    ) { request in
      !request.form.contains { $0.name == "scope" }
    },
    refuses("scope-is-missing", .major, "A request without scope is refused as one with a wrong scope.", .invalidScope)
    {
      request in !request.form.contains { $0.name == "scope" }
    },
    refuses("empty-scope-refused", .major, "An empty scope is refused as invalid.", .invalidRequest("scope is empty")) {
      request in
      request.form.contains { $0.name == "scope" && $0.value.isEmpty }
    },
    refuses("query-refused", .major, "Token requests to a URL with a query are refused.", .invalidRequest("query")) {
      !$0.query.isEmpty
    },
    refuses(
      "own-id-beside-basic-refused", .minor,
      "The client's own client_id in the body is refused if Basic credentials are sent.",
      .invalidRequest("client_id")
    ) { request in
      request.header("Authorization") != nil && request.form.contains { $0.name == "client_id" }
    },
    refuses("post-is-not-taken", .major, "The token endpoint does not accept POST.", .invalidRequest("use GET")) {
      $0.method == "POST"
    },
    Fault("percent-escapes-not-read", .major, .tokens, "Percent-encoding in the body is not decoded.") {
      $0.onTokenRequest { request in
        guard let body = request.body, body.contains(UInt8(ascii: "%")) else { return }
        request.body = Array(
          String(decoding: body, as: UTF8.self).split(separator: "%", omittingEmptySubsequences: false).joined(
            separator: "%25"
          ).utf8)
      }
    },
    Fault("basic-not-form-decoded", .major, .tokens, "Id and secret in Basic credentials are not form-decoded.") {
      $0.onTokenRequest { request in
        guard let field = request.header("Authorization"), field.hasPrefix("Basic "),
          let bytes = Base64.decode(String(field.dropFirst(6)))
        else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains("%") else { return }
        let raw = text.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%25")
        request.setHeader("Authorization", "Basic \(Base64.encode(Array(raw.utf8)))")
      }
    },
    crashes("garbage-crashes", "A body that is not a form gets 500.") { $0.body.map { Form($0) == nil } ?? false },
    crashes("broken-basic-crashes", "Malformed Basic credentials get 500.") { request in
      request.header("Authorization").map { $0.lowercased().hasPrefix("basic") && BasicCredentials($0) == nil } ?? false
    },
    crashes("large-forms-crash", "A body that is too large gets 500.") { $0.body == nil },
    crashes("missing-scope-crashes", "A request without scope gets 500.") { request in
      !request.form.isEmpty && !request.form.contains { $0.name == "scope" }
    },
    crashes("many-parameters-crash", "A request with more than a hundred parameters gets 500.") { $0.form.count > 100 },
  ]

  private static func refuses(
    _ name: String, _ severity: Severity, _ sentence: String, _ refusal: TokenRefusal,
    _ isRefused: @escaping @Sendable (ServiceRequest) -> Bool
  ) -> Fault {
    Fault(name, severity, .tokens, sentence) {
      $0.onResponse { store, request, response in
        guard request.isTokenRequest, response.status == 200, isRefused(request) else { return }
        let challenge = refusal == .invalidClient ? store.policy.basicChallenge("token") : []
        response = ServiceResponse(
          refusal.status, error: refusal.code, description: refusal.description,
          headers: store.policy.uncacheable + challenge)
      }
    }
  }

  private static func crashes(_ name: String, _ sentence: String, _ crash: @escaping @Sendable (ServiceRequest) -> Bool)
    -> Fault
  {
    Fault(name, .major, .tokens, sentence) {
      $0.onResponse { _, request, response in
        if request.isTokenRequest, crash(request) {
          response = ServiceResponse(500, error: "server_error", description: "internal error")
        }
      }
    }
  }
}

extension ServiceRequest {
  fileprivate var isForm: Bool { mediaType == "application/x-www-form-urlencoded" && method == "POST" }
}
