// A hash that is the same in every process and on every machine.

/// FNV-1a with 64 bits. `Hasher` of the standard library is seeded differently in each process.
public struct FNV1a: Sendable {
  public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  public init() {}

  /// The hash of a text in UTF-8.
  public init(_ text: String) {
    for byte in text.utf8 { add(byte) }
  }

  public mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
}
