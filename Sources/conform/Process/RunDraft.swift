// The reports of a run, made while late responses are awaited.

import ConformanceModel
import Execution
import Glibc
import Reporting
import RunEvents

/// The lock protects what was made.
final class RunDraft: EndDrafter {
  struct Reports {
    /// The log with the line that it does not have yet.
    let log: RunLog
    let reports: ReportPass
  }

  private let options: ReportOptions
  private let log: RunLogWriter
  private let made = Locked<Reports?>(nil)

  init(_ options: ReportOptions, _ log: RunLogWriter) {
    self.options = options
    self.log = log
  }

  func draft(lastLine: [UInt8]) async {
    // what is wrong is reported when the log is complete
    guard log.failure == nil, log.isInItsPlace, hasRoom,
      let read = try? RunLog(path: log.path, isSkimmed: true, lastLine: lastLine),
      let reports = options.draft(read, in: Path.folder(of: log.path))
    else { return }
    made.withLock { $0 = Reports(log: read, reports: reports) }
  }

  /// Whether the reports leave room on the disk for the end of the log, which matters more.
  private var hasRoom: Bool {
    var disk = statvfs()
    var file = stat()
    guard statvfs(log.path, &disk) == 0, stat(log.path, &file) == 0 else { return false }
    let free = UInt64(disk.f_bavail).multipliedReportingOverflow(by: UInt64(disk.f_frsize))
    return free.overflow || free.partialValue > 4 * UInt64(max(0, file.st_size)) + 16 << 20
  }

  func discard() { _ = take() }

  /// The reports, for the one who puts them into their places.
  func take() -> Reports? {
    made.withLock { made in
      defer { made = nil }
      return made
    }
  }
}
