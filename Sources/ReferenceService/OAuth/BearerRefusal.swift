// Why a request to an inbound URL is not let in.

/// The cases of RFC 6750 section 3.1 that can occur here.
enum BearerRefusal: Error, Equatable {
  /// No credentials, or another scheme's.
  case noCredentials
  case invalidRequest(String)
  /// Unknown, expired, foreign, or its client is gone: one answer for all, so that a guess learns nothing.
  case invalidToken

  var status: Int {
    switch self {
    case .noCredentials, .invalidToken: 401
    case .invalidRequest: 400
    }
  }

  /// What stands in the challenge: nothing where no credentials were sent.
  var challengeCode: String? {
    switch self {
    case .noCredentials: nil
    case .invalidRequest: "invalid_request"
    case .invalidToken: "invalid_token"
    }
  }

  /// What stands in the body.
  var code: String { challengeCode ?? "unauthorized" }

  var description: String {
    switch self {
    case .noCredentials: "an access token is needed"
    case .invalidRequest(let description): description
    case .invalidToken: "the token is unknown, expired, revoked or not for this address"
    }
  }
}
