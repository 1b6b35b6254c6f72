// Public keys that verify JSON Web Tokens, as JSON Web Keys.

import CLibCrypto
public import ConformanceModel
public import JSONValue

/// A public key: RSA of at least 2048 bits, P-256, P-384, P-521 or Ed25519.
public struct VerifyingKey: Sendable {
  private let handle: KeyHandle

  init(_ handle: KeyHandle) { self.handle = handle }

  private init?(_ key: OpaquePointer?) {
    guard let handle = KeyHandle(key) else { return nil }
    self.handle = handle
  }

  /// Reads a JSON Web Key (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2).
  ///
  /// - Returns: `nil` if it is none, or no algorithm uses it.
  public init?(jwk: JSON) {
    defer { ERR_clear_error() }
    func bytes(_ name: String) -> [UInt8]? { jwk[name]?.string.flatMap { Base64.urlDecode($0[...]) } }
    switch (jwk["kty"]?.string, jwk["crv"]?.string) {
    case ("RSA", _):
      guard let modulus = bytes("n"), let exponent = bytes("e"), modulus.count <= 2048, exponent.count <= 8 else {
        return nil
      }
      self.init(VerifyingKey.rsa(modulus, exponent))
    case ("OKP", "Ed25519"?):
      guard let x = bytes("x"), x.count == 32 else { return nil }
      self.init(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, x, x.count))
    case ("EC", let name?):
      guard let curve = KeyHandle.Curve(rawValue: name), let x = bytes("x"), let y = bytes("y"),
        x.count == curve.width, y.count == curve.width
      else { return nil }
      let point = [4] + x + y
      self.init(conform_ec_public_key(curve.group, point, point.count))
    default: return nil
    }
  }

  private static func rsa(_ modulus: [UInt8], _ exponent: [UInt8]) -> OpaquePointer? {
    guard let n = BN_bin2bn(modulus, Int32(modulus.count), nil), let e = BN_bin2bn(exponent, Int32(exponent.count), nil)
    else { return nil }
    defer {
      BN_free(n)
      BN_free(e)
    }
    return conform_rsa_public_key(n, e)
  }

  /// The key as a JSON Web Key, without `kid`, `use` and `alg`.
  public var jwk: JSON? {
    func text(_ bytes: [UInt8]) -> JSON { .string(Base64.urlEncode(bytes)) }
    switch handle.kind {
    case .rsa:
      guard let n = handle.number(OSSL_PKEY_PARAM_RSA_N), let e = handle.number(OSSL_PKEY_PARAM_RSA_E) else {
        return nil
      }
      return ["kty": "RSA", "n": text(n), "e": text(e)]
    case .ec(let curve):
      guard let x = handle.number(OSSL_PKEY_PARAM_EC_PUB_X, width: curve.width),
        let y = handle.number(OSSL_PKEY_PARAM_EC_PUB_Y, width: curve.width)
      else { return nil }
      return ["kty": "EC", "crv": .string(curve.rawValue), "x": text(x), "y": text(y)]
    case .ed25519:
      var bytes = [UInt8](repeating: 0, count: 32)
      var count = bytes.count
      guard EVP_PKEY_get_raw_public_key(handle.key, &bytes, &count) == 1, count == 32 else { return nil }
      return ["kty": "OKP", "crv": "Ed25519", "x": text(bytes)]
    }
  }

  /// The key in PEM (SubjectPublicKeyInfo).
  public var pem: String? { KeyHandle.written { PEM_write_bio_PUBKEY($0, handle.key) } }

  /// Whether the key made the signature, which has the form of RFC 7518 section 3.
  public func verifies(_ signature: [UInt8], of message: [UInt8], by algorithm: SignatureAlgorithm) -> Bool {
    defer { ERR_clear_error() }
    guard handle.suits(algorithm), let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    var signature = signature
    if case .ec(let curve) = handle.kind {
      guard let der = ECDSASignature.der(signature, width: curve.width) else { return false }
      signature = der
    }
    var parameters: OpaquePointer?
    guard EVP_DigestVerifyInit(context, &parameters, algorithm.digest, nil, handle.key) == 1,
      algorithm.setPadding(parameters)
    else { return false }
    return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }
}

extension VerifyingKey {
  /// The thumbprint of the key (RFC 7638 section 3), in base64url.
  public var thumbprint: String? {
    guard let members = jwk?.object else { return nil }
    let ordered = JSON.object(members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
    return Base64.urlEncode(SHA256.hash(ordered.compactBytes))
  }
}
