// Content codings over zlib.

internal import CZlib
public import HTTPModel

extension ContentCoding {
  /// Compresses bytes; `nil` without memory.
  public func encode(_ bytes: [UInt8]) -> [UInt8]? {
    let stream = Stream()
    guard czlib_start_deflate(stream.pointer, windowBits) == Z_OK else { return nil }
    defer { deflateEnd(stream.pointer) }
    var output: [UInt8] = []
    let end = stream.pump(bytes, into: &output, limit: .max, CZlib.deflate)
    return end == Z_STREAM_END ? output : nil
  }

  /// Undoes the coding.
  ///
  /// - Parameter limit: The maximum size of the result, in bytes: a small body can become a very large one.
  /// - Returns: Why there is no result, as far as the bytes themselves say it.
  public func decode(_ bytes: [UInt8], limit: Int) -> Result<[UInt8], DecodingError> {
    let stream = Stream()
    guard czlib_start_inflate(stream.pointer, windowBits) == Z_OK else { return .failure(.malformed) }
    defer { inflateEnd(stream.pointer) }
    var output: [UInt8] = []
    let end = stream.pump(bytes, into: &output, limit: limit, CZlib.inflate)
    if output.count > limit { return .failure(.tooLarge) }
    // nothing may follow the compressed bytes
    return end == Z_STREAM_END && stream.pointer.pointee.avail_in == 0 ? .success(output) : .failure(.malformed)
  }

  /// Why bytes cannot be decoded.
  public enum DecodingError: Error, Sendable, Hashable {
    /// The result would be larger than the limit.
    case tooLarge
    /// They are not of the coding, end early, have a wrong checksum, or are followed by others.
    case malformed
  }

  private var windowBits: Int32 {
    switch self {
    case .gzip: 31
    case .deflate: 15
    }
  }
}

/// A stream of zlib, which has to stay at its place in memory.
private final class Stream {
  let pointer: UnsafeMutablePointer<z_stream>

  init() {
    pointer = .allocate(capacity: 1)
    pointer.initialize(to: z_stream())
  }

  deinit { pointer.deallocate() }

  /// Runs bytes through it.
  ///
  /// - Parameters:
  ///   - limit: It stops behind this many bytes of output.
  ///   - step: `deflate` or `inflate`.
  /// - Returns: The status of zlib at the end.
  func pump(
    _ bytes: [UInt8], into output: inout [UInt8], limit: Int,
    _ step: (UnsafeMutablePointer<z_stream>?, Int32) -> Int32
  ) -> Int32 {
    var block = [UInt8](repeating: 0, count: 64 << 10)
    return bytes.withUnsafeBufferPointer { input in
      var status = Z_OK
      var given = 0
      while status == Z_OK, output.count <= limit {
        if pointer.pointee.avail_in == 0, given < input.count {
          // zlib counts in 32 bits
          let count = min(input.count - given, 1 << 30)
          pointer.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + given })
          pointer.pointee.avail_in = UInt32(count)
          given += count
        }
        let flush = given == input.count ? Z_FINISH : Z_NO_FLUSH
        let made = block.withUnsafeMutableBufferPointer { block in
          pointer.pointee.next_out = block.baseAddress
          pointer.pointee.avail_out = UInt32(block.count)
          status = step(pointer, flush)
          return block.count - Int(pointer.pointee.avail_out)
        }
        output += block[..<made]
        // a full block is no error, and no progress is the end
        if status == Z_BUF_ERROR, made > 0 { status = Z_OK }
      }
      return status
    }
  }
}
