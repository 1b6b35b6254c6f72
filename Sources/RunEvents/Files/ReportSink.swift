// Takes a report piece by piece: a hundred thousand cases stand in no memory at the same time.

import Glibc

/// An open file, or the standard output, that a report is written into. What was written is on its way only after `flush`.
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

  package func flush() throws(ReportError) {
    defer { buffer.removeAll(keepingCapacity: true) }
    var written = 0
    while written < buffer.count {
      let count = buffer.withUnsafeBytes { raw in
        raw.baseAddress.map { Glibc.write(descriptor, $0 + written, raw.count - written) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      // a reader that has seen enough goes away: no failure of ours
      if count < 0, errno == EPIPE { return }
      if count <= 0 { throw .system("cannot be written", path) }
      written += count
    }
  }
}
