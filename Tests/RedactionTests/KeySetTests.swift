// A set of keys in little memory behaves as a set.

import Testing

@testable import Redaction

@Suite("The set of keys")
struct KeySetTests {
  @Test("has what was inserted, and nothing else, also while it grows", arguments: [1 as UInt64, 7, 1 << 32])
  func isSet(step: UInt64) {
    var keys = KeySet()
    var known: Set<UInt64> = []
    for number in 0..<5000 as Range<UInt64> {
      // every third key comes twice, and zero is a key as well
      let key = (number - number % 3 % 2) &* step
      #expect(keys.insert(key) == known.insert(key).inserted)
      #expect(keys.count == known.count)
    }
    #expect(known.allSatisfy(keys.contains))
    #expect(!(1...100).contains { keys.contains((5000 + $0) &* step) })
    var listed: [UInt64] = []
    keys.forEach { listed.append($0) }
    #expect(listed.count == known.count && Set(listed) == known)
  }

  @Test("has nothing before the first key")
  func empty() {
    let keys = KeySet()
    #expect(keys.count == 0 && !keys.contains(0) && !keys.contains(1))
  }
}
