// Numbers the records of the steps of a case, so that its findings can name them.

import ConformanceModel

/// The numbers of the records of one case. Its branches, which run at the same time, share them.
final class RecordNumbers: Sendable {
  /// No case has so many steps.
  private static let perRun = 1_000_000

  /// The lock protects the last number that was given.
  private let last: Locked<Int>

  /// - Parameter formerRuns: How often the case ran before in this run; its records stay in the log.
  init(formerRuns: Int) { last = Locked(formerRuns * RecordNumbers.perRun) }

  /// Goes on after the records that the log of a pending case has.
  func follow(_ count: Int) { last.withLock { $0 = max($0, count) } }

  func next() -> Int {
    last.withLock {
      $0 += 1
      return $0
    }
  }
}
