// Bytes as hexadecimal digits.

/// Hexadecimal digits, two for each byte.
public enum Hex {
  public static func digits(_ byte: UInt8, uppercase: Bool = false) -> String {
    digits(CollectionOfOne(byte), uppercase: uppercase)
  }

  public static func digits(_ bytes: some Sequence<UInt8>, uppercase: Bool = false) -> String {
    String(decoding: Hex.bytes(Array(bytes), uppercase: uppercase), as: UTF8.self)
  }

  /// The digits as ASCII bytes.
  public static func bytes(_ bytes: [UInt8], uppercase: Bool = false) -> [UInt8] {
    let letter = UInt8(ascii: uppercase ? "A" : "a") - 10
    func digit(_ half: UInt8) -> UInt8 { half < 10 ? 0x30 + half : letter + half }
    return [UInt8](unsafeUninitializedCapacity: 2 * bytes.count) { digits, count in
      for (index, byte) in bytes.enumerated() {
        digits[2 * index] = digit(byte >> 4)
        digits[2 * index + 1] = digit(byte & 15)
      }
      count = 2 * bytes.count
    }
  }
}
