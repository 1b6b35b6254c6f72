// Private keys that sign JSON Web Tokens.

import CLibCrypto
public import ConformanceModel

/// A private key: RSA of at least 2048 bits, P-256, P-384, P-521 or Ed25519.
public struct SigningKey: Sendable {
  let handle: KeyHandle

  private init?(_ key: OpaquePointer?) {
    guard let handle = KeyHandle(key) else { return nil }
    self.handle = handle
  }

  /// Reads a private key in PEM (PKCS #8, PKCS #1 or SEC 1) without a password.
  ///
  /// - Returns: `nil` if the text has no such key.
  public init?(pem: String) {
    let text = Array(pem.utf8)
    guard text.count <= 1 << 20, let memory = BIO_new_mem_buf(text, Int32(text.count)) else { return nil }
    defer {
      BIO_free(memory)
      ERR_clear_error()
    }
    // without a password OpenSSL would ask for one at the terminal
    var password = [CChar(0)]
    self.init(PEM_read_bio_PrivateKey(memory, nil, nil, &password))
  }

  /// A key for ES256 that nobody has yet.
  private static let spare = Locked<SigningKey?>(nil)

  /// Generates a key for ES256 ahead: before its first key, OpenSSL loads its generators and formats, which takes much
  /// longer than the key.
  public static func prepare() {
    guard let key = generate(for: .es256), key.pem != nil else { return }
    spare.withLock { $0 = key }
  }

  /// A new key for an algorithm; `nil` if OpenSSL cannot make it.
  public static func generate(for algorithm: SignatureAlgorithm) -> SigningKey? {
    if algorithm == .es256, let key = takeSpare() { return key }
    return switch algorithm.family {
    case .hmac: nil
    case .rsa, .rsaPSS: SigningKey(conform_generate_rsa(KeyHandle.minRSABits))
    case .ecdsa: KeyHandle.Curve(of: algorithm).flatMap { SigningKey(conform_generate_ec($0.group)) }
    case .edwards: SigningKey(conform_generate_ed25519())
    }
  }

  private static func takeSpare() -> SigningKey? {
    spare.withLock { spare in
      defer { spare = nil }
      return spare
    }
  }

  /// The key in PEM (PKCS #8).
  public var pem: String? {
    KeyHandle.written { PEM_write_bio_PrivateKey($0, handle.key, nil, nil, 0, nil, nil) }
  }

  public var publicKey: VerifyingKey { VerifyingKey(handle) }

  /// The algorithms by which the key can sign, the usual one first.
  public var algorithms: [SignatureAlgorithm] { SignatureAlgorithm.ofPrivateKeys.filter(handle.suits) }

  /// The signature in the form of RFC 7518 section 3; `nil` if the key is not one of the algorithm.
  public func sign(_ message: [UInt8], by algorithm: SignatureAlgorithm) -> [UInt8]? {
    guard handle.suits(algorithm), let context = EVP_MD_CTX_new() else { return nil }
    defer { EVP_MD_CTX_free(context) }
    var parameters: OpaquePointer?
    var count = 0
    guard EVP_DigestSignInit(context, &parameters, algorithm.digest, nil, handle.key) == 1,
      algorithm.setPadding(parameters), EVP_DigestSign(context, nil, &count, message, message.count) == 1
    else { return nil }
    var signature = [UInt8](repeating: 0, count: count)
    guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else { return nil }
    signature.removeLast(signature.count - count)
    guard case .ec(let curve) = handle.kind else { return signature }
    return ECDSASignature.concatenated(signature, width: curve.width)
  }
}

extension SignatureAlgorithm {
  /// The hash; `nil` for EdDSA, which has its own.
  var digest: OpaquePointer? {
    if self == .edDSA { return nil }
    return switch hashBits {
    case 256: EVP_sha256()
    case 384: EVP_sha384()
    default: EVP_sha512()
    }
  }

  /// Chooses the padding of RSA (RFC 7518 sections 3.3 and 3.5).
  func setPadding(_ parameters: OpaquePointer?) -> Bool {
    guard family == .rsaPSS else { return true }
    return EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1
      && EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1
  }
}

/// The two numbers of an ECDSA signature: OpenSSL has them in DER, JSON Web Signatures one after the other (RFC 7518
/// section 3.4).
enum ECDSASignature {
  static func concatenated(_ der: [UInt8], width: Int) -> [UInt8]? {
    let signature = der.withUnsafeBufferPointer { buffer in
      var start = buffer.baseAddress
      return d2i_ECDSA_SIG(nil, &start, buffer.count)
    }
    guard let signature else { return nil }
    defer { ECDSA_SIG_free(signature) }
    guard let r = KeyHandle.bytes(of: ECDSA_SIG_get0_r(signature), width: width),
      let s = KeyHandle.bytes(of: ECDSA_SIG_get0_s(signature), width: width)
    else { return nil }
    return r + s
  }

  static func der(_ pair: [UInt8], width: Int) -> [UInt8]? {
    guard pair.count == 2 * width, let signature = ECDSA_SIG_new() else { return nil }
    defer { ECDSA_SIG_free(signature) }
    let r = BN_bin2bn(Array(pair[..<width]), Int32(width), nil)
    let s = BN_bin2bn(Array(pair[width...]), Int32(width), nil)
    guard ECDSA_SIG_set0(signature, r, s) == 1 else {
      BN_free(r)
      BN_free(s)
      return nil
    }
    var bytes: UnsafeMutablePointer<UInt8>?
    let count = i2d_ECDSA_SIG(signature, &bytes)
    guard count > 0, let bytes else { return nil }
    defer { CRYPTO_free(bytes, nil, 0) }
    return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
  }
}
