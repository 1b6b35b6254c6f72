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
    [UInt8](unsafeUninitializedCapacity: 2 * bytes.count) { digits, count in
      count = write(bytes, uppercase: uppercase, to: digits, at: 0)
    }
  }

  /// Writes the digits into a buffer, from an index on.
  ///
  /// - Returns: How many digits there are.
  public static func write(
    _ bytes: [UInt8], uppercase: Bool, to buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int
  ) -> Int {
    let digits: StaticString = uppercase ? "0123456789ABCDEF" : "0123456789abcdef"
    var end = start
    for byte in bytes {
      buffer[end] = digits.utf8Start[Int(byte >> 4)]
      buffer[end + 1] = digits.utf8Start[Int(byte & 15)]
      end += 2
    }
    return end - start
  }
}
