// Client authentication at the token endpoint (RFC 6749 section 2.3): by HTTP Basic, in the body or by an assertion.

import ConformanceModel
import HTTPModel

extension TokenEndpoint {
  /// The client whose credentials the request has.
  func authenticate(_ request: ServiceRequest, _ form: Form) throws(TokenRefusal) -> Store.Client {
    let fields = request.headers.values("Authorization")
    guard fields.count <= 1 else { throw .invalidRequest("more than one Authorization field") }
    if TokenEndpoint.hasAssertion(form) { return try authenticateByAssertion(request, form) }
    guard let field = fields.first else {
      guard let id = form["client_id"], let secret = form["client_secret"] else { throw .invalidClient }
      return try client(id, secret)
    }
    if form["client_secret"] != nil { throw .invalidRequest("the client uses more than one authentication method") }
    guard let credentials = BasicCredentials(field) else { throw .invalidClient }
    if let other = form["client_id"], other != credentials.id {
      throw .invalidRequest("client_id differs from the id in the Authorization field")
    }
    return try client(credentials.id, credentials.secret)
  }

  private func client(_ id: String, _ secret: String) throws(TokenRefusal) -> Store.Client {
    let client = store.client(id, of: connector.name)
    // an unknown client takes as long as a wrong secret
    let matches = policy.secretMatches(policy.secretForm(secret), client)
    guard let client, matches else { throw .invalidClient }
    return client
  }
}
