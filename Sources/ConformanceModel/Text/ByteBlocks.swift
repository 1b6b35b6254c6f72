// Eight bytes at a time.

/// Passes over the parts of a text that need no attention.
public enum ByteBlocks {
  /// The first index from which on the next eight bytes are not all plain, or at which fewer are left.
  ///
  /// - Parameter isPlain: Whether none of eight bytes needs attention, by the functions below.
  @inlinable @inline(__always)
  public static func skip(
    _ source: UnsafeBufferPointer<UInt8>, from start: Int, while isPlain: (UInt64) -> Bool
  ) -> Int {
    guard let base = UnsafeRawPointer(source.baseAddress) else { return start }
    var index = start
    while index + 8 <= source.count, isPlain(base.loadUnaligned(fromByteOffset: index, as: UInt64.self)) { index += 8 }
    return index
  }

  /// Not zero if one of eight bytes is this one.
  @inlinable @inline(__always)
  public static func has(_ byte: UInt8, in block: UInt64) -> UInt64 {
    let different = block ^ ones &* UInt64(byte)
    return (different &- ones) & ~different & highBits
  }

  /// Not zero if one of eight bytes is below a limit of at most 128.
  @inlinable @inline(__always)
  public static func has(below limit: UInt8, in block: UInt64) -> UInt64 {
    (block &- ones &* UInt64(limit)) & ~block & highBits
  }

  @usableFromInline static let ones: UInt64 = 0x0101_0101_0101_0101
  @usableFromInline static let highBits: UInt64 = 0x8080_8080_8080_8080
}
