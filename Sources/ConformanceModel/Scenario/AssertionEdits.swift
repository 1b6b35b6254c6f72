// What a scenario changes of the assertion by which a client authenticates.

import JSONValue

/// Changes to a JSON Web Token for client authentication (RFC 7523 section 2.2).
public struct AssertionEdits: Sendable, Hashable {
  /// Members of the header to add or replace; null removes one.
  public var header: [Template.Member] = []
  /// Claims to add or replace; null removes one.
  public var claims: [Template.Member] = []
  public var signature = Signature.own

  public init() {}

  /// What signs the assertion.
  public enum Signature: String, Sendable, Hashable, CaseIterable {
    /// The key or the secret of the client.
    case own
    /// A key or a secret that nobody has registered.
    case otherKey = "other-key"
    /// Nothing: the algorithm is `none` (RFC 7518 section 3.6).
    case none
    /// HMAC with the public key of the client as secret (RFC 8725 section 2.1).
    case publicKey = "public-key"
    /// The key or the secret of the client, but one bit of the signature is another.
    case changed

    /// A description for the guide.
    public var meaning: String {
      switch self {
      case .own: "the key or the secret of the client"
      case .otherKey: "a key or a secret that is not the client's"
      case .none: "nothing: the algorithm is none"
      case .publicKey: "HMAC with the client's public key as secret"
      case .changed: "the client's key or secret, but a bit of the signature is changed"
      }
    }
  }

  /// What is changed, in words: `aud, alg and the signature`.
  public var changes: [String] {
    header.map(\.name) + claims.map(\.name) + (signature == .own ? [] : ["signature (\(signature.rawValue))"])
  }

  /// All templates in it.
  public var templates: [Template] { (header + claims).map(\.value) }
}
