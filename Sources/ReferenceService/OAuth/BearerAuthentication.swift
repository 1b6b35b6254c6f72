// Bearer tokens in the Authorization header (RFC 6750 section 2.1), and the challenges of section 3.

import ConformanceModel
import HTTPModel

struct BearerAuthentication {
  let service: Service
  let realm: String

  /// The answer to a request that may not pass; `nil` where its token is good for this connector.
  func refusal(of request: ServiceRequest, for connector: ConnectorDefinition?) -> ServiceResponse? {
    do throws(BearerRefusal) {
      try check(request, connector)
      return nil
    } catch {
      guard let refusal = service.policy.refusal(error, request) else { return nil }
      return ServiceResponse(
        refusal.status, error: refusal.code, description: refusal.description,
        headers: service.policy.bearerChallenge(realm, refusal))
    }
  }

  private func check(_ request: ServiceRequest, _ connector: ConnectorDefinition?) throws(BearerRefusal) {
    let fields = request.headers.values("Authorization")
    guard fields.count <= 1 else { throw .invalidRequest("Authorization stands more than once") }
    // another scheme is none that is known here: the same as no credentials (section 3.1)
    guard let field = fields.first, BearerAuthentication.isBearer(field) else { throw .noCredentials }
    if BearerAuthentication.hasToken(query: request.query) {
      throw .invalidRequest("the token is sent in more than one way")
    }
    guard let token = BearerAuthentication.token(field) else {
      throw .invalidRequest("the Authorization header is malformed")
    }
    let hash = Secrets.hash(service.policy.tokenForm(token))
    guard let found = service.store.use(hash), service.policy.tokenIsValid(found, connector) else {
      throw .invalidToken
    }
  }

  private static func hasToken(query: String) -> Bool {
    query.utf8.split(separator: UInt8(ascii: "&")).contains { pair in
      Form.decode(pair.prefix { $0 != UInt8(ascii: "=") }) == "access_token"
    }
  }

  private static func isBearer(_ field: String) -> Bool {
    field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).first?.lowercased() == "bearer"
  }

  /// The token behind the scheme and one or more spaces, if it fits `b64token`.
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
