// Failures of invariants that follow from the failure of a case: reports show them with it.

import ConformanceModel
import HTTPModel
import RunEvents

/// Finds the case that failed for the same part of the same response as an invariant.
struct KnockOns {
  private struct Cause: Hashable {
    var id: String
    var step: String?
    var verdict: Verdict
    var seen: String
    /// They distinguish the exchanges of a step that is repeated.
    var status: Int
    var seconds: Double

    init?(_ finding: Finding, of id: String) {
      guard let seen = finding.seen, let exchange = finding.exchange else { return nil }
      self.id = id
      step = finding.step
      verdict = finding.verdict
      self.seen = seen
      status = exchange.status
      seconds = exchange.timings.total
    }
  }

  /// The findings of further cases are not kept: an invariant with one of them is shown on its own.
  private static let maxCauses = 20_000

  /// Where the report shows each cause.
  private var places: [Cause: Int] = [:]

  /// Notes what decided the verdict of a case.
  ///
  /// - Parameter place: Where the report shows the case: the index of a group, or the number of the case.
  mutating func note(_ record: CaseRecord, at place: Int) {
    guard record.planned.suite != Invariant.suite else { return }
    for finding in record.findings where finding.verdict == record.verdict && places.count < KnockOns.maxCauses {
      guard let cause = Cause(finding, of: record.planned.id), places[cause] == nil else { continue }
      places[cause] = place
    }
  }

  /// Where the first cause of the failure of an invariant is shown; `nil` if it has a finding with another cause, or it
  /// is not an invariant.
  func place(of record: CaseRecord) -> Int? {
    let planned = record.planned
    guard planned.suite == Invariant.suite else { return nil }
    var first: Int?
    for finding in record.findings where finding.verdict == record.verdict {
      guard let id = finding.originCase else {
        // the number of the findings that are not listed: their causes are known if those of all listed ones are
        let isCount =
          finding.verdict != .errored && finding.place?.file == planned.file
          && finding.place?.line == planned.line
        guard isCount else { return nil }
        continue
      }
      guard let cause = Cause(finding, of: id), let place = places[cause] else { return nil }
      first = first ?? place
    }
    return first
  }
}

extension Finding {
  /// The id of the case whose response violated an invariant: `case, scenario.yaml:7` without the place.
  var originCase: String? { origin.map { String($0[..<($0.lastIndex(of: ",") ?? $0.endIndex)]) } }
}
