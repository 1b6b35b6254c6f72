// A report while it is written. Several reports are written at the same time.

import ConformanceModel
import Glibc

/// An open report: a temporary file in the folder of the report, or the standard output, a pipe or a device itself.
///
/// The former report stays in place until `commit`. Without it, nothing is left of the draft.
package final class ReportDraft {
  /// Where it is written, for errors.
  package let name: String
  package private(set) var descriptor: Int32
  private let path: String
  /// The temporary file and the file that it replaces; `nil` for a stream.
  private let files: (temporary: String, place: String)?

  /// Where the file of the report will be; `nil` for a stream.
  package var folder: String? { files.map { Path.folder(of: $0.place) } }

  /// - Throws: `ReportError` if the report cannot be written there.
  package init(_ path: String) throws(ReportError) {
    self.path = path
    name = path == ReportFile.standardOutput ? "the standard output" : path
    guard path != ReportFile.standardOutput else {
      files = nil
      descriptor = STDOUT_FILENO
      return
    }
    guard !ReportFile.isStream(path) else {
      files = nil
      descriptor = try ReportFile.openForBytes(path)
      return
    }
    let files = try ReportFile.place(path)
    descriptor = open(files.temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw ReportError.system("cannot be written", path) }
    self.files = files
  }

  deinit {
    try? close()
    if let files, !isCommitted { unlink(files.temporary) }
  }

  private var isCommitted = false

  /// Puts the report into its place, complete.
  ///
  /// - Throws: `ReportError`; the former report is then unchanged.
  package func commit() throws(ReportError) {
    try close()
    guard let files else { return }
    guard chmod(files.temporary, 0o644) == 0, rename(files.temporary, files.place) == 0 else {
      throw .system("cannot be written", path)
    }
    isCommitted = true
  }

  private func close() throws(ReportError) {
    guard descriptor >= 0, descriptor != STDOUT_FILENO else { return }
    defer { descriptor = -1 }
    guard Glibc.close(descriptor) == 0 else { throw .system("cannot be written", path) }
  }
}
