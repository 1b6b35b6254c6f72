// The token endpoint of a connector: the client credentials grant of RFC 6749, section 4.4.

import ConformanceModel
import HTTPModel
import JSONValue

struct TokenEndpoint {
  let store: Store
  let policy: Policy
  let connector: ConnectorDefinition

  func respond(to request: ServiceRequest) -> ServiceResponse {
    guard request.method == "POST" else { return ServiceResponse(.method(request.method, allow: "POST")) }
    do throws(TokenRefusal) {
      let form = try form(request)
      let client = try authenticate(request, form)
      try checkGrant(form)
      return try issue(to: client, scope: form["scope"])
    } catch {
      return refuse(error)
    }
  }

  func form(_ request: ServiceRequest) throws(TokenRefusal) -> Form {
    guard request.mediaType == "application/x-www-form-urlencoded" else {
      throw .invalidRequest("the parameters must be in a body of type application/x-www-form-urlencoded")
    }
    guard let body = request.body, let form = Form(body) else {
      throw .invalidRequest("the body is too large or is not form-encoded UTF-8")
    }
    if form.hasRepeated { throw .invalidRequest("a parameter is repeated") }
    return form
  }

  private func checkGrant(_ form: Form) throws(TokenRefusal) {
    guard let grant = form["grant_type"] else { throw .invalidRequest("grant_type is missing") }
    guard policy.supportsGrant(grant) else { throw .unsupportedGrantType }
    if let scope = form["scope"], !policy.grants(scope, connector) { throw .invalidScope }
  }

  /// Section 5.1. Each request gets a new token; earlier ones remain valid.
  private func issue(to client: Store.Client, scope: String?) throws(TokenRefusal) -> ServiceResponse {
    let token = policy.makeToken(client, store.now)
    // the client may have been deleted in the meantime
    guard store.issue(Secrets.hash(policy.tokenForm(token)), to: client) else { throw .invalidClient }
    var members: [JSON.Member] = [
      .init("access_token", .string(token)), .init("token_type", .string(policy.tokenType)),
      .init("expires_in", policy.expiresIn),
    ]
    if let stated = scope.flatMap({ policy.statedScope($0, connector) }) {
      members.append(.init("scope", .string(stated)))
    }
    return ServiceResponse(200, json: .object(members), headers: policy.uncacheable)
  }

  /// Section 5.2, with a challenge for either authentication method.
  func refuse(_ refusal: TokenRefusal) -> ServiceResponse {
    let challenge = refusal == .invalidClient ? policy.basicChallenge(connector.name) : []
    return ServiceResponse(
      refusal.status, error: refusal.code, description: refusal.description,
      headers: policy.uncacheable + challenge)
  }
}
