// The cases that a later run can execute again because they failed.

import ConformanceModel

extension RunLog {
  /// The ids of the cases that failed or errored. Those of an invariant are the cases whose exchanges violate it.
  ///
  /// - Returns: In the order of the plan, each once.
  package func failedCases() throws(ReportError) -> [String] {
    var ids = DistinctTexts()
    for number in numbers where isNamed(number) && [.failed, .errored].contains(verdict(number)) {
      for id in try record(number).failedIDs { ids.add(id) }
    }
    return ids.list
  }

  /// The invariants that failed by the exchanges of each case, by the id of the case.
  package func failedInvariants() throws(ReportError) -> [String: [String]] {
    var invariants: [String: [String]] = [:]
    for number in numbers where isNamed(number) && [.failed, .errored].contains(verdict(number)) {
      let record = try record(number)
      guard record.planned.suite == Invariant.suite else { continue }
      for id in Set(record.failedIDs) { invariants[id, default: []].append(record.planned.id) }
    }
    return invariants
  }

  /// The same as `failedCases`, with the cases that failed before this run and that it did not judge: another selection, the failures of
  /// others, or its end kept it from that.
  public func unresolvedFailures() throws(ReportError) -> [String] {
    var ids = DistinctTexts()
    for id in try failedCases() { ids.add(id) }
    guard !run.failedBefore.isEmpty else { return ids.list }
    var judged: Set<String> = []
    for number in numbers where [.passed, .warned, .skipped].contains(verdict(number)) {
      let record = try record(number)
      if !record.isCutShort { judged.insert(record.planned.id) }
    }
    for id in run.failedBefore where !judged.contains(id) { ids.add(id) }
    return ids.list
  }
}

extension PlannedCase {
  /// The suite and the id of what the log of a run that could not start has in place of cases.
  public static let startSuite = "conform"
  public static let startID = "start-of-the-run"
}

extension CaseRecord {
  /// The ids of the cases of a pack that this failure is about.
  fileprivate var failedIDs: [String] {
    switch planned.suite {
    case Invariant.suite:
      findings.filter { $0.verdict != .warned }.compactMap(\.origin).compactMap(CaseRecord.id(ofOrigin:))
        // the probe is a case of the run, and none of a pack
        .filter { $0 != PlannedCase.probeSuite }
    case PlannedCase.probeSuite: []
    case PlannedCase.startSuite where planned.id == PlannedCase.startID: []
    default: [planned.id]
    }
  }

  /// The case in `case, scenario.yaml:7`; a comma can be part of its id.
  private static func id(ofOrigin origin: String) -> String? {
    origin.lastIndex(of: ",").map { String(origin[..<$0]) }
  }
}

/// Texts in the order in which they were added, each once.
private struct DistinctTexts {
  private(set) var list: [String] = []
  private var seen: Set<String> = []

  mutating func add(_ text: String) {
    if seen.insert(text).inserted { list.append(text) }
  }
}
