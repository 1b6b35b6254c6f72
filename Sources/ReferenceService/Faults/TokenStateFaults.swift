// Revocation, introspection and metadata.

import ConformanceModel
import JSONValue

extension Fault {
  static let state: [Fault] = [
    Fault("revocation-does-nothing", .critical, .state, "A revoked token still works.") {
      $0.endsAtRevocation = false
    },
    Fault("anyone-may-revoke", .critical, .state, "A client can revoke the tokens of other clients.") {
      $0.mayRevoke = { _, _ in true }
    },
    Fault("strangers-may-revoke", .critical, .state, "Tokens can be revoked without client authentication.") {
      $0.onResponse { store, request, response in
        guard request.path.hasSuffix("/oauth/revoke"), response.status == 401,
          let token = request.form.first(where: { $0.name == "token" })?.value
        else { return }
        store.revoke(Secrets.hash(token))
        response = ServiceResponse(200)
      }
    },
    Fault("unknown-tokens-are-not-revoked", .major, .state, "Revoking an unknown token gets 404.") {
      $0.onResponse { store, request, response in
        guard request.path.hasSuffix("/oauth/revoke"), response.status == 200,
          let token = request.form.first(where: { $0.name == "token" })?.value
        else { return }
        if token.hasPrefix("conform") {
          response = ServiceResponse(404, error: "invalid_token", description: "not known")
        }
      }
    },
    Fault("revocation-minds-the-hint", .major, .state, "A wrong token_type_hint makes a revocation fail.") {
      $0.onResponse { _, request, response in
        guard request.path.hasSuffix("/oauth/revoke"), response.status == 200 else { return }
        let hint = request.form.first { $0.name == "token_type_hint" }?.value
        if let hint, hint != "access_token" {
          response = ServiceResponse(400, error: "unsupported_token_type", description: "unknown hint")
        }
      }
    },
    Fault(
      "introspection-for-strangers", .critical, .state, "Introspection works without client authentication."
    ) {
      $0.onResponse { _, request, response in
        if request.path.hasSuffix("/oauth/introspect"), response.status == 401 {
          response = ServiceResponse(200, json: ["active": true])
        }
      }
    },
    Fault("expired-tokens-are-active", .critical, .state, "Introspection reports an expired token as active.") {
      $0.keepsExpiredTokens = true
      $0.isActive = { token, client, _ in token.connector == client.connector }
    },
    Fault("unknown-tokens-are-active", .critical, .state, "Introspection reports an unknown token as active.") {
      $0.onResponse { _, request, response in
        if request.path.hasSuffix("/oauth/introspect"), response.status == 200 {
          response.editMembers { $0["active"] = true }
        }
      }
    },
    Fault("active-as-text", .major, .state, "Introspection returns active as a string.") {
      $0.onResponse { _, request, response in
        guard request.path.hasSuffix("/oauth/introspect"), response.status == 200 else { return }
        response.editMembers { members in
          members["active"] = .string(members["active"]?.bool == true ? "true" : "false")
        }
      }
    },
    introspection("introspection-of-valid-tokens-crashes", "Introspection of a valid token gets 500.") {
      if $0.json?["active"]?.bool == true { $0 = .crash }
    },
    introspection("introspection-of-unknown-tokens-gets-404", "Introspection of an unknown token gets 404.") {
      if $0.json?["active"]?.bool == false { $0 = ServiceResponse(.notFound) }
    },
    introspection("introspection-as-html", "Introspection has the media type text/html.") {
      $0.setHeader("Content-Type", "text/html")
    },
    introspection("introspection-names-another-client", "Introspection names another client than the token's.") {
      $0.editMembers { members in if members["client_id"] != nil { members["client_id"] = "client-0" } }
    },
    Fault("revocation-gets-204", .major, .state, "A revocation gets 204.") {
      $0.onResponse { _, request, response in
        if request.path.hasSuffix("/oauth/revoke"), response.status == 200 { response = ServiceResponse(204) }
      }
    },
    Fault("revocation-by-others-crashes", .major, .state, "Revoking a token of another client gets 500.") {
      $0.onResponse { _, request, response in
        if request.path.hasSuffix("/oauth/revoke"), response.errorCode == "unauthorized_client" { response = .crash }
      }
    },
    Fault("inactive-tokens-say-why", .minor, .state, "Introspection states why a token is inactive.") {
      $0.onResponse { _, request, response in
        guard request.path.hasSuffix("/oauth/introspect"), response.json?["active"]?.bool == false else { return }
        response.editMembers { $0["reason"] = "expired or unknown" }
      }
    },
    Fault(
      "introspected-expiry-is-another", .minor, .state, "Introspection returns a different expiry than the token has."
    ) {
      $0.onResponse { _, request, response in
        guard request.path.hasSuffix("/oauth/introspect"), let end = response.json?["exp"]?.int else { return }
        response.editMembers { $0["exp"] = .int(end + 3600) }
      }
    },
    metadata("no-metadata", .major, "There is no metadata.") { $0 = ServiceResponse(.notFound) },
    metadata("metadata-as-html", .major, "The metadata has the media type text/html.") {
      $0.setHeader("Content-Type", "text/html")
    },
    metadata("metadata-with-empty-lists", .major, "The metadata contains an empty list.") {
      $0.editMembers { $0["scopes_supported"] = [] }
    },
    metadata("metadata-with-an-insecure-issuer", .major, "The metadata names an issuer with http on another host.") {
      response in
      response.editMembers { $0["issuer"] = "http://issuer.example/connectors/orders" }
    },
    metadata("metadata-of-another-issuer", .major, "The metadata names a different issuer.") { response in
      response.editMembers { members in members["issuer"] = .string((members["issuer"]?.string ?? "") + "/") }
    },
    metadata("metadata-of-another-token-endpoint", .major, "The metadata names a different token endpoint.") {
      response in
      response.editMembers { members in
        members["token_endpoint"] = .string((members["token_endpoint"]?.string ?? "") + "s")
      }
    },
    metadata("metadata-without-grants", .major, "The metadata does not list the grant type.") {
      $0.editMembers { $0["grant_types_supported"] = nil }
    },
    metadata("metadata-without-basic", .major, "The metadata does not list Basic, which is accepted.") { response in
      response.editMembers { $0["token_endpoint_auth_methods_supported"] = ["client_secret_post"] }
    },
  ]

  private static func introspection(
    _ name: String, _ sentence: String, _ edit: @escaping @Sendable (inout ServiceResponse) -> Void
  ) -> Fault {
    Fault(name, .major, .state, sentence) {
      $0.onResponse { _, request, response in
        if request.path.hasSuffix("/oauth/introspect"), response.status == 200 { edit(&response) }
      }
    }
  }

  private static func metadata(
    _ name: String, _ severity: Severity, _ sentence: String,
    _ edit: @escaping @Sendable (inout ServiceResponse) -> Void
  ) -> Fault {
    Fault(name, severity, .state, sentence) {
      $0.onResponse { _, request, response in if request.path.hasPrefix("/.well-known/") { edit(&response) } }
    }
  }
}
