// Many numbers of 64 bits in little memory.

/// A set of keys with open addressing: about ten bytes for each key, where `Set` takes up to thirty-two while it grows.
///
/// The keys are in parts that grow one by one, the larger the less, down to an eighth, so that no growth needs the memory of the whole
/// again.
struct KeySet {
  /// The keys of one part; 0 is an empty slot.
  private struct Part {
    var slots: [UInt64] = []
    var count = 0
  }

  private var parts = [Part](repeating: Part(), count: KeySet.partCount)
  private var hasZero = false
  private(set) var count = 0

  private static let partBits: UInt64 = 6
  private static let partCount = 1 << Int(partBits)
  private static let minSlots = 8
  /// Smaller parts are doubled: all of them take less than 256 KiB.
  private static let smallPart = 512
  private static let largePart = 8192

  /// - Returns: Whether the key is new.
  mutating func insert(_ key: UInt64) -> Bool {
    guard key != 0 else {
      defer { hasZero = true }
      if !hasZero { count += 1 }
      return !hasZero
    }
    let hash = KeySet.hash(key)
    let part = Int(hash & UInt64(KeySet.partCount - 1))
    if parts[part].count * 8 >= parts[part].slots.count * 7 { grow(part) }
    guard KeySet.place(key, hash, into: &parts[part].slots) else { return false }
    parts[part].count += 1
    count += 1
    return true
  }

  func contains(_ key: UInt64) -> Bool {
    guard key != 0 else { return hasZero }
    let hash = KeySet.hash(key)
    return parts[Int(hash & UInt64(KeySet.partCount - 1))].slots.withUnsafeBufferPointer { slots in
      guard !slots.isEmpty else { return false }
      var index = KeySet.start(hash, slots.count)
      while slots[index] != 0 {
        if slots[index] == key { return true }
        index = index + 1 == slots.count ? 0 : index + 1
      }
      return false
    }
  }

  func forEach(_ body: (UInt64) -> Void) {
    if hasZero { body(0) }
    for part in parts { for key in part.slots where key != 0 { body(key) } }
  }

  private mutating func grow(_ part: Int) {
    let old = parts[part].slots
    let growth = old.count < KeySet.smallPart ? old.count : old.count < KeySet.largePart ? old.count / 4 : old.count / 8
    parts[part].slots = [UInt64](repeating: 0, count: max(KeySet.minSlots, old.count + growth))
    for key in old where key != 0 { _ = KeySet.place(key, KeySet.hash(key), into: &parts[part].slots) }
  }

  /// - Returns: Whether the key was not there yet.
  private static func place(_ key: UInt64, _ hash: UInt64, into slots: inout [UInt64]) -> Bool {
    var index = start(hash, slots.count)
    while slots[index] != 0 {
      if slots[index] == key { return false }
      index = index + 1 == slots.count ? 0 : index + 1
    }
    slots[index] = key
    return true
  }

  /// The slot of a hash among so many, which need not be a power of two.
  private static func start(_ hash: UInt64, _ count: Int) -> Int {
    Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(count)).high)
  }

  /// An endpoint chooses its secrets, and does not know the seed of the process: it cannot foresee which keys collide.
  private static func hash(_ key: UInt64) -> UInt64 {
    let mixed = (key ^ seed) &* 0x9E37_79B9_7F4A_7C15
    return (mixed ^ mixed >> 32) &* 0xD6E8_FEB8_6659_FD93
  }

  private static let seed = UInt64.random(in: 1 ... .max)
}
