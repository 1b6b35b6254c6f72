// Eight bytes at a time, the first of them in the lowest bits.

/// Finds the bytes of a text that need attention.
public enum ByteBlocks {
  /// The index of the first byte of some kind; that of the end if there is none.
  ///
  /// - Parameter marks: Marks the bytes of that kind among eight, by the functions below.
  @inlinable @inline(__always)
  public static func first(
    in source: UnsafeBufferPointer<UInt8>, from start: Int, where marks: (UInt64) -> UInt64
  ) -> Int {
    guard let base = UnsafeRawPointer(source.baseAddress) else { return start }
    var index = start
    while index < source.count {
      var block: UInt64 = 0
      if index + 8 <= source.count {
        block = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      } else {
        withUnsafeMutableBytes(of: &block) { last in
          last.copyMemory(from: UnsafeRawBufferPointer(start: base + index, count: source.count - index))
        }
      }
      let marked = marks(UInt64(littleEndian: block))
      if marked != 0 { return min(index + marked.trailingZeroBitCount / 8, source.count) }
      index += 8
    }
    return source.count
  }

  /// Marks the bytes that are this one. The mark is the high bit of a byte; the lowest mark is exact, here and below.
  @inlinable @inline(__always)
  public static func has(_ byte: UInt8, in block: UInt64) -> UInt64 {
    let different = block ^ ones &* UInt64(byte)
    return (different &- ones) & ~different & highBits
  }

  /// Marks the bytes from a limit on, which is at most 128.
  @inlinable @inline(__always)
  public static func has(from limit: UInt8, in block: UInt64) -> UInt64 {
    ((block &+ ones &* UInt64(128 - limit)) | block) & highBits
  }

  /// Marks the bytes below a limit, which is at most 128.
  @inlinable @inline(__always)
  public static func has(below limit: UInt8, in block: UInt64) -> UInt64 {
    (block &- ones &* UInt64(limit)) & ~block & highBits
  }

  @usableFromInline static let ones: UInt64 = 0x0101_0101_0101_0101
  @usableFromInline static let highBits: UInt64 = 0x8080_8080_8080_8080
}
