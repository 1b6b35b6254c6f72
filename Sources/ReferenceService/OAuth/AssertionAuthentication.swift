// Client authentication by a JSON Web Token (RFC 7523 sections 2.2 and 3).

import ConformanceModel
import Cryptography
import HTTPModel
import JSONValue

/// A public key that a client registered.
struct AssertionKey: Sendable {
  var id: String?
  var key: VerifyingKey
  /// The hash of the certificate of the key, if it has one.
  var certificate: [UInt8]?
}

/// Reads the public keys of clients. The lock protects those that were read: clients may share them, and it takes a while
/// to check one.
final class AssertionKeys: Sendable {
  private let known = Locked<[JSON: VerifyingKey]>([:])

  private static let maxKeys = 10
  private static let maxKnown = 100

  /// Reads a JSON Web Key Set (RFC 7517 section 5) of public keys.
  ///
  /// - Returns: `nil` if it is none.
  func set(_ json: JSON) -> [AssertionKey]? {
    guard let items = json["keys"]?.array, (1...AssertionKeys.maxKeys).contains(items.count) else { return nil }
    var keys: [AssertionKey] = []
    for item in items {
      guard item["d"] == nil, let key = key(item) else { return nil }
      var entry = AssertionKey(id: item["kid"]?.string, key: key)
      if let chain = item["x5c"] {
        guard let hash = certificate(chain, of: key) else { return nil }
        entry.certificate = hash
      }
      keys.append(entry)
    }
    return keys
  }

  /// The hash of the first certificate of a chain, which has to be that of the key (RFC 7517 section 4.7).
  private func certificate(_ chain: JSON, of key: VerifyingKey) -> [UInt8]? {
    guard let text = chain.array?.first?.string, let der = Base64.decode(text),
      let certified = Certificate(der: der)?.publicKey, certified.thumbprint == key.thumbprint
    else { return nil }
    return SHA256.hash(der)
  }

  private func key(_ jwk: JSON) -> VerifyingKey? {
    if let key = known.withLock({ $0[jwk] }) { return key }
    guard let key = VerifyingKey(jwk: jwk) else { return nil }
    known.withLock { known in
      if known.count >= AssertionKeys.maxKnown { known = [:] }
      known[jwk] = key
    }
    return key
  }
}

extension TokenEndpoint {
  static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

  /// Whether the request authenticates its client by an assertion.
  static func hasAssertion(_ form: Form) -> Bool {
    form.contains("client_assertion") || form.contains("client_assertion_type")
  }

  func authenticateByAssertion(_ request: ServiceRequest, _ form: Form) throws(TokenRefusal) -> Store.Client {
    guard request.headers.values("Authorization").isEmpty, form["client_secret"] == nil else {
      throw .invalidRequest("the client uses more than one authentication method")
    }
    do throws(AssertionProblem) {
      return try AssertionCheck(endpoint: self, request: request, form: form).client()
    } catch {
      // the same for all: guesses reveal nothing
      throw .invalidClient
    }
  }
}

private struct AssertionCheck {
  let endpoint: TokenEndpoint
  let request: ServiceRequest
  let form: Form

  private var policy: Policy { endpoint.policy }

  func client() throws(AssertionProblem) -> Store.Client {
    try require(form["client_assertion_type"] == TokenEndpoint.assertionType, .type)
    guard let token = form["client_assertion"].flatMap(JSONWebSignature.init(parsing:)),
      let claims = try? JSON(parsing: token.payload), let subject = claims["sub"]?.string
    else { throw .malformed }
    let found = endpoint.store.client(subject, of: endpoint.connector.name)
    guard let client = found, !client.secretHash.isEmpty else { throw .unknownClient }
    try checkSignature(token, client)
    try require(claims["iss"]?.string == subject, .issuer)
    try require(form["client_id"].map { $0 == subject } ?? true, .clientID)
    try require(names(claims["aud"]), .audience)
    try checkTimes(claims, client)
    return client
  }

  private func require(_ condition: Bool, _ problem: AssertionProblem) throws(AssertionProblem) {
    if !condition, !policy.toleratesAssertion(problem) { throw problem }
  }

  private func checkSignature(_ token: JSONWebSignature, _ client: Store.Client) throws(AssertionProblem) {
    let name = token.header["alg"]?.string ?? ""
    if name == "none" { return try require(false, .unsigned) }
    guard let algorithm = SignatureAlgorithm(rawValue: name) else { throw .malformed }
    guard algorithm.family == .hmac else {
      let id = token.header["kid"]?.string
      let keys = client.keys.filter { $0.id == nil || id == nil || $0.id == id }
      let isValid = keys.contains { $0.key.verifies(token.signature, of: token.signingInput, by: algorithm) }
      return try require(isValid, .signature)
    }
    func verifies(_ key: [UInt8]) -> Bool {
      HMACSignature.verifies(token.signature, of: token.signingInput, key: key, by: algorithm)
    }
    if verifies(client.hmacKey) { return }
    let isConfused = client.keys.contains { $0.key.pem.map { verifies(Array($0.utf8)) } ?? false }
    try require(false, isConfused ? .publicKeyAsSecret : .signature)
  }

  /// The token endpoint, or its issuer (RFC 7523 section 3).
  private func names(_ audience: JSON?) -> Bool {
    let named = audience?.array?.compactMap(\.string) ?? [audience?.string].compactMap(\.self)
    let issuer = "\(request.base)/connectors/\(endpoint.connector.name)"
    return named.contains { $0 == issuer || $0 == request.base + endpoint.connector.tokenPath }
  }

  private func checkTimes(_ claims: JSON, _ client: Store.Client) throws(AssertionProblem) {
    let now = endpoint.store.now
    let expiry = claims["exp"]?.double
    try require(expiry != nil, .withoutExpiry)
    try require(expiry.map { Double(now.seconds) < $0 } ?? true, .expired)
    try require(claims["nbf"]?.double.map { $0 <= Double(now.seconds) } ?? true, .notYetValid)
    // an assertion without expiry that is tolerated could be replayed for ever: it is kept for a day
    let end = SimulatedInstant(seconds: Int64(min(max(expiry ?? 0, 0), AssertionCheck.lastSecond)))
    let isNew = claims["jti"]?.string.map { endpoint.store.useAssertion($0, of: client, until: max(end, now + .day)) }
    try require(isNew ?? false, .replayed)
  }

  /// The end of the year 9999.
  private static let lastSecond = 253_402_300_799.0
}
