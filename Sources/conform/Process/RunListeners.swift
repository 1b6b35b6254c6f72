// Where the events of a run go: into its log, and to the console.

import Execution
import Reporting
import RunEvents

/// Writes events into the run log; a case that has started or ended is on the disk.
struct LogListener: EventListener {
  let log: RunLogWriter
  /// If the log cannot be written, the run stops sending.
  let failed: @Sendable (ReportError) -> Void
  /// An event to write before the end of the run.
  var lastEvent: @Sendable () -> Event? = { nil }

  func handle(_ event: Event, line: [UInt8]) {
    switch event {
    case .stepFinished, .casePlanned: log.append(line)
    case .runFinished:
      if let last = lastEvent() {
        var bytes: [UInt8] = []
        last.encode(to: &bytes)
        log.append(bytes)
      }
      log.append(line, isDue: true)
    // the start of a case takes the plan to the disk before its first request
    default: log.append(line, isDue: true)
    }
    if let failure = log.failure { failed(failure) }
  }

  func settle() {
    log.flushIfDue()
    if let failure = log.failure { failed(failure) }
  }
}

struct ConsoleListener: EventListener {
  let console: Console

  func handle(_ event: Event, line: [UInt8]) { console.handle(event, line: line) }
}
