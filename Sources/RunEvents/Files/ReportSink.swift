// Takes a report piece by piece: the reports of a hundred thousand cases do not fit into memory.

import Glibc

/// An open file or the standard output that a report is written to, in pieces. The last piece is written by `flush`.
package final class ReportSink {
  private let descriptor: Int32
  private let path: String
  private var buffer: [UInt8] = []

  package init(_ descriptor: Int32, _ path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  package func write(_ text: String) throws(ReportError) {
    buffer += text.utf8
    if buffer.count >= ReportSink.size { try flush() }
  }

  package func write(_ bytes: [UInt8]) throws(ReportError) {
    guard bytes.count < ReportSink.size else {
      // a copy of megabytes in the buffer would be twice their memory
      try flush()
      return try put(bytes)
    }
    buffer += bytes
    if buffer.count >= ReportSink.size { try flush() }
  }

  /// What is written at once, in bytes.
  private static let size = 64 << 10

  package func flush() throws(ReportError) {
    defer { buffer.removeAll(keepingCapacity: true) }
    try put(buffer)
  }

  private func put(_ bytes: [UInt8]) throws(ReportError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        raw.baseAddress.map { Glibc.write(descriptor, $0 + written, raw.count - written) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      // a reader such as `head` may close the pipe early
      if count < 0, errno == EPIPE { return }
      if count <= 0 { throw .system("cannot be written", path) }
      written += count
    }
  }
}
