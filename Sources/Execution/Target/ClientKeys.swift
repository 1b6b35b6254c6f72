// The private keys with which clients authenticate (RFC 7523).

import ConformanceModel
import Cryptography
import Dispatch
import JSONValue
import Redaction

/// A private key of a client, with what its service has to know of it.
struct ClientKey: Sendable {
  let signing: SigningKey
  /// The private key, which only a pending case writes down.
  let pem: String
  /// The header parameter `kid`.
  let id: String
  let algorithm: SignatureAlgorithm
  /// The public key as a JSON Web Key Set (RFC 7517 section 5).
  let jwks: JSON
  /// The public key in PEM.
  let publicPEM: String

  init?(signing: SigningKey, pem: String, id: String?, algorithm: SignatureAlgorithm?) {
    guard let algorithm = algorithm.flatMap({ signing.algorithms.contains($0) ? $0 : nil }) ?? signing.algorithms.first,
      let jwk = signing.publicKey.jwk?.object, let publicPEM = signing.publicKey.pem,
      let id = id ?? signing.publicKey.thumbprint
    else { return nil }
    self.signing = signing
    self.pem = pem
    self.id = id
    self.algorithm = algorithm
    self.publicPEM = publicPEM
    let own: [JSON.Member] = [
      .init("kid", .string(id)), .init("use", "sig"), .init("alg", .string(algorithm.rawValue)),
    ]
    jwks = ["keys": [.object(jwk + own)]]
  }
}

/// Makes and reads the keys of a run. The lock protects those that were made.
final class ClientKeys: Sendable {
  private let assertions: Target.Assertions
  private let templates: TemplateResolver
  private let redactor: SecretRedactor
  private let state = Locked(State())

  private struct State {
    /// The keys that were generated, by their numbers.
    var generated: [ClientKey] = []
    var strangers: [SignatureAlgorithm: SigningKey] = [:]
    /// By their texts in PEM and their ids.
    var read: [[String?]: ClientKey] = [:]
  }

  /// An RSA key takes a tenth of a second: no more are made than one case has clients that must not be confused.
  private static let maxGenerated = 8

  init(_ assertions: Target.Assertions, templates: TemplateResolver, redactor: SecretRedactor) {
    self.assertions = assertions
    self.templates = templates
    self.redactor = redactor
  }

  /// Generates the first key on another thread: the first client need not wait for it then.
  func prepare() {
    guard assertions.key == nil else { return }
    // one that cannot be generated is reported to the case that needs it
    DispatchQueue.global().async { _ = try? self.key(number: 0) }
  }

  /// The key for a new client: that of the target file, or a generated one.
  ///
  /// - Parameter number: Counts the clients of a case. Those of one case have different keys.
  func key(number: Int) throws -> ClientKey {
    if let key = try configured(nil) { return key }
    return try state.withLock { state in
      while state.generated.count <= number % ClientKeys.maxGenerated {
        let algorithm = assertions.algorithm ?? .es256
        guard let signing = SigningKey.generate(for: algorithm), let pem = signing.pem,
          let key = ClientKey(signing: signing, pem: pem, id: nil, algorithm: algorithm)
        else { throw TargetError("no key for \(algorithm.rawValue) can be generated: libcrypto refuses it") }
        state.generated.append(key)
        state.read[[pem, key.id]] = key
      }
      return state.generated[number % ClientKeys.maxGenerated]
    }
  }

  /// The key of a given client, or that of the target; `nil` if the target file has neither.
  func configured(_ own: Target.Key?) throws -> ClientKey? {
    guard let key = own ?? assertions.key else { return nil }
    return try self.key(
      pem: try templates.resolve(key.pem).plainText, id: try key.id.map { try templates.resolve($0).plainText },
      isSecret: true)
  }

  /// The key in a text that a target file names or a case saved.
  ///
  /// - Throws: `TargetError` if there is none.
  func key(pem: String, id: String?, isSecret: Bool = false) throws(TargetError) -> ClientKey {
    if let known = state.withLock({ $0.read[[pem, id]] }) { return known }
    if isSecret { register(pem) }
    guard let signing = SigningKey(pem: pem),
      let key = ClientKey(signing: signing, pem: pem, id: id, algorithm: assertions.algorithm)
    else {
      throw TargetError(
        "the private key of the clients cannot be read; expected PEM without a password: RSA of at least "
          + "2048 bits, P-256, P-384, P-521 or Ed25519")
    }
    state.withLock { $0.read[[pem, id]] = key }
    return key
  }

  /// A key that no service knows.
  func stranger(for algorithm: SignatureAlgorithm) throws(TargetError) -> SigningKey {
    let made = state.withLock { state in
      let key = state.strangers[algorithm] ?? SigningKey.generate(for: algorithm)
      state.strangers[algorithm] = key
      return key
    }
    guard let made else { throw TargetError("no key for \(algorithm.rawValue) can be generated") }
    return made
  }

  /// Masks a private key: whole, and each of its lines.
  private func register(_ pem: String) {
    redactor.register(pem, as: "CLIENT_KEY")
    for line in pem.split(whereSeparator: \.isNewline) where !line.hasPrefix("-----") && line.utf8.count >= 16 {
      // it may be a part of the public key as well
      redactor.register(String(line), as: "CLIENT_KEY", isLeak: false)
    }
  }
}
