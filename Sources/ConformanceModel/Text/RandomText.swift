// Texts that nobody can guess.

/// Random texts from the system's cryptographic generator.
public enum RandomText {
  /// A key of 256 random bits, in lower-case letters and digits.
  public static func key() -> String {
    (0..<4).map { _ in String(UInt64.random(in: 0 ... .max), radix: 36) }.joined()
  }

  /// A short identifier of 32 random bits, in lower-case letters and digits.
  public static func identifier() -> String { String(UInt32.random(in: 0 ... .max), radix: 36) }

  /// Letters and digits that cannot be confused with each other in print.
  public static func readable(_ count: Int) -> String {
    let characters = Array("abcdefghijkmnpqrstuvwxyz23456789")
    return String((0..<count).map { _ in characters[Int.random(in: 0..<characters.count)] })
  }
}
