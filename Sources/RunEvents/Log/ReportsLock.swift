// One writer at a time in a folder of reports.

import Glibc

/// Held while the run log of a folder is written, so that two runs never write the same log, and none renders the log
/// of another.
///
/// It is a lock of the kernel on the folder itself: it leaves no file behind and ends with the process, however that ends.
/// On a file system without locks (some network file systems) there is no protection.
public final class ReportsLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `ReportError` if another process writes there, or the folder does not exist.
  public init(folder: String) throws(ReportError) {
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot be opened", folder) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      throw ReportError(
        path: folder,
        message: "another run is still writing to this folder; wait until it has ended, or choose another folder")
    }
    ReportFile.removeAbandoned(in: folder)
  }

  deinit { close(descriptor) }
}
