// Why the token endpoint refuses a request.

/// The errors of RFC 6749 section 5.2. Descriptions never repeat what was sent.
enum TokenRefusal: Error, Equatable {
  case invalidRequest(String)
  case invalidClient
  case unsupportedGrantType
  case invalidScope
  /// The token belongs to another client (RFC 7009 section 2.1).
  case unauthorizedClient

  /// 400, but 401 if the client could not be authenticated.
  var status: Int { self == .invalidClient ? 401 : 400 }

  var code: String {
    switch self {
    case .invalidRequest: "invalid_request"
    case .invalidClient: "invalid_client"
    case .unsupportedGrantType: "unsupported_grant_type"
    case .invalidScope: "invalid_scope"
    case .unauthorizedClient: "unauthorized_client"
    }
  }

  var description: String {
    switch self {
    case .invalidRequest(let description): description
    // the same for an unknown client and a wrong secret: guesses reveal nothing
    case .invalidClient: "client authentication failed"
    case .unsupportedGrantType: "only client_credentials is supported"
    case .invalidScope: "the scope is unknown"
    case .unauthorizedClient: "the token belongs to another client"
    }
  }
}
