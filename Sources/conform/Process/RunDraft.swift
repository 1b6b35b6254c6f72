// The reports of a run, made while late responses are awaited.

import ConformanceModel
import Execution
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
    guard log.failure == nil, log.isInItsPlace,
      let read = try? RunLog(path: log.path, isSkimmed: true, lastLine: lastLine),
      let reports = options.draft(read, in: Path.folder(of: log.path))
    else { return }
    made.withLock { $0 = Reports(log: read, reports: reports) }
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
