// Authenticates clients by JSON Web Tokens (RFC 7523 section 2.2).

import ConformanceModel
import Cryptography
import HTTPModel
import JSONValue
import Redaction

extension CaseRunner {
  /// RFC 7523 section 2.2.
  private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

  /// The form parameters that authenticate a client by an assertion.
  ///
  /// - Parameters:
  ///   - way: `client-secret-jwt` or `private-key-jwt`.
  ///   - audience: The URL of the token endpoint.
  /// - Throws: `NotApplicable` if the client has no private key.
  func assertionParameters(
    _ operation: TokenRequest, by way: ClientAuthentication, _ client: JSON?, id: String, secret: String,
    audience: String, _ values: [String: JSON]
  ) throws -> [(String, String)] {
    let binding = session.target.token.assertions
    let edits = operation.assertion ?? AssertionEdits()
    let now = environment.timeline.now.seconds
    let signer = try AssertionSigner(way, edits.signature, client, secret: secret, binding, session.clientKeys)
    var header: [JSON.Member] = [.init("alg", .string(signer.algorithm)), .init("typ", "JWT")]
    if let key = signer.keyID { header.append(.init("kid", .string(key))) }
    var claims: [JSON.Member] = [
      .init("iss", .string(id)), .init("sub", .string(id)),
      .init("aud", try binding.audience.map { try session.templates.resolve($0, values) } ?? .string(audience)),
      .init("jti", .string(RandomText.key())), .init("iat", .int(now)),
      .init("exp", .int(now + Int64(binding.lifetime))),
    ]
    for member in edits.header { header.set(member.name, try scope.fill(member.value)) }
    for member in edits.claims { claims.set(member.name, try scope.fill(member.value)) }
    let token = try JSONWebSignature.compact(header: .object(header), payload: .object(claims)) { input throws in
      try signer.sign(input)
    }
    scope.registerEncoding(token, as: CaseScope.label("\(operation.client ?? "client")_assertion"))
    return [("client_assertion_type", CaseRunner.assertionType), ("client_assertion", token)]
  }
}

/// What signs an assertion.
private struct AssertionSigner {
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

extension [JSON.Member] {
  /// Adds or replaces a member; null removes it.
  fileprivate mutating func set(_ name: String, _ value: JSON) {
    removeAll { $0.name == name }
    if value != .null { append(.init(name, value)) }
  }
}
