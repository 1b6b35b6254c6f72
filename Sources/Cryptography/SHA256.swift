// Hashes of bytes.

import CLibCrypto

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
  /// The 32 bytes of the digest.
  public static func hash(_ message: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let code = EVP_Digest(message, message.count, &digest, nil, EVP_sha256(), nil)
    precondition(code == 1, "libcrypto has SHA-256")
    return digest
  }
}
