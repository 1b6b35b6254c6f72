// What every shard judged for itself, as one case: an invariant over the exchanges of all.

import Conformance

enum SharedRecord {
  /// The case with the gravest verdict and the problems of all; `nil` of none.
  static func join(_ records: [CaseRecord]) -> CaseRecord? {
    guard var joined = records.max(by: { gravity($0) < gravity($1) }) else { return nil }
    joined.startedAt = records.map(\.startedAt).min() ?? joined.startedAt
    joined.seconds = records.map(\.seconds).reduce(0, +)
    joined.simulatedStart = records.map(\.simulatedStart).min() ?? joined.simulatedStart
    joined.simulatedEnd = records.map(\.simulatedEnd).max() ?? joined.simulatedEnd
    joined.exchanges = records.map(\.exchanges).reduce(0, +)
    joined.problems = records.flatMap(\.problems)
    return joined
  }

  /// One that was judged nowhere is skipped, and one that was judged somewhere is not; an expected deviation is skipped although it was.
  private static func gravity(_ record: CaseRecord) -> Int {
    switch record.verdict {
    case .failed: 6
    case .errored: 5
    case .warned: 4
    case .skipped: record.problems.isEmpty ? 0 : 3
    case .pending: 2
    case .passed: 1
    }
  }
}
