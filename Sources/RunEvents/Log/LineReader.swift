// The lines of a file, one at a time, in memory that does not grow.

import Glibc

package struct LineReader {
  package struct Line {
    package var bytes: [UInt8]
    /// The position of its start in the file, in bytes.
    var offset: Int64
    /// It ends with a line break.
    package var isWhole: Bool
  }

  /// A longer line is not an event; its start is returned as an incomplete line.
  private static let maxLine = 64 << 20

  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var start = 0
  private var offset: Int64 = 0
  private var hasEnded = false
  /// The error number of the system, if the file could not be read to its end.
  package private(set) var failure: Int32?

  package init(descriptor: Int32) { self.descriptor = descriptor }

  package mutating func next() -> Line? {
    var searched = start
    while true {
      if let end = lineBreak(from: searched) {
        defer {
          offset += Int64(end + 1 - start)
          start = end + 1
        }
        return Line(bytes: Array(buffer[start..<end]), offset: offset, isWhole: true)
      }
      searched = buffer.count
      guard !hasEnded, buffer.count - start < LineReader.maxLine else { break }
      let moved = start
      fill()
      searched -= moved
    }
    guard start < buffer.count else { return nil }
    hasEnded = true
    defer { start = buffer.count }
    return Line(bytes: Array(buffer[start...]), offset: offset, isWhole: false)
  }

  private func lineBreak(from index: Int) -> Int? {
    buffer.withUnsafeBytes { raw in
      guard let base = raw.baseAddress, let found = memchr(base + index, 0x0A, raw.count - index) else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  /// Reads on. Used bytes are dropped first, so `start` is 0 afterwards.
  private mutating func fill() {
    buffer.removeFirst(start)
    start = 0
    let chunk = 256 << 10
    let count = withUnsafeTemporaryAllocation(byteCount: chunk, alignment: 1) { raw in
      var count = -1
      repeat { count = read(descriptor, raw.baseAddress, chunk) } while count < 0 && errno == EINTR
      if count < 0 { failure = errno }
      buffer.append(contentsOf: raw.prefix(max(0, count)))
      return count
    }
    if count <= 0 { hasEnded = true }
  }
}
