// Bytes as hexadecimal digits.

/// Hexadecimal digits, two for each byte.
public enum Hex {
  public static func digits(_ byte: UInt8, uppercase: Bool = false) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: uppercase)
  }

  public static func digits(_ bytes: some Sequence<UInt8>, uppercase: Bool = false) -> String {
    bytes.lazy.map { digits($0, uppercase: uppercase) }.joined()
  }
}
