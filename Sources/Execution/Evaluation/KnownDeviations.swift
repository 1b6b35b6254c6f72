// Known deviations of a target: such a failure counts as skipped, with its reason.

import ConformanceModel
import RunEvents

/// The lock protects the counts; cases end on several threads.
final class KnownDeviations: Sendable {
  private let reasons: [String: Target.ExpectedDeviation]
  private let seen = Locked<[String: (deviated: Int, passed: Int)]>([:])

  /// Every case of the plan runs here, and none in another shard.
  private let seesAll: Bool

  init(_ list: [Target.ExpectedDeviation], seesAll: Bool) {
    self.seesAll = seesAll
    reasons = Dictionary(list.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The record as it is reported: a failure that was expected is skipped with its reason.
  func weigh(_ record: CaseRecord) -> CaseRecord {
    guard !reasons.isEmpty, let known = reasons[record.planned.id] ?? reasons[record.planned.scenario] else {
      return record
    }
    switch record.verdict {
    case .failed, .errored, .warned:
      seen.withLock { $0[known.id, default: (0, 0)].deviated += 1 }
      guard record.verdict != .errored || record.findings.allSatisfy({ $0.kind == .assertion }) else { return record }
      var record = record
      record.verdict = .skipped
      record.reason = "expected deviation: \(known.reason)"
      return record
    case .passed: seen.withLock { $0[known.id, default: (0, 0)].passed += 1 }
    case .skipped, .pending: break
    }
    return record
  }

  /// Entries that no case bears out any more.
  var notes: [String] {
    seen.withLock { seen in
      seen.filter { $0.value.deviated == 0 && $0.value.passed > 0 }.keys.sorted().compactMap { id in
        reasons[id].map { entry in
          let advice = seesAll ? "take the entry away" : "take the entry away if it is gone in the other shards too"
          return "\(entry.place): the expected deviation '\(id)' is gone: it passes now; \(advice)"
        }
      }
    }
  }
}
