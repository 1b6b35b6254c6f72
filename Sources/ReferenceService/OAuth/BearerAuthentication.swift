// Bearer tokens in the Authorization field (RFC 6750 section 2.1), and the challenges of section 3; the credentials of
// clients by HTTP Basic, where that is switched on.

import ConformanceModel
import HTTPModel

struct BearerAuthentication {
  let store: Store
  let policy: Policy
  let realm: String

  /// The response to a request without a valid token for the connector; `nil` if the token is valid.
  func refusal(of request: ServiceRequest, for connector: ConnectorDefinition?) -> ServiceResponse? {
    do throws(BearerRefusal) {
      try check(request, connector)
      return nil
    } catch {
      guard let refusal = policy.refusal(error, request) else { return nil }
      let basic = refusal.status == 401 && acceptsBasic(connector) ? policy.basicChallenge(realm) : []
      return ServiceResponse(
        refusal.status, error: refusal.code, description: refusal.description,
        headers: policy.bearerChallenge(realm, refusal) + basic)
    }
  }

  private func check(_ request: ServiceRequest, _ connector: ConnectorDefinition?) throws(BearerRefusal) {
    let fields = request.headers.values("Authorization")
    guard fields.count <= 1 else { throw .invalidRequest("more than one Authorization field") }
    if let connector, let field = fields.first, acceptsBasic(connector), isClient(field, of: connector) { return }
    // another scheme is the same as no credentials (section 3.1)
    guard let field = fields.first, BearerAuthentication.isBearer(field) else { throw .noCredentials }
    if BearerAuthentication.hasToken(query: request.query) {
      throw .invalidRequest("the token is sent by more than one method")
    }
    guard let token = BearerAuthentication.token(field) else {
      throw .invalidRequest("the Authorization field is malformed")
    }
    let hash = Secrets.hash(policy.tokenForm(token))
    guard let found = store.use(hash), policy.tokenIsValid(found, connector) else {
      throw .invalidToken
    }
  }

  private func acceptsBasic(_ connector: ConnectorDefinition?) -> Bool {
    connector.map { store.acceptsBasic($0.name) } ?? false
  }

  /// Whether a field has the id and the secret of a client of the connector.
  private func isClient(_ field: String, of connector: ConnectorDefinition) -> Bool {
    guard let credentials = BasicCredentials(field) else { return false }
    return policy.secretMatches(
      policy.secretForm(credentials.secret), store.client(credentials.id, of: connector.name))
  }

  private static func hasToken(query: String) -> Bool {
    query.utf8.split(separator: UInt8(ascii: "&")).contains { pair in
      Form.decode(pair.prefix { $0 != UInt8(ascii: "=") }) == "access_token"
    }
  }

  private static func isBearer(_ field: String) -> Bool {
    field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).first?.lowercased() == "bearer"
  }

  /// The token after the scheme and one or more spaces, if it is a `b64token`.
  static func token(_ field: String) -> String? {
    guard isBearer(field) else { return nil }
    let token = field.dropFirst("bearer".count).drop { $0 == " " }
    let body = token.utf8.prefix { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "-._~+/".utf8.contains(byte)
      }
    }
    guard !body.isEmpty, token.utf8.dropFirst(body.count).allSatisfy({ $0 == UInt8(ascii: "=") }) else { return nil }
    return String(token)
  }
}
