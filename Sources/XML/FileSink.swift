// The file under a writer: every byte that libxml2 hands over is written, or the writer learns why not.

import CLibXML2
import Glibc

/// A new file that libxml2 writes into.
///
/// Its own output to files reads a path as a URL (`%41` becomes `A`) and takes a short write, as a full disk gives, for a whole one.
final class FileSink {
  private let descriptor: Int32
  /// The first failure; nothing is written after it.
  private(set) var failure: XMLError?

  init(creating path: String) throws(XMLError) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileSink.system() }
  }

  /// Takes over an open descriptor, and closes it in the end.
  init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// A writer on this file, which must outlive it.
  func makeWriter() throws(XMLError) -> xmlTextWriterPtr {
    let context = Unmanaged.passUnretained(self).toOpaque()
    guard let output = xmlOutputBufferCreateIO(FileSink.take, nil, context, nil) else {
      throw XMLError("no memory for a writer")
    }
    guard let writer = xmlNewTextWriter(output) else {
      xmlOutputBufferClose(output)
      throw XMLError("no memory for a writer")
    }
    return writer
  }

  private static let take: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int32) -> Int32 = {
    context, bytes, count in
    guard let context, let bytes else { return count == 0 ? 0 : -1 }
    // the writer looks at `failure`; libxml2 would tell of it on the standard error
    Unmanaged<FileSink>.fromOpaque(context).takeUnretainedValue().write(
      UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    return count
  }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    guard failure == nil else { return }
    var rest = bytes[...]
    while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
      let count = Glibc.write(descriptor, start, rest.count)
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count == 0 || errno != EINTR {
        failure = FileSink.system()
        return
      }
    }
  }

  private static func system() -> XMLError {
    let number = errno
    var error = XMLError("cannot be written: \(String(cString: strerror(number)))")
    error.isBrokenPipe = number == EPIPE
    return error
  }
}
