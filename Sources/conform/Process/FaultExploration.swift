// Explores the reference service with each of its faults, and reports which of them the model notices.

import ArgumentParser
import ConformanceModel
import Exploration
import HTTPTransport
import ReferenceService
import ScenarioFiles

/// Which faults an audit explores.
enum ExploredFaults: String, ExpressibleByArgument, CaseIterable { case missed, all }

struct FaultExploration {
  struct Row: Sendable {
    var name: String
    var area: String
    /// `nil` if nothing disagreed with the model.
    var disagreement: Disagreement?
    /// What overlapping operations disagree in, if sequences agree.
    var overlap: OverlapDisagreement?
    /// Seconds until the first sequence disagreed, or until the end of the exploration.
    var seconds: Double
    /// The disagreement in prose.
    var lines: [String] = []

    var isNoticed: Bool { disagreement != nil || overlap != nil }
    /// The operations of the smallest sequence.
    var steps: Int? { disagreement?.operations.count ?? overlap?.overlap.operations.count }
    var isFlaky: Bool { disagreement?.isFlaky ?? overlap?.isFlaky ?? false }
  }

  let target: Target
  let library: Library
  /// Seconds for each fault, without the shrinking.
  let limit: Double

  private static let sequences = 5000

  /// Explores the faults, and prints a line for each as it ends.
  func rows(of faults: [Fault], jobs: Int) async throws -> [Row] {
    try await withThrowingTaskGroup(of: (Int, Row).self) { group in
      var rows: [Int: Row] = [:]
      for (index, fault) in faults.enumerated() {
        if index >= jobs, let (done, row) = try await group.next() { rows[done] = row }
        group.addTask {
          let row = try await row(of: fault)
          Output.write(row.line)
          return (index, row)
        }
      }
      for try await (done, row) in group { rows[done] = row }
      return rows.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  /// Without a socket at first, which is faster; then by HTTP, since a fault may concern what a connection carries.
  private func row(of fault: Fault) async throws -> Row {
    let row = try await row(of: fault, isInProcess: true, limit: limit * 0.7)
    guard !row.isNoticed else { return row }
    var overHTTP = try await self.row(of: fault, isInProcess: false, limit: limit * 0.2)
    overHTTP.seconds += row.seconds
    guard !overHTTP.isNoticed else { return overHTTP }
    var overlapping = try await overlaps(of: fault, limit: limit * 0.1)
    overlapping.seconds += overHTTP.seconds
    return overlapping
  }

  private func session(_ fault: Fault, isInProcess: Bool) -> TrialSession {
    var session = TrialSession(target: target, faults: [fault], isInProcess: isInProcess, environment: [:])
    session.transport.timeout = 3
    session.requirements = library.requirements
    session.invariants = library.invariants
    return session
  }

  /// Operations at the same time.
  private func overlaps(of fault: Fault, limit: Double) async throws -> Row {
    let session = session(fault, isInProcess: true)
    let start = WallClock.monotonic
    var plan = ExplorationPlan()
    plan.runs = 200
    plan.firstBatch = 14
    plan.maxDisagreements = 1
    plan.endsWithFirst = true
    plan.isOver = { WallClock.monotonic - start > limit }
    let explorer = OverlapExplorer(Model(Facts(target)), plan, concurrency: 4) { try await session.record($0) }
    let found = try await explorer.explore().disagreements.first
    return Row(
      name: fault.name, area: fault.area.rawValue, overlap: found, seconds: WallClock.monotonic - start,
      lines: found?.lines ?? [])
  }

  private func row(of fault: Fault, isInProcess: Bool, limit: Double) async throws -> Row {
    let session = session(fault, isInProcess: isInProcess)
    let start = WallClock.monotonic
    let first = Locked<Double?>(nil)
    var plan = ExplorationPlan()
    plan.runs = FaultExploration.sequences
    plan.firstBatch = 5
    plan.maxBatch = 40
    plan.maxDisagreements = 1
    plan.endsWithFirst = true
    plan.isOver = { WallClock.monotonic - start > limit }
    let explorer = Explorer(Model(Facts(target)), plan) { scenarios in
      let outcomes = try await session.run(scenarios)
      let disagrees = outcomes.values.contains { if case .disagrees = $0 { true } else { false } }
      if disagrees { first.withLock { $0 = $0 ?? WallClock.monotonic - start } }
      return outcomes
    }
    let result = try await explorer.explore()
    let disagreement = result.disagreements.first
    return Row(
      name: fault.name, area: fault.area.rawValue, disagreement: disagreement,
      seconds: first.withLock { $0 } ?? WallClock.monotonic - start,
      lines: disagreement?.lines(explorer.model) ?? [])
  }

  /// How many faults were noticed, after how many seconds, and by how many steps.
  static func summary(_ rows: [Row]) -> String {
    let found = rows.filter(\.isNoticed)
    let seconds = found.map(\.seconds).sorted()
    let steps = found.filter { !$0.isFlaky }.compactMap(\.steps).sorted()
    var summary = "explored: \(found.count) of \(rows.count.counted("fault")) noticed"
    let flaky = found.count { $0.isFlaky }
    if flaky > 0 { summary += ", \(flaky) of them by what did not repeat" }
    if !found.isEmpty {
      summary += "; median \(ExplorationText.rounded(seconds[seconds.count / 2])) s to the first disagreement"
    }
    if !steps.isEmpty {
      summary += ", \(steps[steps.count / 2]) steps in the smallest sequence, at most \(steps.last ?? 0)"
    }
    return summary + "\n"
  }
}

extension FaultExploration.Row {
  /// `F` for a fault that was noticed, `!` for one that was not, with the seconds, the steps and the disagreement.
  var line: String {
    let steps = steps.map { "\($0)\(isFlaky ? " (flaky)" : "")" } ?? "-"
    let text = lines.map { SafeText.forConsole(SafeText.oneLine($0)) }.joined(separator: " ")
    return "\(isNoticed ? "F" : "!") \(name) (\(area)): \(ExplorationText.rounded(seconds)) s, "
      + "steps \(steps)\(text.isEmpty ? "" : ": \(text)")\n"
  }
}
