// Standard output and standard error.

import Glibc

enum Output {
  /// Writes a text and a line break, as far as it is read.
  static func write(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
    emit(text.hasSuffix("\n") ? text : text + "\n", to: descriptor)
  }

  /// Writes a text as it is. A reader that closed its end of a pipe is not an error.
  static func emit(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        raw.baseAddress.map { Glibc.write(descriptor, $0 + written, raw.count - written) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return }
      written += count
    }
  }

  static func error(_ text: String) { write(text, to: STDERR_FILENO) }

  static func isTerminal(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"
  }

  /// See https://no-color.org.
  static var wantsColours: Bool {
    isTerminal(STDOUT_FILENO) && (getenv("NO_COLOR").map { strlen($0) == 0 } ?? true)
  }
}
