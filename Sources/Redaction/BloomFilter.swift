// Says of nearly every place in a text that no secret starts there.

/// A set of keys that may answer yes for one it does not hold, but never no for one it does: one bit for each value of a
/// hash. Keys cannot be taken out; once it is full, it is made anew of those that are left.
struct BloomFilter {
  private var words: [UInt64]
  private let shift: UInt64
  /// How many keys it can take before too many places are looked at in vain.
  private var room: Int

  init() { self.init(capacity: 0) }

  init(_ keys: Dictionary<UInt64, some Any>.Keys, _ more: Set<UInt64>) {
    self.init(capacity: keys.count + more.count)
    for key in keys { mark(key) }
    for key in more { mark(key) }
  }

  /// At least 16 bits for each key, and as much room again for those to come.
  private init(capacity: Int) {
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

  func mayHold(_ key: UInt64) -> Bool {
    let bit = bit(key)
    return words[bit >> 6] & 1 << UInt64(bit & 63) != 0
  }

  private func bit(_ key: UInt64) -> Int { Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift) }
}
