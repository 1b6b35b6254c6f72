// Signatures with a secret that both sides know.

import CLibCrypto
public import ConformanceModel

/// HMAC with SHA-2 (RFC 2104, RFC 7518 section 3.2).
public enum HMACSignature {
  /// - Returns: `nil` if the algorithm is not one of HMAC.
  public static func sign(_ message: [UInt8], key: [UInt8], by algorithm: SignatureAlgorithm) -> [UInt8]? {
    guard algorithm.family == .hmac, key.count <= Int(Int32.max) else { return nil }
    var signature = [UInt8](repeating: 0, count: algorithm.hashBits / 8)
    var count = UInt32(signature.count)
    // OpenSSL takes no key for the one before
    let bytes = key.isEmpty ? [0] : key
    guard HMAC(algorithm.digest, bytes, Int32(key.count), message, message.count, &signature, &count) != nil else {
      return nil
    }
    return signature
  }

  /// Whether the key made the signature; in constant time for signatures of the right length.
  public static func verifies(
    _ signature: [UInt8], of message: [UInt8], key: [UInt8], by algorithm: SignatureAlgorithm
  ) -> Bool {
    guard let own = sign(message, key: key, by: algorithm), own.count == signature.count else { return false }
    return zip(own, signature).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
