// Client authentication at the token endpoint (RFC 6749 section 2.3): by HTTP Basic, in the body, by an assertion or by a
// certificate.

import ConformanceModel
import Cryptography
import HTTPModel

extension TokenEndpoint {
  /// The client whose credentials the request has.
  func authenticate(_ request: ServiceRequest, _ form: Form) throws(TokenRefusal) -> Store.Client {
    let fields = request.headers.values("Authorization")
    guard fields.count <= 1 else { throw .invalidRequest("more than one Authorization field") }
    if TokenEndpoint.hasAssertion(form) { return try authenticateByAssertion(request, form) }
    guard let field = fields.first else {
      guard let id = form["client_id"] else { throw .invalidClient }
      guard let secret = form["client_secret"] else { return try certified(id, request) }
      return try client(id, secret)
    }
    if form["client_secret"] != nil { throw .invalidRequest("the client uses more than one authentication method") }
    guard let credentials = BasicCredentials(field) else { throw .invalidClient }
    if let other = form["client_id"], other != credentials.id {
      throw .invalidRequest("client_id differs from the id in the Authorization field")
    }
    return try client(credentials.id, credentials.secret)
  }

  /// The client that registered the certificate of the connection (RFC 8705 section 2.2).
  private func certified(_ id: String, _ request: ServiceRequest) throws(TokenRefusal) -> Store.Client {
    let hash = request.certificate.map(SHA256.hash)
    guard let client = policy.certified(store, connector.name, id, hash) else { throw .invalidClient }
    return client
  }

  private func client(_ id: String, _ secret: String) throws(TokenRefusal) -> Store.Client {
    let client = store.client(id, of: connector.name)
    // an unknown client takes as long as a wrong secret
    let matches = policy.secretMatches(policy.secretForm(secret), client)
    guard let client, matches else { throw .invalidClient }
    return client
  }
}
