// Owns a key of OpenSSL.

import CLibCrypto
import ConformanceModel

/// An asymmetric key. Sendable, since nothing changes a key after it was made, and OpenSSL counts its references itself.
final class KeyHandle: @unchecked Sendable {
  let key: OpaquePointer
  let kind: Kind

  /// The keys that JSON Web Algorithms use.
  enum Kind: Hashable {
    case rsa
    case ec(Curve)
    case ed25519
  }

  /// A curve of RFC 7518 section 6.2.1.1, by its name there.
  enum Curve: String, CaseIterable {
    case p256 = "P-256"
    case p384 = "P-384"
    case p521 = "P-521"

    /// OpenSSL's name.
    var group: String {
      switch self {
      case .p256: "prime256v1"
      case .p384: "secp384r1"
      case .p521: "secp521r1"
      }
    }

    /// The bytes of a coordinate.
    var width: Int {
      switch self {
      case .p256: 32
      case .p384: 48
      case .p521: 66
      }
    }
  }

  /// RFC 7518 section 3.3.
  static let minRSABits = 2048

  /// Takes over a key; `nil` if no algorithm of `SignatureAlgorithm` uses it.
  init?(_ key: OpaquePointer?) {
    guard let key else { return nil }
    guard let kind = KeyHandle.kind(of: key) else {
      EVP_PKEY_free(key)
      return nil
    }
    self.key = key
    self.kind = kind
  }

  deinit { EVP_PKEY_free(key) }

  private static func kind(of key: OpaquePointer) -> Kind? {
    switch EVP_PKEY_get_base_id(key) {
    case EVP_PKEY_RSA: return Int(EVP_PKEY_get_bits(key)) >= minRSABits ? .rsa : nil
    case EVP_PKEY_ED25519: return .ed25519
    case EVP_PKEY_EC:
      var name = [CChar](repeating: 0, count: 64)
      var length = 0
      guard EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1 else { return nil }
      let group = String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return Curve.allCases.first { $0.group == group }.map { .ec($0) }
    default: return nil
    }
  }

  /// Whether the key can sign by an algorithm: a curve belongs to one.
  func suits(_ algorithm: SignatureAlgorithm) -> Bool {
    switch (kind, algorithm.family) {
    case (.rsa, .rsa), (.rsa, .rsaPSS), (.ed25519, .edwards): true
    case (.ec(let curve), .ecdsa): curve == Curve(of: algorithm)
    default: false
    }
  }

  /// The text that OpenSSL writes into memory.
  static func written(_ write: (OpaquePointer) -> Int32) -> String? {
    guard let memory = BIO_new(BIO_s_mem()) else { return nil }
    defer { BIO_free(memory) }
    guard write(memory) == 1 else { return nil }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = BIO_read(memory, &part, Int32(part.count))
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += part.prefix(Int(count))
    }
  }

  /// The number at a parameter of the key, in big-endian order.
  ///
  /// - Parameter width: The number of bytes; `nil` is as few as it needs.
  func number(_ name: String, width: Int? = nil) -> [UInt8]? {
    var number: OpaquePointer?
    guard EVP_PKEY_get_bn_param(key, name, &number) == 1, let number else { return nil }
    defer { BN_free(number) }
    return KeyHandle.bytes(of: number, width: width)
  }

  static func bytes(of number: OpaquePointer, width: Int? = nil) -> [UInt8]? {
    let count = width ?? (Int(BN_num_bits(number)) + 7) / 8
    var bytes = [UInt8](repeating: 0, count: count)
    return BN_bn2binpad(number, &bytes, Int32(count)) == Int32(count) ? bytes : nil
  }
}

extension KeyHandle.Curve {
  /// RFC 7518 section 3.4.
  init?(of algorithm: SignatureAlgorithm) {
    switch algorithm {
    case .es256: self = .p256
    case .es384: self = .p384
    case .es512: self = .p521
    default: return nil
    }
  }
}
