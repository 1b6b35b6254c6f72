// Recognises the lines of a log that this process wrote itself.

/// A sum of lines under a random key. To read its own log, a process need not hash all of it by SHA-256 a second time:
/// who does not know the key cannot change the lines so that their sum stays the same.
public struct LineSum: Sendable, Equatable {
  /// Odd, so that no bit of a product is lost.
  private let key: UInt64
  private var value: UInt64 = 0

  init() { key = UInt64.random(in: 0 ... .max) | 1 }

  private init(key: UInt64) { self.key = key }

  /// The sum of no lines, under the same key.
  var restarted: LineSum { LineSum(key: key) }

  /// Takes a line, without its line break.
  mutating func take(_ line: [UInt8]) {
    line.withUnsafeBytes { line in
      var index = 0
      while index + 8 <= line.count {
        add(line.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        index += 8
      }
      add(line[index...].reduce(0) { $0 << 8 | UInt64($1) })
    }
    // so that the end of a line counts
    add(UInt64(line.count))
  }

  private mutating func add(_ block: UInt64) {
    let product = (value ^ block).multipliedFullWidth(by: key)
    value = product.high ^ product.low
  }
}
