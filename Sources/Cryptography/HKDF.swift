// Keys from secrets.

import CLibCrypto

/// HKDF with SHA-256 (RFC 5869).
public enum HKDF {
  /// - Parameter length: Bytes of the key, at most 255 * 32.
  /// - Returns: `nil` if `length` is outside its range, or libcrypto refuses the algorithm.
  public static func key(from secret: [UInt8], salt: [UInt8], info: [UInt8], length: Int) -> [UInt8]? {
    guard (1...255 * 32).contains(length), let context = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nil) else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    var key = [UInt8](repeating: 0, count: length)
    var count = length
    guard EVP_PKEY_derive_init(context) == 1, EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()) == 1,
      EVP_PKEY_CTX_set1_hkdf_key(context, secret, Int32(secret.count)) == 1,
      EVP_PKEY_CTX_set1_hkdf_salt(context, salt, Int32(salt.count)) == 1,
      EVP_PKEY_CTX_add1_hkdf_info(context, info, Int32(info.count)) == 1,
      EVP_PKEY_derive(context, &key, &count) == 1, count == length
    else { return nil }
    return key
  }
}
