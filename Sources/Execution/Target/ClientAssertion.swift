// The JSON Web Token by which a client authenticates (RFC 7523 sections 2.2 and 3).

import ConformanceModel
import Cryptography
import JSONValue
import Redaction

struct ClientAssertion {
  var header: [JSON.Member]
  var claims: [JSON.Member]
  let signer: AssertionSigner

  /// - Parameters:
  ///   - audience: The URL of the token endpoint, unless the target file names another audience.
  ///   - values: What its templates can refer to.
  init(
    of id: String, _ signer: AssertionSigner, audience: String, now: SimulatedInstant, _ session: TargetSession,
    _ values: [String: JSON]
  ) throws {
    self.signer = signer
    let binding = session.target.token.assertions
    header = [.init("alg", .string(signer.algorithm)), .init("typ", "JWT")]
    if let key = signer.keyID { header.append(.init("kid", .string(key))) }
    claims = [
      .init("iss", .string(id)), .init("sub", .string(id)),
      .init("aud", try binding.audience.map { try session.templates.resolve($0, values) } ?? .string(audience)),
      .init("jti", .string(RandomText.key())), .init("iat", .int(now.seconds)),
      .init("exp", .int(now.seconds + Int64(binding.lifetime))),
    ]
  }

  func signed() throws -> String {
    try JSONWebSignature.compact(header: .object(header), payload: .object(claims)) { input throws in
      try signer.sign(input)
    }
  }

  /// The form parameters that carry it (RFC 7523 section 2.2).
  static func parameters(_ token: String) -> [(String, String)] {
    [
      ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", token),
    ]
  }
}

/// What signs an assertion.
struct AssertionSigner {
  private enum Means {
    case key(SigningKey, SignatureAlgorithm)
    case secret([UInt8], SignatureAlgorithm)
    case none
  }

  private let means: Means
  private let isChanged: Bool
  /// The header parameter `kid`.
  private(set) var keyID: String?

  /// The header parameter `alg`.
  var algorithm: String {
    switch means {
    case .key(_, let algorithm), .secret(_, let algorithm): algorithm.rawValue
    case .none: "none"
    }
  }

  init(
    _ way: ClientAuthentication, _ signature: AssertionEdits.Signature, _ client: JSON?, secret: String,
    _ binding: Target.Assertions, _ keys: ClientKeys
  ) throws {
    isChanged = signature == .changed
    let key = try client?["key"]?.string.map { try keys.key(pem: $0, id: client?["kid"]?.string) }
    guard way == .clientSecretJWT || key != nil || client == nil else {
      throw NotApplicable(reason: "the client has no private key")
    }
    if way == .privateKeyJWT { keyID = key?.id }
    let algorithm = key?.algorithm ?? binding.algorithm ?? .es256
    switch (signature, way) {
    case (.none, _): means = .none
    case (.publicKey, .privateKeyJWT): means = .secret(Array((key?.publicPEM ?? "").utf8), binding.secretAlgorithm)
    case (.otherKey, .privateKeyJWT): means = .key(try keys.stranger(for: algorithm), algorithm)
    case (.otherKey, _): means = .secret(Array(RandomText.key().utf8), binding.secretAlgorithm)
    case (_, .privateKeyJWT):
      // a client that is not saved has no key: any one makes the assertion complete
      means = .key(try key?.signing ?? keys.stranger(for: algorithm), algorithm)
    default: means = .secret(Array(secret.utf8), binding.secretAlgorithm)
    }
  }

  func sign(_ input: [UInt8]) throws -> [UInt8] {
    let made: [UInt8]? =
      switch means {
      case .key(let key, let algorithm): key.sign(input, by: algorithm)
      case .secret(let secret, let algorithm): HMACSignature.sign(input, key: secret, by: algorithm)
      case .none: []
      }
    guard var signature = made else { throw TargetError("the assertion cannot be signed by \(algorithm)") }
    // in the middle, where every bit counts
    if isChanged, !signature.isEmpty { signature[signature.count / 2] ^= 1 }
    return signature
  }
}
