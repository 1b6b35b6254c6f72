// Bearer tokens in the Authorization header (RFC 6750 section 2.1), and the challenges of section 3.

import Conformance

struct BearerAuthentication {
  let store: Store
  let realm: String

  /// Why the request may not pass; `nil` where its token is good for this connector.
  ///
  /// Where there is no such connector, any valid token passes: what there is, is told only to those who may ask.
  func refusal(of request: ServiceRequest, for connector: ConnectorDefinition?) -> ServiceAnswer? {
    let fields = request.headers.values("Authorization")
    guard fields.count <= 1 else { return malformed("Authorization stands more than once") }
    // another scheme is none that is known here: the same as no credentials (section 3.1)
    guard let field = fields.first, BearerAuthentication.isBearer(field) else { return challenge(401, nil, nil) }
    if request.query.split(separator: "&").contains(where: { $0 == "access_token" || $0.hasPrefix("access_token=") }) {
      return malformed("the token is sent in more than one way")
    }
    guard let token = BearerAuthentication.token(field) else { return malformed("the Authorization header is malformed") }
    // the same words whatever the reason: a guess learns nothing
    guard let found = store.validToken(SHA256.hash(Array(token.utf8))), connector == nil || found.connector == connector?.name else {
      return challenge(401, "invalid_token", "the token is unknown, expired, revoked or not for this address")
    }
    return nil
  }

  private func malformed(_ description: String) -> ServiceAnswer { challenge(400, "invalid_request", description) }

  private func challenge(_ status: Int, _ error: String?, _ description: String?) -> ServiceAnswer {
    var value = "Bearer realm=\"\(realm.filter { $0 != "\"" && $0 != "\\" })\""
    guard let error, let description else {
      return .problem(status, "unauthorized", "an access token is needed", headers: [HeaderField("WWW-Authenticate", value)])
    }
    value += ", error=\"\(error)\", error_description=\"\(description)\""
    return .problem(status, error, description, headers: [HeaderField("WWW-Authenticate", value)])
  }

  private static func isBearer(_ field: String) -> Bool {
    field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).first?.lowercased() == "bearer"
  }

  /// The token behind the scheme and one or more spaces, if it fits `b64token`.
  private static func token(_ field: String) -> String? {
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
