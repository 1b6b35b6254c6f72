// What every shard judged for itself, as one case: an invariant over the exchanges of all.

import ConformanceModel
import RunEvents

enum SharedRecord {
  /// The case with the gravest verdict and the problems of all; `nil` of none.
  static func join(_ records: [CaseRecord]) -> CaseRecord? {
    guard var joined = records.max(by: { severityRank($0) < severityRank($1) }) else { return nil }
    joined.startedAt = records.map(\.startedAt).min() ?? joined.startedAt
    joined.seconds = records.map(\.seconds).reduce(0, +)
    joined.simulatedStart = records.map(\.simulatedStart).min() ?? joined.simulatedStart
    joined.simulatedEnd = records.map(\.simulatedEnd).max() ?? joined.simulatedEnd
    joined.exchanges = records.map(\.exchanges).reduce(0, +)
    joined.findings = records.flatMap(\.findings)
    return joined
  }

  /// One that was judged nowhere is skipped, and one that was judged somewhere is not; an expected deviation is skipped although it was.
  private static func severityRank(_ record: CaseRecord) -> Int {
    switch record.verdict {
    case .failed: 6
    case .errored: 5
    case .warned: 4
    case .skipped: record.findings.isEmpty ? 0 : 3
    case .pending: 2
    case .passed: 1
    }
  }
}
