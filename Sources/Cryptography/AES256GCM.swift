// Authenticated encryption with a key of 256 bits.

import CLibCrypto

/// AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits.
///
/// At most 2^32 messages are sealed with one key (section 8.3), since nonces are random.
public struct AES256GCM: Sendable {
  public static let keyLength = 32
  private static let nonceLength = 12
  private static let tagLength = 16

  private let key: [UInt8]

  /// - Parameter key: `keyLength` bytes; `nil` is returned for another length.
  public init?(key: [UInt8]) {
    guard key.count == AES256GCM.keyLength else { return nil }
    self.key = key
  }

  /// The nonce, the encrypted bytes and the tag, one after the other.
  ///
  /// - Parameter header: Bytes that are not encrypted, but whose change `open` detects.
  /// - Returns: `nil` if libcrypto refuses the algorithm, as some builds in FIPS mode do.
  public func seal(_ bytes: [UInt8], header: [UInt8]) -> [UInt8]? {
    seal(bytes, header: header, nonce: (0..<AES256GCM.nonceLength).map { _ in UInt8.random(in: 0 ... .max) })
  }

  /// - Parameter nonce: 12 bytes that are never used twice with one key.
  func seal(_ bytes: [UInt8], header: [UInt8], nonce: [UInt8]) -> [UInt8]? {
    guard nonce.count == AES256GCM.nonceLength, bytes.count <= Int(Int32.max), header.count <= Int(Int32.max),
      let context = EVP_CIPHER_CTX_new()
    else { return nil }
    defer { EVP_CIPHER_CTX_free(context) }
    var length: Int32 = 0
    var sealed = [UInt8](repeating: 0, count: bytes.count)
    var tag = [UInt8](repeating: 0, count: AES256GCM.tagLength)
    guard EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1,
      EVP_EncryptUpdate(context, nil, &length, header, Int32(header.count)) == 1,
      EVP_EncryptUpdate(context, &sealed, &length, bytes, Int32(bytes.count)) == 1,
      // GCM has no padding, so nothing is left to write
      EVP_EncryptFinal_ex(context, nil, &length) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
    else { return nil }
    return nonce + sealed + tag
  }

  /// The bytes that were sealed; `nil` if the key is wrong, or `sealed` or `header` were changed.
  public func open(_ sealed: [UInt8], header: [UInt8]) -> [UInt8]? {
    let count = sealed.count - AES256GCM.nonceLength - AES256GCM.tagLength
    guard count >= 0, sealed.count <= Int(Int32.max), header.count <= Int(Int32.max),
      let context = EVP_CIPHER_CTX_new()
    else { return nil }
    defer { EVP_CIPHER_CTX_free(context) }
    let nonce = Array(sealed.prefix(AES256GCM.nonceLength))
    var tag = Array(sealed.suffix(AES256GCM.tagLength))
    let body = Array(sealed.dropFirst(AES256GCM.nonceLength).prefix(count))
    var length: Int32 = 0
    var bytes = [UInt8](repeating: 0, count: count)
    guard EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1,
      EVP_DecryptUpdate(context, nil, &length, header, Int32(header.count)) == 1,
      EVP_DecryptUpdate(context, &bytes, &length, body, Int32(count)) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1,
      EVP_DecryptFinal_ex(context, nil, &length) == 1
    else { return nil }
    return bytes
  }
}
