// Reports are written beside their place and put there in one step: a reader sees the former one or the whole new one.

import Glibc

enum ReportFile {
  static let standardOutput = "-"

  /// Lets `write` fill a temporary file in the same folder, then renames it.
  ///
  /// - Throws: `ReportError`; the former report is then still there, and nothing else is.
  static func replace(_ path: String, _ write: (_ temporary: String) throws -> Void) throws(ReportError) {
    let temporary = "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp"
    do {
      try write(temporary)
      guard chmod(temporary, 0o644) == 0, rename(temporary, path) == 0 else { throw ReportError.system("cannot be written", path) }
    } catch {
      unlink(temporary)
      throw error as? ReportError ?? ReportError(path: path, message: "\(error)")
    }
  }

  /// Puts a text into a file in one step, or writes it to the standard output.
  static func write(_ text: String, to path: String) throws(ReportError) {
    if path == standardOutput { return try append(text, STDOUT_FILENO, path) }
    try replace(path) { temporary in
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw ReportError.system("cannot be written", path) }
      defer { close(descriptor) }
      try append(text, descriptor, path)
    }
  }

  /// Adds a text to the end of a file that others write into as well.
  static func append(_ text: String, to path: String) throws(ReportError) {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system("cannot be written", path) }
    defer { close(descriptor) }
    try append(text, descriptor, path)
  }

  private static func append(_ text: String, _ descriptor: Int32, _ path: String) throws(ReportError) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { raw in raw.baseAddress.map { Glibc.write(descriptor, $0 + written, raw.count - written) } ?? 0 }
      if count < 0, errno == EINTR { continue }
      // a reader that has seen enough goes away: no failure of ours
      if count < 0, errno == EPIPE, path == standardOutput { return }
      if count <= 0 { throw .system("cannot be written", path) }
      written += count
    }
  }
}
