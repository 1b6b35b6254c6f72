// Revocation, introspection and metadata.

import ConformanceModel
import JSONValue

extension Fault {
  static let state: [Fault] = [
    Fault("revocation-does-nothing", .critical, .state, "A revoked token goes on working.") {
      $0.endsAtRevocation = false
    },
    Fault("anyone-may-revoke", .critical, .state, "A client can revoke the tokens of others.") {
      $0.mayRevoke = { _, _ in true }
    },
    Fault("strangers-may-revoke", .critical, .state, "Tokens are revoked without client authentication.") {
      $0.onAnswer { service, request, answer in
        guard request.path.hasSuffix("/oauth/revoke"), answer.status == 401,
          let token = request.form.first(where: { $0.name == "token" })?.value
        else { return }
        service.store.revoke(Secrets.hash(token))
        answer = ServiceResponse(200)
      }
    },
    Fault("unknown-tokens-are-not-revoked", .major, .state, "Revoking a token that is not known gets 404.") {
      $0.onAnswer { service, request, answer in
        guard request.path.hasSuffix("/oauth/revoke"), answer.status == 200,
          let token = request.form.first(where: { $0.name == "token" })?.value
        else { return }
        if token.hasPrefix("conform") {
          answer = ServiceResponse(404, error: "invalid_token", description: "not known")
        }
      }
    },
    Fault("revocation-minds-the-hint", .major, .state, "A wrong token_type_hint makes a revocation fail.") {
      $0.onAnswer { _, request, answer in
        guard request.path.hasSuffix("/oauth/revoke"), answer.status == 200 else { return }
        let hint = request.form.first { $0.name == "token_type_hint" }?.value
        if let hint, hint != "access_token" {
          answer = ServiceResponse(400, error: "unsupported_token_type", description: "unknown hint")
        }
      }
    },
    Fault(
      "introspection-for-strangers", .critical, .state, "The state of tokens is told without client authentication."
    ) {
      $0.onAnswer { _, request, answer in
        if request.path.hasSuffix("/oauth/introspect"), answer.status == 401 {
          answer = ServiceResponse(200, json: ["active": true])
        }
      }
    },
    Fault("expired-tokens-are-active", .critical, .state, "Introspection calls a token active that has expired.") {
      $0.remembersExpiredTokens = true
      $0.isActive = { token, client, _ in token.connector == client.connector }
    },
    Fault("unknown-tokens-are-active", .critical, .state, "Introspection calls a token active that is not known.") {
      $0.onAnswer { _, request, answer in
        if request.path.hasSuffix("/oauth/introspect"), answer.status == 200 {
          answer.editMembers { $0["active"] = true }
        }
      }
    },
    Fault("active-as-text", .major, .state, "Introspection writes active as a text.") {
      $0.onAnswer { _, request, answer in
        guard request.path.hasSuffix("/oauth/introspect"), answer.status == 200 else { return }
        answer.editMembers { members in members["active"] = .string(members["active"]?.bool == true ? "true" : "false")
        }
      }
    },
    Fault("inactive-tokens-say-why", .minor, .state, "Introspection says of a dead token why it is dead.") {
      $0.onAnswer { _, request, answer in
        guard request.path.hasSuffix("/oauth/introspect"), answer.json?["active"]?.bool == false else { return }
        answer.editMembers { $0["reason"] = "expired or unknown" }
      }
    },
    Fault("introspected-expiry-is-another", .minor, .state, "Introspection tells another expiry than the token has.") {
      $0.onAnswer { _, request, answer in
        guard request.path.hasSuffix("/oauth/introspect"), let end = answer.json?["exp"]?.int else { return }
        answer.editMembers { $0["exp"] = .int(end + 3600) }
      }
    },
    metadata("no-metadata", .major, "There is no metadata.") { $0 = ServiceResponse(.notFound) },
    metadata("metadata-as-html", .major, "The metadata comes as text/html.") {
      $0.setHeader("Content-Type", "text/html")
    },
    metadata("metadata-with-empty-lists", .major, "The metadata holds an empty list.") {
      $0.editMembers { $0["scopes_supported"] = [] }
    },
    metadata("metadata-of-another-issuer", .major, "The metadata names another issuer.") { answer in
      answer.editMembers { members in members["issuer"] = .string((members["issuer"]?.string ?? "") + "/") }
    },
    metadata("metadata-of-another-token-endpoint", .major, "The metadata names another token endpoint.") { answer in
      answer.editMembers { members in
        members["token_endpoint"] = .string((members["token_endpoint"]?.string ?? "") + "s")
      }
    },
    metadata("metadata-without-grants", .major, "The metadata does not list the grant.") {
      $0.editMembers { $0["grant_types_supported"] = nil }
    },
    metadata("metadata-without-basic", .major, "The metadata does not list Basic, which is taken.") { answer in
      answer.editMembers { $0["token_endpoint_auth_methods_supported"] = ["client_secret_post"] }
    },
  ]

  private static func metadata(
    _ name: String, _ severity: Severity, _ sentence: String,
    _ edit: @escaping @Sendable (inout ServiceResponse) -> Void
  ) -> Fault {
    Fault(name, severity, .state, sentence) {
      $0.onAnswer { _, request, answer in if request.path.hasPrefix("/.well-known/") { edit(&answer) } }
    }
  }
}
