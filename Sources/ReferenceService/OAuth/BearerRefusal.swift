// Why a request to an inbound URL is refused before its payload is read.

/// The cases of RFC 6750 section 3.1.
enum BearerRefusal: Error, Equatable {
  /// No credentials, or those of another scheme.
  case noCredentials
  case invalidRequest(String)
  /// Unknown, expired, revoked, or of another connector: one response for all, so that guesses reveal nothing.
  case invalidToken

  var status: Int {
    switch self {
    case .noCredentials, .invalidToken: 401
    case .invalidRequest: 400
    }
  }

  /// The error code in the challenge; `nil` if no credentials were sent.
  var challengeCode: String? {
    switch self {
    case .noCredentials: nil
    case .invalidRequest: "invalid_request"
    case .invalidToken: "invalid_token"
    }
  }

  /// The error code in the body.
  var code: String { challengeCode ?? "unauthorized" }

  var description: String {
    switch self {
    case .noCredentials: "an access token is required"
    case .invalidRequest(let description): description
    case .invalidToken: "the token is unknown, expired, revoked or not valid for this URL"
    }
  }
}
