// Joins the verdicts of an invariant, which every shard evaluates over its own exchanges.

import ConformanceModel
import RunEvents

enum SharedRecord {
  /// The case with the most severe verdict and the findings of all shards; `nil` if there is no record.
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

  /// It is skipped only if no shard evaluated it. An expected deviation is skipped although it was evaluated.
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
