// Hashes of bytes.

import CLibCrypto

/// SHA-256 (FIPS 180-4), of bytes that are at hand or of a stream.
public final class SHA256 {
  private let context: OpaquePointer?

  /// Fetched once: OpenSSL would look it up for each digest. Nothing changes it.
  nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

  /// Starts the digest of a stream.
  public init() {
    context = EVP_MD_CTX_new()
    precondition(EVP_DigestInit_ex(context, SHA256.algorithm, nil) == 1, "libcrypto has SHA-256")
  }

  deinit { EVP_MD_CTX_free(context) }

  public func update(_ bytes: [UInt8]) {
    precondition(EVP_DigestUpdate(context, bytes, bytes.count) == 1, "the digest can take bytes")
  }

  /// The 32 bytes of the digest of what it has taken so far and these bytes; it can take others afterwards.
  public func digest(with last: [UInt8] = []) -> [UInt8] {
    let copy = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(copy) }
    var digest = [UInt8](repeating: 0, count: 32)
    precondition(
      EVP_MD_CTX_copy_ex(copy, context) == 1 && EVP_DigestUpdate(copy, last, last.count) == 1
        && EVP_DigestFinal_ex(copy, &digest, nil) == 1,
      "the digest can be read")
    return digest
  }

  /// The 32 bytes of the digest of a message.
  public static func hash(_ message: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let code = EVP_Digest(message, message.count, &digest, nil, algorithm, nil)
    precondition(code == 1, "libcrypto has SHA-256")
    return digest
  }
}
