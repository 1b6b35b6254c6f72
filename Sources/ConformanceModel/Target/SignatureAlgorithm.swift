// The algorithms that sign JSON Web Tokens.

/// An algorithm of RFC 7518 section 3.1 or RFC 8037 section 3.1, by its name in the header of a token.
public enum SignatureAlgorithm: String, Sendable, Hashable, CaseIterable {
  case hs256 = "HS256"
  case hs384 = "HS384"
  case hs512 = "HS512"
  case rs256 = "RS256"
  case rs384 = "RS384"
  case rs512 = "RS512"
  case ps256 = "PS256"
  case ps384 = "PS384"
  case ps512 = "PS512"
  case es256 = "ES256"
  case es384 = "ES384"
  case es512 = "ES512"
  case edDSA = "EdDSA"

  /// How signatures are made, and with which key.
  public enum Family: Sendable, Hashable {
    /// HMAC, with a secret that both sides know.
    case hmac
    /// RSASSA-PKCS1-v1_5.
    case rsa
    /// RSASSA-PSS.
    case rsaPSS
    /// ECDSA, with a curve for each size.
    case ecdsa
    /// Ed25519.
    case edwards
  }

  public var family: Family {
    switch self {
    case .hs256, .hs384, .hs512: .hmac
    case .rs256, .rs384, .rs512: .rsa
    case .ps256, .ps384, .ps512: .rsaPSS
    case .es256, .es384, .es512: .ecdsa
    case .edDSA: .edwards
    }
  }

  /// The algorithms of a private key.
  public static let ofPrivateKeys = allCases.filter { $0.family != .hmac }
  /// The algorithms of a client secret.
  public static let ofSecrets = allCases.filter { $0.family == .hmac }

  /// The bits of its hash; 256 for EdDSA, which has its own.
  public var hashBits: Int {
    switch self {
    case .hs256, .rs256, .ps256, .es256, .edDSA: 256
    case .hs384, .rs384, .ps384, .es384: 384
    case .hs512, .rs512, .ps512, .es512: 512
    }
  }
}
