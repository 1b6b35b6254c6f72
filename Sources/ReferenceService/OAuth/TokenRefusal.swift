// Why the token endpoint refuses.

/// The errors of RFC 6749 section 5.2 that can occur here. The words never repeat what was sent.
enum TokenRefusal: Error, Equatable {
  case invalidRequest(String)
  case invalidClient
  case unsupportedGrantType
  case invalidScope
  /// The client is known, and the token is not its own (RFC 7009 section 2.1).
  case unauthorizedClient

  /// 400, but 401 where the client could not be authenticated.
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
    // the same for an unknown client and a wrong secret: a guess learns nothing
    case .invalidClient: "client authentication failed"
    case .unsupportedGrantType: "only client_credentials is offered"
    case .invalidScope: "no scopes are defined here"
    case .unauthorizedClient: "the token is another client's"
    }
  }
}
