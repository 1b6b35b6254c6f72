// What becomes of tokens, and how they stand: revocation (RFC 7009) and introspection (RFC 7662).

import ConformanceModel
import HTTPModel
import JSONValue

struct TokenStateEndpoint {
  let service: Service
  let connector: ConnectorDefinition

  /// RFC 7009 section 2.2: 200 also for a token that is not known; a hint about its type changes nothing.
  func revoke(_ request: ServiceRequest) -> ServiceResponse {
    asked(request) { client, hash throws(TokenRefusal) in
      guard let token = service.store.token(hash) else { return ServiceResponse(200) }
      guard service.policy.mayRevoke(token, client) else { throw .unauthorizedClient }
      service.store.revoke(hash)
      return ServiceResponse(200)
    }
  }

  /// RFC 7662 section 2.2: of a token that is not good here nothing is said but that.
  func introspect(_ request: ServiceRequest) -> ServiceResponse {
    asked(request) { client, hash throws(TokenRefusal) in
      guard let token = service.store.token(hash), service.policy.isActive(token, client, service.now) else {
        return ServiceResponse(200, json: ["active": false], headers: service.policy.uncacheable)
      }
      return ServiceResponse(
        200,
        json: [
          "active": true, "client_id": .string(token.client), "token_type": .string(service.policy.tokenType),
          "iat": .int(token.issuedAt.seconds), "exp": .int(token.expiresAt.seconds),
        ], headers: service.policy.uncacheable)
    }
  }

  /// Both ask for a client that authenticates, and for a token.
  private func asked(
    _ request: ServiceRequest, _ answer: (Store.Client, [UInt8]) throws(TokenRefusal) -> ServiceResponse
  ) -> ServiceResponse {
    guard request.method == "POST" else { return ServiceResponse(.method(request.method, allow: "POST")) }
    let endpoint = TokenEndpoint(service: service, connector: connector)
    do throws(TokenRefusal) {
      let form = try endpoint.form(request)
      let client = try endpoint.authenticate(request, form)
      guard let token = form["token"] else { throw .invalidRequest("token is missing") }
      return try answer(client, Secrets.hash(service.policy.tokenForm(token)))
    } catch {
      return endpoint.refuse(error)
    }
  }
}
