// The output file of a writer: every byte is written, or the writer gets the error.

import Glibc

/// A new file, or an open one.
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

  func write(_ bytes: UnsafeRawBufferPointer) {
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
