// Bearer tokens at the inbound URL: how they are sent and refused.

import ConformanceModel
import HTTPModel
import JSONValue

extension Fault {
  static let bearer: [Fault] = accepted + compared + almostRightTokens + refusals

  private static let accepted: [Fault] = [
    Fault("no-token-needed", .critical, .bearer, "A post without a token is accepted.") {
      $0.refusal = { refusal, request in request.header("Authorization") == nil ? nil : refusal }
    },
    Fault("any-token-accepted", .critical, .bearer, "Any bearer token is accepted.") {
      $0.refusal = { refusal, _ in refusal == .invalidToken ? nil : refusal }
    },
    Fault("broken-headers-accepted", .critical, .bearer, "A post with a malformed Authorization field is accepted.") {
      $0.refusal = { refusal, request in
        guard case .invalidRequest = refusal else { return refusal }
        return (request.header("Authorization") ?? "").lowercased().hasPrefix("bearer") ? nil : refusal
      }
    },
    head("token-under-any-scheme", "The token is accepted under any scheme.") { request in
      guard let words = request.header("Authorization")?.split(separator: " ", maxSplits: 1), words.count == 2 else {
        return
      }
      if words[0].lowercased() != "basic" { request.setHeader("Authorization", "Bearer \(words[1])") }
    },
    head("token-without-scheme", "A token without a scheme is accepted.") { request in
      guard let field = request.header("Authorization"), !field.contains(" ") else { return }
      request.setHeader("Authorization", "Bearer \(field)")
    },
    head("token-in-the-query-accepted", "A token in the query of the URL is accepted.", .minor) { request in
      guard request.header("Authorization") == nil, let token = Form(Array(request.query.utf8))?["access_token"] else {
        return
      }
      request.setHeader("Authorization", "Bearer \(token)")
      request.query = ""
    },
    head("token-in-both-places-accepted", "A token in the query is ignored if the header contains one too.", .minor) {
      request in
      if request.header("Authorization") != nil { request.query = "" }
    },
    head("first-of-two-headers-counts", "The first of two Authorization fields is used.", .minor) { request in
      if request.headers.values("Authorization").count > 1 {
        request.setHeader("Authorization", request.header("Authorization"))
      }
    },
    head("token-in-a-cookie-accepted", "A token in a cookie is accepted.", .minor) { request in
      guard request.header("Authorization") == nil, let cookie = request.header("Cookie"),
        let equals = cookie.firstIndex(of: "=")
      else { return }
      request.setHeader("Authorization", "Bearer \(cookie[cookie.index(after: equals)...])")
    },
    Fault(
      "basic-opens-the-inbound-url", .critical, .bearer, "A post with a client's id and secret by Basic is accepted."
    ) {
      $0.refusal = { refusal, request in
        request.header("Authorization").flatMap { BasicCredentials($0) } == nil ? refusal : nil
      }
    },
    Fault(
      "token-in-the-body-accepted", .critical, .bearer,
      "A post with a member access_token in its JSON payload is accepted."
    ) {
      $0.refusal = { refusal, request in
        refusal == .noCredentials && request.header("Authorization") == nil && request.mediaType == "application/json"
          ? nil : refusal
      }
      $0.onResponse { store, request, response in
        guard request.isInbound, response.status != 401, request.header("Authorization") == nil else { return }
        let token = request.body.flatMap { try? JSON(parsing: $0) }?["access_token"]?.string
        let known = token.map { text in store.state.withLock { $0.tokens[Secrets.hash(text)] != nil } } ?? false
        if !known {
          response = ServiceResponse(
            401, error: "unauthorized", description: "an access token is required",
            headers: store.policy.bearerChallenge("inbound", .noCredentials))
        }
      }
    },
  ]

  private static func head(
    _ name: String, _ sentence: String, _ severity: Severity = .critical,
    _ edit: @escaping @Sendable (inout ServiceRequest) -> Void
  ) -> Fault {
    Fault(name, severity, .bearer, sentence) { $0.onInboundHead(edit) }
  }

  private static let compared: [Fault] = [
    form("token-accepted-by-prefix", .critical, "The first sixteen characters of a token are enough.") {
      String($0.prefix(16))
    },
    form(
      "long-tokens-are-cut", .critical, "A token is cut to its length: characters after the right token are ignored."
    ) { String($0.prefix(43)) },
    form("token-case-ignored", .critical, "The case of tokens is ignored.") { $0.lowercased() },
    form("last-character-of-tokens-ignored", .minor, "The last character of a token is ignored.") {
      String($0.dropLast())
    },
    form("first-character-of-tokens-ignored", .critical, "The first character of a token is ignored.") {
      String($0.dropFirst())
    },
    form("middle-of-tokens-ignored", .critical, "Only the first and the last eight characters of a token are compared.")
    { String($0.prefix(8) + $0.suffix(8)) },
    form("padding-of-tokens-ignored", .minor, "Equals signs after a token are ignored.") {
      String($0.prefix { $0 != "=" })
    },
    Fault("tokens-work-once", .major, .bearer, "A token works for one post.") {
      $0.used = { state, hash in state.tokens[hash] = nil }
    },
    Fault("tokens-work-twice", .major, .bearer, "A token works for two posts.") {
      let counts = Locked<[[UInt8]: Int]>([:])
      $0.used = { state, hash in
        let count = counts.withLock { counts in
          counts[hash, default: 0] += 1
          return counts[hash] ?? 0
        }
        if count >= 2 { state.tokens[hash] = nil }
      }
    },
    Fault("tokens-rest-after-a-refusal", .major, .bearer, "A token is invalidated when it posts a wrong payload.") {
      $0.onResponse { store, request, response in
        guard request.isInbound, response.status == 422,
          let text = request.header("Authorization").flatMap(BearerAuthentication.token)
        else { return }
        store.state.withLock { $0.tokens[Secrets.hash(text)] = nil }
      }
    },
    Fault("new-tokens-need-a-second", .major, .bearer, "A token works only from the second after its issue.") {
      $0.keepsExpiredTokens = true
      $0.isExpired = { token, now in now == token.issuedAt || now >= token.expiresAt }
    },
  ]

  private static func form(
    _ name: String, _ severity: Severity, _ sentence: String, _ form: @escaping @Sendable (String) -> String
  ) -> Fault {
    Fault(name, severity, .bearer, sentence) { $0.tokenForm = form }
  }

  private static let refusals: [Fault] = [
    refusal("refusals-with-403", .major, "An unknown token gets 403.", .invalidToken) { $0.status = 403 },
    refusal("refusals-with-404", .major, "An unknown token gets 404.", .invalidToken) { $0.status = 404 },
    refusal("refusals-with-400", .major, "A post without a token gets 400.", .noCredentials) { $0.status = 400 },
    refusal("no-token-gets-403", .major, "A post without a token gets 403.", .noCredentials) { $0.status = 403 },
    refusal("no-token-gets-404", .major, "A post without a token gets 404.", .noCredentials) { $0.status = 404 },
    refusal("no-token-is-redirected", .major, "A post without a token is redirected to a login page.", .noCredentials) {
      $0 = ServiceResponse(302, headers: [HeaderField("Location", "https://login.example/")])
    },
    refusal("no-bearer-challenge", .major, "The response to a post without a token has no challenge.", .noCredentials) {
      $0.setHeader("WWW-Authenticate", nil)
    },
    refusal(
      "no-challenge-for-unknown-tokens", .major, "The response to an unknown token has no challenge.", .invalidToken
    ) {
      $0.setHeader("WWW-Authenticate", nil)
    },
    challenge("bare-bearer-challenge", .major, "Bearer challenges have no parameters.") { _ in "Bearer" },
    challenge("basic-challenge-for-posts", .major, "The inbound URL sends Basic challenges.") { _ in
      "Basic realm=\"inbound\""
    },
    challenge("challenge-parameter-twice", .major, "Bearer challenges have the parameter error twice.") {
      $0 + ", error=\"a\", error=\"b\""
    },
    challenge(
      "challenge-with-quotes-inside", .major, "Descriptions in Bearer challenges contain forbidden characters."
    ) {
      $0.split(separator: ", error_description").first.map {
        $0 + ", error=\"invalid_token\", error_description=\"not \\\"known\\\"\""
      } ?? $0
    },
    Fault(
      "challenge-names-an-error-too-early", .minor, .bearer,
      "The challenge has an error code although no token was sent."
    ) {
      $0.bearerChallenge = { realm, refusal in
        [
          HeaderField(
            "WWW-Authenticate", "Bearer realm=\"\(realm)\", error=\"\(refusal.challengeCode ?? "invalid_token")\"")
        ]
      }
    },
    Fault(
      "unknown-tokens-are-invalid-requests", .minor, .bearer,
      "The challenge for an unknown token has the error invalid_request."
    ) {
      $0.bearerChallenge = { realm, refusal in
        [
          HeaderField(
            "WWW-Authenticate",
            "Bearer realm=\"\(realm)\"" + (refusal.challengeCode == nil ? "" : ", error=\"invalid_request\""))
        ]
      }
    },
    Fault("broken-headers-crash", .major, .bearer, "A malformed Authorization field gets 500.") {
      $0.onInboundResponse(400) { _, response in
        response = ServiceResponse(500, error: "server_error", description: "internal error")
      }
    },
    Fault("tokens-in-errors", .critical, .bearer, "Error responses repeat the token that was sent.") {
      $0.onInboundResponse(401) { request, response in
        guard let token = request.header("Authorization").flatMap(BearerAuthentication.token) else { return }
        response.editMembers { $0["error_description"] = .string("the token \(token) is not known") }
      }
    },
    Fault("tokens-in-answers", .critical, .bearer, "Responses to payloads repeat the token.") {
      $0.onInboundResponse(201) { request, response in
        guard let token = request.header("Authorization").flatMap(BearerAuthentication.token) else { return }
        response.editMembers { $0["token"] = .string(token) }
      }
    },
    refuses("scheme-must-be-written-bearer", .major, "The scheme Bearer is accepted in one spelling only.") {
      $0.hasPrefix("Bearer ")
    },
    refuses("one-space-behind-the-scheme", .major, "Several spaces after the scheme are refused.") {
      !$0.contains("  ")
    },
  ]

  private static func refusal(
    _ name: String, _ severity: Severity, _ sentence: String, _ which: BearerRefusal,
    _ edit: @escaping @Sendable (inout ServiceResponse) -> Void
  ) -> Fault {
    Fault(name, severity, .bearer, sentence) {
      $0.onInboundResponse(401) { _, response in if response.errorCode == which.code { edit(&response) } }
    }
  }

  private static func challenge(
    _ name: String, _ severity: Severity, _ sentence: String, _ edit: @escaping @Sendable (String) -> String
  ) -> Fault {
    Fault(name, severity, .bearer, sentence) {
      let correct = $0.bearerChallenge
      $0.bearerChallenge = { realm, refusal in correct(realm, refusal).map { HeaderField($0.name, edit($0.value)) } }
    }
  }

  private static func refuses(
    _ name: String, _ severity: Severity, _ sentence: String, _ isTaken: @escaping @Sendable (String) -> Bool
  ) -> Fault {
    Fault(name, severity, .bearer, sentence) {
      $0.onInboundHead { request in
        if let field = request.header("Authorization"), !isTaken(field) { request.setHeader("Authorization", nil) }
      }
    }
  }
}
