// How clients of a target sign the assertions by which they authenticate (RFC 7523).

extension Target {
  /// What a target file says about JSON Web Tokens for client authentication.
  public struct Assertions: Sendable, Hashable {
    /// The claim `aud`; `nil` is the URL of the token endpoint (RFC 7523 section 3).
    public var audience: Template?
    /// The algorithm of private keys; `nil` is that of the key, or ES256 for generated ones.
    public var algorithm: SignatureAlgorithm?
    /// The algorithm of client secrets.
    public var secretAlgorithm = SignatureAlgorithm.hs256
    /// From `iat` to `exp`, in seconds.
    public var lifetime = 60
    /// The private key of all clients that have none of their own; `nil` if a run generates keys.
    public var key: Key?

    /// In seconds.
    public static let lifetimes = 1...86_400

    public init() {}
  }

  /// A private key of a client.
  public struct Key: Sendable, Hashable {
    /// In PEM, without a password.
    public var pem: Template
    /// The header parameter `kid` (RFC 7515 section 4.1.4); `nil` is the thumbprint of the key.
    public var id: Template?

    /// The names of the public key in templates: `${client.jwks}`.
    public static let publicForms = ["jwks", "public-key", "certificate"]

    public init(pem: Template, id: Template? = nil) {
      self.pem = pem
      self.id = id
    }
  }

  /// Whether clients may authenticate by a private key.
  public var usesPrivateKeys: Bool { token.authentications.contains(.privateKeyJWT) }

  /// Whether the run makes a certificate for each client that it creates: they need one, and the file has none for them.
  public var makesCertificates: Bool {
    guard token.authentications.contains(.tlsClientAuth), route.tls.certificate == nil else { return false }
    return switch clients {
    case .http, .registration, .command: true
    case .prompt, .static, nil: false
    }
  }

  /// Whether every way of authentication needs no secret.
  public var hasNoSecrets: Bool {
    !token.authentications.isEmpty && !token.authentications.contains(where: \.usesSecret)
  }
}
