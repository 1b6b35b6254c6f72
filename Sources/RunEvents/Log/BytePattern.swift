// Looks for bytes in the lines of a log, most of which are not read in any other way.

/// A sequence of bytes to look for, by the algorithm of Boyer, Moore and Horspool: most bytes of a line are skipped.
struct BytePattern: Sendable {
  private let bytes: [UInt8]
  /// How far the search can move on, by the byte at the end of the compared part.
  private let shifts: [Int]

  init(_ text: StaticString) {
    bytes = text.withUTF8Buffer { Array($0) }
    var shifts = [Int](repeating: bytes.count, count: 256)
    for (index, byte) in bytes.dropLast().enumerated() { shifts[Int(byte)] = bytes.count - 1 - index }
    self.shifts = shifts
  }

  func occurs(in line: [UInt8]) -> Bool {
    guard let last = bytes.indices.last else { return true }
    return line.withUnsafeBufferPointer { line in
      var end = last
      while end < line.count {
        if line[end] == bytes[last], line[(end - last)...end].elementsEqual(bytes) { return true }
        end += shifts[Int(line[end])]
      }
      return false
    }
  }
}
