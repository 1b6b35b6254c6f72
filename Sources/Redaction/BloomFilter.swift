// Excludes nearly every position of a text as the start of a secret.

/// A set of keys with false positives but no false negatives: two bits for each key. Keys cannot be removed; a full filter
/// is replaced by one of the keys that are left.
struct BloomFilter {
  private var words: [UInt64]
  /// For each byte, whether a key has it.
  private var alphabet = [Bool](repeating: false, count: 256)
  /// Below 64, so that shifts by it need no check.
  private let shift: UInt64
  /// How many keys fit before there are too many false positives.
  private var room: Int

  init() { self.init(capacity: 0) }

  /// With as many bits again for further keys.
  init(capacity: Int) {
    var bits: UInt64 = 16
    while 1 << bits < 2 * BloomFilter.bitsForKey(bits) * capacity { bits += 1 }
    words = [UInt64](repeating: 0, count: 1 << Int(bits - 6))
    shift = 64 - bits
    room = (1 << Int(bits)) / BloomFilter.bitsForKey(bits)
  }

  /// At least 16 bits for each key; of more than 1 MiB at least six. One position in twelve has a false positive then.
  private static func bitsForKey(_ bits: UInt64) -> Int { bits > 23 ? 6 : 16 }

  var isFull: Bool { room == 0 }

  mutating func mark(_ key: UInt64) {
    room = max(0, room - 1)
    alphabet.withUnsafeMutableBufferPointer { alphabet in
      withUnsafeBytes(of: key) { for byte in $0 { alphabet[Int(byte)] = true } }
    }
    let hash = BloomFilter.hash(key)
    set(firstBit(hash))
    set(secondBit(hash))
  }

  private mutating func set(_ bit: Int) { words[bit >> 6] |= 1 << UInt64(bit & 63) }

  private static func hash(_ key: UInt64) -> UInt64 { key &* 0x9E37_79B9_7F4A_7C15 }

  /// The upper bits of a hash.
  private func firstBit(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> shift) }

  /// Those below them.
  private func secondBit(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: (hash &<< (64 - shift)) &>> shift) }

  /// The first index from which on eight bytes of a text may be the start of a secret; `nil` if there is none.
  func firstHit(in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard start + 8 <= text.count, let base = text.baseAddress else { return nil }
    return words.withUnsafeBufferPointer { words in
      alphabet.withUnsafeBufferPointer { alphabet in
        // the words are as many as the bits have values, divided by 64
        let words = words.baseAddress.unsafelyUnwrapped
        let alphabet = alphabet.baseAddress.unsafelyUnwrapped
        func isSet(_ bit: Int) -> Bool { words[bit &>> 6] & 1 &<< UInt64(bit & 63) != 0 }
        let end = text.count &- 8
        var index = start
        /// The bytes from the index up to here can be in a key.
        var usable = start
        // every line of the log and every response passes here
        while index <= end {
          // from the last of eight bytes: most texts have others than keys, and as many positions are passed at once
          var last = index &+ 7
          while last >= usable, alphabet[Int(text[last])] { last &-= 1 }
          let isUsable = last < usable
          usable = index &+ 8
          guard isUsable else {
            index = last &+ 1
            continue
          }
          let hash = BloomFilter.hash(base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
          if isSet(firstBit(hash)), isSet(secondBit(hash)) { return index }
          index &+= 1
        }
        return nil
      }
    }
  }
}
