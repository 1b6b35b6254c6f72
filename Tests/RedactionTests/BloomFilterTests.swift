// The filter that excludes nearly every position of a text.

import ConformanceModel
import Testing

@testable import Redaction

@Suite("The filter of keys")
struct BloomFilterTests {
  @Test("has every key, and few other texts, small and full or large", arguments: [0, 1 << 19])
  func membership(capacity: Int) {
    var filter = BloomFilter(capacity: capacity)
    var generator = SplitMix(seed: 5)
    var keys: [UInt64] = []
    // a large one is not filled
    let count = capacity == 0 ? Int.max : 1 << 16
    while !filter.isFull, keys.count < count {
      let key = generator.next()
      filter.mark(key)
      keys.append(key)
    }
    #expect(keys.count == (capacity == 0 ? 4096 : 1 << 16))
    func isHit(_ key: UInt64) -> Bool { withUnsafeBytes(of: key) { filter.firstHit(in: $0, from: 0) == 0 } }
    #expect(keys.allSatisfy(isHit))
    let others = (0..<4000).count { _ in isHit(generator.next()) }
    #expect(Double(others) / 4000 < 0.04)
  }
}
