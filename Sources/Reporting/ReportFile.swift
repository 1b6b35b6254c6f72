// Reports are written beside their place and put there in one step: a reader sees the former one or the whole new one.

import Glibc

enum ReportFile {
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
}
