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

  /// Removes what processes that were killed while they wrote a report left beside it: an hour old, and of nobody who still runs.
  static func removeAbandoned(in folder: String) {
    guard let stream = opendir(folder) else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      let path = "\(folder)/\(name)"
      var info = stat()
      guard let mark = name.wholeMatch(of: /.+\.([0-9]+)-[0-9]+\.tmp/), let process = pid_t(mark.1), process > 0, kill(process, 0) != 0, errno == ESRCH,
        lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG, time(nil) - info.st_mtim.tv_sec > 3600
      else { continue }
      unlink(path)
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
