// Ends a run after so many failures.

import ConformanceModel
import RunEvents

/// So many cases have failed or errored that no further case starts.
struct FailureLimit: Error, Sendable {
  let count: Int

  /// `stopped after the first failure (--fail-fast)`
  var reason: String {
    count == 1 ? "stopped after the first failure (--fail-fast)" : "stopped after \(count) failures (--max-failures)"
  }
}

extension Runner {
  /// The limit, if it is reached.
  var reachedLimit: FailureLimit? {
    guard let limit = options.maxFailures, failures.withLock({ $0 }) >= limit else { return nil }
    return FailureLimit(count: limit)
  }

  /// Reports the end of a case. The failure that reaches the limit ends the run: what is active goes on, but the clock is
  /// not advanced again.
  func end(_ record: CaseRecord) {
    stream.emit(.caseFinished(record))
    guard let limit = options.maxFailures, record.verdict == .failed || record.verdict == .errored else { return }
    let count = failures.withLock { failures in
      failures += 1
      return failures
    }
    guard count == limit else { return }
    deviations.endEarly()
    current.withLock { $0.timeline }?.endWaits(FailureLimit(count: limit))
  }

  /// Reports the cases that do not start because the limit is reached.
  func skipAll(_ queue: CaseQueue, at instant: SimulatedInstant, _ limit: FailureLimit) {
    while let item = queue.next() {
      let reason = item.planned.entry.skipReason ?? CaseRecord.notRun + limit.reason
      stream.emit(.caseFinished(Runner.notRun(item.planned, .skipped, reason: reason, at: instant, [])))
    }
  }
}
