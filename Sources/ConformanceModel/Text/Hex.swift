// Bytes as hexadecimal digits.

/// Hexadecimal digits, two for each byte.
public enum Hex {
  public static func digits(_ byte: UInt8, uppercase: Bool = false) -> String {
    digits(CollectionOfOne(byte), uppercase: uppercase)
  }

  public static func digits(_ bytes: some Sequence<UInt8>, uppercase: Bool = false) -> String {
    let letter = UInt8(ascii: uppercase ? "A" : "a") - 10
    func digit(_ half: UInt8) -> UInt8 { half < 10 ? 0x30 + half : letter + half }
    var digits: [UInt8] = []
    digits.reserveCapacity(2 * bytes.underestimatedCount)
    for byte in bytes {
      digits.append(digit(byte >> 4))
      digits.append(digit(byte & 15))
    }
    return String(decoding: digits, as: UTF8.self)
  }
}
