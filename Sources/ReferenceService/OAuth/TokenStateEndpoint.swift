// Token revocation (RFC 7009) and introspection (RFC 7662).

import ConformanceModel
import HTTPModel
import JSONValue

struct TokenStateEndpoint {
  let store: Store
  let policy: Policy
  let connector: ConnectorDefinition

  /// RFC 7009 section 2.2: 200 also for an unknown token; the type hint is ignored.
  func revoke(_ request: ServiceRequest) -> ServiceResponse {
    withToken(request) { client, hash throws(TokenRefusal) in
      guard let token = store.token(hash) else { return ServiceResponse(200) }
      guard policy.mayRevoke(token, client) else { throw .unauthorizedClient }
      store.revoke(hash)
      return ServiceResponse(200)
    }
  }

  /// RFC 7662 section 2.2: a response about an inactive token has no other member.
  func introspect(_ request: ServiceRequest) -> ServiceResponse {
    withToken(request) { client, hash throws(TokenRefusal) in
      guard let token = store.token(hash), policy.isActive(token, client, store.now) else {
        return ServiceResponse(200, json: ["active": false], headers: policy.uncacheable)
      }
      return ServiceResponse(
        200,
        json: [
          "active": true, "client_id": .string(token.client), "token_type": .string(policy.tokenType),
          "iat": .int(token.issuedAt.seconds), "exp": .int(token.expiresAt.seconds),
        ], headers: policy.uncacheable)
    }
  }

  /// Authenticates the client and reads the token.
  private func withToken(
    _ request: ServiceRequest, _ response: (Store.Client, [UInt8]) throws(TokenRefusal) -> ServiceResponse
  ) -> ServiceResponse {
    guard request.method == "POST" else { return ServiceResponse(.method(request.method, allow: "POST")) }
    let endpoint = TokenEndpoint(store: store, policy: policy, connector: connector)
    do throws(TokenRefusal) {
      let form = try endpoint.form(request)
      let client = try endpoint.authenticate(request, form)
      guard let token = form["token"] else { throw .invalidRequest("token is missing") }
      return try response(client, Secrets.hash(policy.tokenForm(token)))
    } catch {
      return endpoint.refuse(error)
    }
  }
}
