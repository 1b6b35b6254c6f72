// Identical failures in groups: a target with one defect fails many cases in the same way.

import ConformanceModel
import RunEvents

/// Cases with the same verdict and the same sentence: one cause, however many cases it affects.
struct FailureGroup {
  /// The most direct of them.
  private(set) var record: CaseRecord
  /// The ids of the others that are named.
  private(set) var ids: [String] = []
  private(set) var others = 0
  /// The ids of the invariants that failed by the same responses.
  private(set) var invariants: [String] = []

  /// How many of the other cases are named.
  private let maxNamed: Int

  fileprivate init(_ record: CaseRecord, maxNamed: Int, index: Int) {
    self.record = record
    self.maxNamed = maxNamed
    self.index = index
  }

  /// The place of the first case.
  private let index: Int

  /// The probe comes first, then what explains other failures, and then the most direct failure.
  fileprivate var order: Directness { Directness(record, index) }

  /// The cases and the invariants.
  var count: Int { 1 + others + invariants.count }

  /// - Returns: Whether the case is the most direct one so far.
  fileprivate mutating func add(_ other: CaseRecord) -> Bool {
    let isBetter = Directness(other, 1) < Directness(record, 0)
    let id = isBetter ? record.planned.id : other.planned.id
    if isBetter { record = other }
    others += 1
    if ids.count < maxNamed || isBetter { ids.insert(id, at: isBetter ? 0 : ids.endIndex) }
    if ids.count > maxNamed { ids.removeLast() }
    return isBetter
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
  /// By verdict and headline, and by expectation, the index in `groups`.
  private var indices: [String: Int] = [:]
  private var knockOns = KnockOns()
  private let maxNamed: Int

  init(maxNamed: Int = 3) { self.maxNamed = maxNamed }

  /// Causes first, then what failed, then what could not be judged, each with the most direct case first.
  var causeFirst: [FailureGroup] {
    groups.map { (order: $0.order, group: $0) }.sorted { $0.order < $1.order }.map(\.group)
  }

  /// - Returns: Whether the case is the one to show of its group, so far.
  @discardableResult
  mutating func add(_ record: CaseRecord) -> Bool {
    if let index = knockOns.place(of: record) {
      groups[index].add(invariant: record.planned.id)
      return false
    }
    let headline = record.mainFinding.map { $0.cause?.group ?? FindingText.headline($0) } ?? FindingText.noReason
    var keys = ["\(headline)"]
    if let expectation = record.mainFinding?.expectation(of: record) { keys.append(expectation) }
    keys = keys.map { "\(record.verdict.rawValue) \($0)" }
    let index = keys.compactMap { indices[$0] }.first ?? groups.count
    for key in keys where indices[key] == nil { indices[key] = index }
    defer { knockOns.note(record, at: index) }
    guard index == groups.count else { return groups[index].add(record) }
    groups.append(FailureGroup(record, maxNamed: maxNamed, index: index))
    return true
  }
}

/// How directly a failure leads to its cause: the smaller, the more directly.
struct Directness: Comparable {
  private let ranks: [Int]

  /// - Parameter index: The place among equals.
  init(_ record: CaseRecord, _ index: Int) {
    let finding = record.mainFinding
    let isInvariant = record.planned.suite == Invariant.suite
    ranks = [
      record.planned.suite == PlannedCase.probeSuite ? 0 : finding?.cause != nil ? 1 : 2,
      record.verdict == .failed ? 0 : 1,
      finding?.cause?.rank ?? 0,
      // an invariant watches what other cases send
      isInvariant ? 1 : 0,
      finding?.isAboutWholeDocument == true ? 1 : 0,
      // the fewer requests, the fewer causes there can be
      isInvariant ? 0 : record.exchanges,
      index,
    ]
  }

  static func < (left: Directness, right: Directness) -> Bool { left.ranks.lexicographicallyPrecedes(right.ranks) }
}

extension Finding {
  /// What the rows of one scenario have in common if they fail by the same expectation with the same status, although
  /// their texts differ; `nil` if it is not about an expectation.
  fileprivate func expectation(of record: CaseRecord) -> String? {
    guard let mismatch, let place, cause == nil, record.planned.suite != Invariant.suite else { return nil }
    let parts = ["\(place.line)", subject, path, mismatch.rawValue, exchange.map { "\($0.status)" }]
    return "\(record.planned.scenario)\n" + parts.map { $0 ?? "" }.joined(separator: "\n")
  }

  /// Whether a document differs as a whole, so that its reader has to search for what is wrong.
  fileprivate var isAboutWholeDocument: Bool {
    mismatch == .value && path == nil && subject == Expectation.Subject.jsonTitle
  }
}
