// One writer at a time in a folder of reports.

import Glibc

/// Held by whoever writes the run log of a folder, so that the logs of two runs are never mixed and no run renders another's.
///
/// It is a lock of the kernel on the folder itself: it leaves no file behind and ends with the process, however that ends.
/// Where a file system has no locks (some network file systems), nothing is guarded.
public final class ReportsLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `ReportError` where another writes there, or there is no such folder.
  public init(folder: String) throws(ReportError) {
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot be opened", folder) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      throw ReportError(
        path: folder, message: "another run is still writing here; it can be used again when that has ended")
    }
    ReportFile.removeAbandoned(in: folder)
  }

  deinit { close(descriptor) }
}
