// A small gzip stream that would become a large text.

enum Gzip {
  /// A stream of zeros, as RFC 1951 and 1952 have it: one block of fixed codes, each 13 bits standing for 258 bytes.
  static func bomb(ofMegabytes count: Int) -> [UInt8] {
    var bits = Bits()
    bits.append(0b011, 3)  // the last block, with fixed codes
    bits.append(0b0000_1100, 8)  // the byte 0: its code is 0x30, from its highest bit on
    for _ in 0..<(count << 20) / 258 {
      bits.append(0b1010_0011, 8)  // 285: a match of 258 bytes
      bits.append(0, 5)  // one byte back
    }
    bits.append(0, 7)
    bits.append(0, 8)
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255] + bits.bytes
  }

  /// Bits from the lowest of each byte on.
  private struct Bits {
    var bytes: [UInt8] = []
    private var current: UInt32 = 0
    private var count: UInt32 = 0

    mutating func append(_ value: UInt32, _ length: UInt32) {
      current |= value << count
      count += length
      while count >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: current))
        current >>= 8
        count -= 8
      }
    }
  }
}
