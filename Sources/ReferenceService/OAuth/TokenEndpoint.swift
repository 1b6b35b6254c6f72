// The token endpoint of a connector: the client credentials grant of RFC 6749, section 4.4.

import ConformanceModel
import HTTPModel
import JSONValue

struct TokenEndpoint {
  /// How many bytes of a form are read.
  static let maxForm = 64 << 10

  let service: Service
  let connector: ConnectorDefinition

  func answer(_ request: ServiceRequest) -> ServiceResponse {
    guard request.method == "POST" else { return ServiceResponse(.method(request.method, allow: "POST")) }
    do throws(TokenRefusal) {
      let form = try form(request)
      let client = try authenticate(request, form)
      try checkGrant(form)
      return try issue(to: client)
    } catch {
      return refuse(error)
    }
  }

  func form(_ request: ServiceRequest) throws(TokenRefusal) -> Form {
    guard request.mediaType == "application/x-www-form-urlencoded" else {
      throw .invalidRequest("the parameters belong into a body of application/x-www-form-urlencoded")
    }
    guard let body = request.body, let form = Form(body) else {
      throw .invalidRequest("the body is too large or not form-encoded UTF-8")
    }
    if form.hasRepeated { throw .invalidRequest("a parameter stands more than once") }
    return form
  }

  private func checkGrant(_ form: Form) throws(TokenRefusal) {
    guard let grant = form["grant_type"] else { throw .invalidRequest("grant_type is missing") }
    guard service.policy.supportsGrant(grant) else { throw .unsupportedGrantType }
    if let scope = form["scope"], !service.policy.grants(scope) { throw .invalidScope }
  }

  /// Section 5.1. Every request gets a token of its own; earlier ones stay valid.
  private func issue(to client: Store.Client) throws(TokenRefusal) -> ServiceResponse {
    let token = service.policy.makeToken(client, service.now)
    // the client may have been deleted meanwhile
    guard service.store.issue(Secrets.hash(service.policy.tokenForm(token)), to: client) else { throw .invalidClient }
    return ServiceResponse(
      200,
      json: [
        "access_token": .string(token), "token_type": .string(service.policy.tokenType),
        "expires_in": service.policy.expiresIn,
      ],
      headers: service.policy.uncacheable)
  }

  /// Section 5.2; with a challenge whichever way the client tried to authenticate.
  func refuse(_ refusal: TokenRefusal) -> ServiceResponse {
    let challenge = refusal == .invalidClient ? service.policy.basicChallenge(connector.name) : []
    return ServiceResponse(
      refusal.status, error: refusal.code, description: refusal.description,
      headers: service.policy.uncacheable + challenge)
  }
}
