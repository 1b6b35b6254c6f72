// The token endpoint of a connector: the client credentials grant of RFC 6749, section 4.4.

import Conformance

struct TokenEndpoint {
  let store: Store
  let connector: ConnectorDefinition

  /// What is wrong with a request, in the words of section 5.2.
  enum Refusal: Error {
    case invalidRequest(String)
    case invalidClient
    case unsupportedGrantType
    case invalidScope
  }

  func answer(_ request: ServiceRequest) -> ServiceAnswer {
    guard request.method == "POST" else { return .methodNotAllowed(request.method, allow: "POST") }
    do throws(Refusal) {
      let form = try form(request)
      let client = try authenticate(request, form)
      try checkGrant(form)
      return try issue(to: client)
    } catch {
      return refuse(error)
    }
  }

  private func form(_ request: ServiceRequest) throws(Refusal) -> Form {
    guard request.mediaType == "application/x-www-form-urlencoded" else {
      throw .invalidRequest("the parameters belong into a body of application/x-www-form-urlencoded")
    }
    guard let body = request.body, let form = Form(body) else {
      throw .invalidRequest("the body is too large or not form-encoded UTF-8")
    }
    if form.hasRepeated { throw .invalidRequest("a parameter stands more than once") }
    return form
  }

  private func checkGrant(_ form: Form) throws(Refusal) {
    guard let grant = form["grant_type"] else { throw .invalidRequest("grant_type is missing") }
    guard grant == "client_credentials" else { throw .unsupportedGrantType }
    // no scopes are defined, so every one asked for is unknown
    if form["scope"] != nil { throw .invalidScope }
  }

  /// Section 5.1. Every request gets a token of its own; earlier ones stay valid.
  private func issue(to client: Store.Client) throws(Refusal) -> ServiceAnswer {
    let token = Secrets.make()
    guard store.issue(SHA256.hash(Array(token.utf8)), to: client) else { throw .invalidClient }
    return ServiceAnswer(
      200, json: ["access_token": .string(token), "token_type": "Bearer", "expires_in": .int(TokenLife.seconds)],
      headers: ServiceAnswer.noStore)
  }

  /// Section 5.2: 400, but 401 with a challenge where the client could not be authenticated.
  private func refuse(_ refusal: Refusal) -> ServiceAnswer {
    func answer(_ status: Int, _ code: String, _ description: String, _ headers: [HeaderField] = []) -> ServiceAnswer {
      .problem(status, code, description, headers: ServiceAnswer.noStore + headers)
    }
    switch refusal {
    case .invalidRequest(let description): return answer(400, "invalid_request", description)
    case .unsupportedGrantType: return answer(400, "unsupported_grant_type", "only client_credentials is offered")
    case .invalidScope: return answer(400, "invalid_scope", "no scopes are defined here")
    case .invalidClient:
      let challenge = HeaderField("WWW-Authenticate", "Basic realm=\"\(connector.name)\", charset=\"UTF-8\"")
      return answer(401, "invalid_client", "client authentication failed", [challenge])
    }
  }
}
