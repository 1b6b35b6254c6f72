// Bytes that wait on the disk rather than in memory.

import CPosix
import Glibc

/// A file without a name: nothing is left of it, however the process ends.
final class Spool {
  private let descriptor: Int32
  private let folder: String
  private var end = 0

  /// - Returns: `nil` if the file system has no such files.
  init?(in folder: String) {
    descriptor = cposix_open_unnamed(folder)
    guard descriptor >= 0 else { return nil }
    self.folder = folder
  }

  deinit { close(descriptor) }

  /// - Returns: Where the bytes are; `nil` if they could not be written, such as to a full disk.
  func append(_ bytes: [UInt8]) -> Range<Int>? {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        raw.baseAddress.map { pwrite(descriptor, $0 + written, raw.count - written, end + written) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      written += count
    }
    defer { end += written }
    return end..<end + written
  }

  func read(_ range: Range<Int>) throws(ReportError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var read = 0
    while read < bytes.count {
      let count = bytes.withUnsafeMutableBytes { raw in
        raw.baseAddress.map { pread(descriptor, $0 + read, raw.count - read, range.lowerBound + read) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .system("a temporary file cannot be read", folder, number: count < 0 ? errno : EIO) }
      read += count
    }
    return bytes
  }
}
