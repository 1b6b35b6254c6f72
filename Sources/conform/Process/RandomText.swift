// Texts that nobody can guess.

enum RandomText {
  /// A secret with 256 bits.
  static var key: String {
    (0..<4).map { _ in String(UInt64.random(in: 0 ... .max), radix: 36) }.joined()
  }

  /// Distinguishes this run from all others at the same target.
  static var runID: String { String(UInt32.random(in: 0 ... .max), radix: 36) }
}
