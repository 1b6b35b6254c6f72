// Why an assertion does not authenticate its client.

/// The cases of RFC 7523 section 3, in the order in which they are checked.
enum AssertionProblem: Error, Equatable {
  /// Another `client_assertion_type`.
  case type
  /// It is not a signed JSON Web Token, or its algorithm is unknown.
  case malformed
  case unknownClient
  /// The algorithm is `none`.
  case unsigned
  /// It is signed by HMAC with the public key as secret (RFC 8725 section 2.1).
  case publicKeyAsSecret
  case signature
  /// The issuer is not the client.
  case issuer
  /// The parameter `client_id` names another client (RFC 7521 section 4.2).
  case clientID
  case audience
  case withoutExpiry
  case expired
  case notYetValid
  /// Its `jti` is missing, or was used before.
  case replayed
}
