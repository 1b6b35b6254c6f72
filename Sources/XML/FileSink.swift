// The output file of a writer: every byte of libxml2 is written, or the writer gets the error.

import CLibXML2
import Glibc

/// A new file for the output of libxml2.
///
/// libxml2's own file output reads a path as a URL (`%41` becomes `A`) and ignores short writes, as on a full disk.
final class FileSink {
  private let descriptor: Int32
  /// The first failure; nothing is written after it.
  private(set) var failure: XMLError?

  init(creating path: String) throws(XMLError) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileSink.system() }
  }

  /// Takes ownership of an open descriptor.
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
    // the writer checks `failure`; libxml2 would print the error to the standard error
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
