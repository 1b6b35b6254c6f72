// Known deviations of a target: a failure that an entry describes counts as skipped, any other still fails.

import ConformanceModel
public import RunEvents

/// Compares the findings of each case with the expected deviations. The lock protects what has been found; cases end on
/// several threads.
final class KnownDeviations: Sendable {
  /// The entries by the id of a case, a scenario or an invariant.
  private let entries: [String: [Target.ExpectedDeviation]]
  /// Whether this run executes the whole pack: it is not a shard, has no selection, and does not resume another run.
  private let isWhole: Bool
  /// Whether an entry that no longer occurs only warns (`--allow-stale`); by default it fails.
  private let allowsStale: Bool
  private let state = Locked<State>(State())

  private struct State {
    /// The entries that have occurred.
    var occurred: Set<Target.ExpectedDeviation> = []
    /// For each entry that is about several cases, the last of them that was executed.
    var last: [Target.ExpectedDeviation: CaseRecord] = [:]
    /// Not all cases run after all.
    var endsEarly = false
  }

  init(_ list: [Target.ExpectedDeviation], seesAll: Bool, allowsStale: Bool) {
    isWhole = seesAll
    self.allowsStale = allowsStale
    entries = Dictionary(grouping: list, by: \.id)
  }

  /// Whether a deviation that occurs in no case of this run occurs nowhere.
  private var seesAll: Bool { isWhole && state.withLock { !$0.endsEarly } }

  /// The run ends before all cases have run.
  func endEarly() { state.withLock { $0.endsEarly = true } }

  /// The record as it is reported: with known findings alone it is skipped; with others these decide its verdict. An entry
  /// about this case alone that does not occur is a finding too.
  func weigh(_ record: CaseRecord) -> CaseRecord {
    guard !entries.isEmpty, ![.skipped, .pending].contains(record.verdict) else { return record }
    let own = entries[record.planned.id] ?? []
    let shared = record.planned.scenario == record.planned.id ? [] : entries[record.planned.scenario] ?? []
    guard !own.isEmpty || !shared.isEmpty else { return record }
    var known: [Target.ExpectedDeviation] = []
    var others: [Finding] = []
    for finding in record.findings {
      if let entry = (own + shared).first(where: { $0.describes(finding) }) {
        known.append(entry)
      } else {
        others.append(finding)
      }
    }
    state.withLock { state in
      state.occurred.formUnion(known)
      for entry in shared { state.last[entry] = record }
    }
    var weighed = record
    if !known.isEmpty {
      weighed.verdict = others.map(\.verdict).max(by: { $0.gravity < $1.gravity }) ?? .skipped
      if weighed.verdict == .skipped { weighed.reason = KnownDeviations.reason(known) }
    }
    // a case that could not be judged shows nothing about its deviations, and another shard may show an invariant's
    guard record.verdict != .errored, seesAll || record.planned.suite != Invariant.suite else { return weighed }
    return own.filter { !known.contains($0) }.reduce(weighed) { stale($1, in: $0) }
  }

  /// For each entry about several cases that occurred in none of them: the record of the last of these cases, with a
  /// finding that says so.
  var staleRecords: [CaseRecord] {
    guard seesAll else { return [] }
    let (occurred, last) = state.withLock { ($0.occurred, $0.last) }
    return last.filter { !occurred.contains($0.key) }
      .sorted { ($0.value.planned.number, $0.key.id) < ($1.value.planned.number, $1.key.id) }
      .map { stale($0.key, in: $0.value) }
  }

  private func stale(_ entry: Target.ExpectedDeviation, in record: CaseRecord) -> CaseRecord {
    var finding = Finding(
      allowsStale ? .warned : .failed, .assertion,
      "the expected deviation '\(entry.id)' no longer occurs; remove its entry at \(entry.place)", place: entry.place)
    finding.step = entry.step
    finding.requirements = record.planned.covers
    var record = record
    record.findings.append(finding)
    if record.verdict.gravity < finding.verdict.gravity {
      record.verdict = finding.verdict
      record.reason = nil
    }
    return record
  }

  private static func reason(_ entries: [Target.ExpectedDeviation]) -> String {
    var reasons: [String] = []
    for entry in entries where !reasons.contains(entry.reason) { reasons.append(entry.reason) }
    return CaseRecord.expectedDeviation + reasons.joined(separator: "; ")
  }
}

extension Target.ExpectedDeviation {
  /// Whether a finding is the one that the entry expects. What could not be judged is never expected.
  func describes(_ finding: Finding) -> Bool {
    guard finding.kind == .assertion, finding.verdict != .errored else { return false }
    return (step == nil || step == finding.step) && (subject == nil || subject == finding.subjectWithPath)
      && (seen == nil || seen == finding.actual)
  }
}

extension Finding {
  /// The subject as an entry of expected deviations names it: `body as JSON, /error`.
  public var subjectWithPath: String? { subject.map { subject in path.map { "\(subject), \($0)" } ?? subject } }
}

extension Verdict {
  /// The order in which verdicts decide the verdict of a case.
  fileprivate var gravity: Int {
    switch self {
    case .passed, .skipped, .pending: 0
    case .warned: 1
    case .errored: 2
    case .failed: 3
    }
  }
}
