// Identical failures in groups: a target with one defect fails many cases in the same way.

import ConformanceModel
import RunEvents

/// Cases with the same verdict and the same sentence: one cause, however many cases it affects.
struct FailureGroup {
  /// The first of them.
  let record: CaseRecord
  /// The ids of the others that are named.
  private(set) var ids: [String] = []
  private(set) var others = 0
  /// The ids of the invariants that failed by the same responses.
  private(set) var invariants: [String] = []

  /// How many of the other cases are named.
  private let maxNamed: Int

  init(_ record: CaseRecord, maxNamed: Int) {
    self.record = record
    self.maxNamed = maxNamed
  }

  /// The probe comes first, and then what explains other failures.
  var rank: Int { record.planned.suite == PlannedCase.probeSuite ? 0 : record.mainFinding?.isCause == true ? 1 : 2 }

  /// The cases and the invariants.
  var count: Int { 1 + others + invariants.count }

  mutating func add(_ id: String) {
    others += 1
    if ids.count < maxNamed { ids.append(id) }
  }

  mutating func add(invariant id: String) { invariants.append(id) }

  /// `… and 12 more failed for the same reason: expired-token, after-2038, …`
  var othersLine: String? {
    guard others > 0 else { return nil }
    let names = ids.joined(separator: ", ") + (others > ids.count ? ", …" : "")
    return "… and \(others) more \(record.verdict.rawValue) for the same reason: \(names)"
  }

  /// `… and the same responses violate an invariant: no-server-faults`
  var invariantsLine: String? {
    guard !invariants.isEmpty else { return nil }
    let what = invariants.count == 1 ? "an invariant" : invariants.count.counted("invariant")
    return "… and the same responses violate \(what): \(invariants.joined(separator: ", "))"
  }
}

/// The groups of a run.
struct FailureGroups {
  /// In the order of their first cases.
  private var groups: [FailureGroup] = []
  /// By verdict and headline, the index in `groups`.
  private var indices: [String: Int] = [:]
  private var knockOns = KnockOns()
  private let maxNamed: Int

  init(maxNamed: Int = 3) { self.maxNamed = maxNamed }

  /// Causes first, then in the order of their first cases.
  var causeFirst: [FailureGroup] { (0...2).flatMap { rank in groups.filter { $0.rank == rank } } }

  /// - Returns: Whether the case is the first of a group.
  @discardableResult
  mutating func add(_ record: CaseRecord) -> Bool {
    if let index = knockOns.place(of: record) {
      groups[index].add(invariant: record.planned.id)
      return false
    }
    let headline = record.mainFinding.map(FindingText.headline) ?? FindingText.noReason
    let key = "\(record.verdict.rawValue) \(headline)"
    let index = indices[key] ?? groups.count
    let isFirst = index == groups.count
    if isFirst {
      indices[key] = index
      groups.append(FailureGroup(record, maxNamed: maxNamed))
    } else {
      groups[index].add(record.planned.id)
    }
    knockOns.note(record, at: index)
    return isFirst
  }
}
