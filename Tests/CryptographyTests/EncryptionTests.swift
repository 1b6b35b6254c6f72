// The examples of the specifications, and changes that must be detected.

import Testing

@testable import Cryptography

struct EncryptionTests {
  private static func bytes(_ digits: String) -> [UInt8] {
    let values = digits.compactMap(\.hexDigitValue)
    return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] * 16 + values[$0 + 1]) }
  }

  // The GCM specification of McGrew and Viega, test case 16.
  private static let key = bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
  private static let nonce = bytes("cafebabefacedbaddecaf888")
  private static let header = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2")
  private static let plain = bytes(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
  private static let sealed = bytes(
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
      + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662")
  private static let tag = bytes("76fc6ece0f4e1768cddf8853bb2d551b")

  @Test("the example of the GCM specification is sealed and opened")
  func example() throws {
    let cipher = try #require(AES256GCM(key: Self.key))
    let whole = Self.nonce + Self.sealed + Self.tag
    #expect(cipher.seal(Self.plain, header: Self.header, nonce: Self.nonce) == whole)
    #expect(cipher.open(whole, header: Self.header) == Self.plain)
  }

  @Test("a change of any byte, of the header or of the key is detected")
  func changes() throws {
    let cipher = try #require(AES256GCM(key: Self.key))
    let sealed = try #require(cipher.seal(Self.plain, header: Self.header))
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 1
      #expect(cipher.open(changed, header: Self.header) == nil, "byte \(index)")
    }
    #expect(cipher.open(sealed, header: Self.header + [0]) == nil)
    #expect(cipher.open(Array(sealed.dropLast()), header: Self.header) == nil)
    #expect(AES256GCM(key: Self.key.map { $0 ^ 1 })?.open(sealed, header: Self.header) == nil)
    for count in 0..<28 { #expect(cipher.open(Array(sealed.prefix(count)), header: Self.header) == nil) }
  }

  @Test("nothing can be sealed, and two seals of the same bytes differ")
  func nonces() throws {
    let cipher = try #require(AES256GCM(key: Self.key))
    let empty = try #require(cipher.seal([], header: []))
    #expect(cipher.open(empty, header: []) == [])
    #expect(cipher.seal(Self.plain, header: []) != cipher.seal(Self.plain, header: []))
  }

  @Test("a key of another length is refused", arguments: [0, 16, 31, 33])
  func lengths(_ count: Int) {
    #expect(AES256GCM(key: [UInt8](repeating: 1, count: count)) == nil)
  }

  @Test("keys are derived as in RFC 5869, appendices A.1 and A.3")
  func derivation() {
    let secret = [UInt8](repeating: 0x0b, count: 22)
    #expect(
      HKDF.key(from: secret, salt: Array(0...12), info: Array(0xf0...0xf9), length: 42)
        == Self.bytes("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"))
    #expect(
      HKDF.key(from: secret, salt: [], info: [], length: 42)
        == Self.bytes("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"))
    #expect(HKDF.key(from: secret, salt: [], info: [], length: 0) == nil)
    #expect(HKDF.key(from: secret, salt: [], info: [], length: 255 * 32 + 1) == nil)
  }
}
