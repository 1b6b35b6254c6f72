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
    if buffer.count >= 64 << 10 { try flush() }
  }

  package func write(_ bytes: [UInt8]) throws(ReportError) {
    buffer += bytes
    if buffer.count >= 64 << 10 { try flush() }
  }

  package func flush() throws(ReportError) {
    defer { buffer.removeAll(keepingCapacity: true) }
    var written = 0
    while written < buffer.count {
      let count = buffer.withUnsafeBytes { raw in
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
