// Excludes nearly every position of a text as the start of a secret.

/// A set of keys with false positives but no false negatives: one bit for each value of a hash. Keys cannot be removed;
/// a full filter is replaced by one of the keys that are left.
struct BloomFilter {
  private var words: [UInt64]
  private let shift: UInt64
  /// How many keys fit before there are too many false positives.
  private var room: Int

  init() { self.init(capacity: 0) }

  /// At least 16 bits for each key, and as many again for further keys.
  init(capacity: Int) {
    var bits: UInt64 = 16
    while 1 << bits < 32 * capacity { bits += 1 }
    words = [UInt64](repeating: 0, count: 1 << Int(bits - 6))
    shift = 64 - bits
    room = 1 << Int(bits - 4)
  }

  var isFull: Bool { room == 0 }

  mutating func mark(_ key: UInt64) {
    room = max(0, room - 1)
    let bit = bit(key)
    words[bit >> 6] |= 1 << UInt64(bit & 63)
  }

  private func bit(_ key: UInt64) -> Int { Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift) }

  /// The first index from which on eight bytes of a text may be the start of a secret; `nil` if there is none.
  func firstHit(in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard start + 8 <= text.count, let base = text.baseAddress else { return nil }
    return words.withUnsafeBufferPointer { words in
      // every line of the log and every response passes here, byte by byte
      for index in start...text.count - 8 {
        let bit = bit(base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        // the words are as many as the hash has values, divided by 64
        if words.baseAddress.unsafelyUnwrapped[bit >> 6] & 1 << UInt64(bit & 63) != 0 { return index }
      }
      return nil
    }
  }
}
