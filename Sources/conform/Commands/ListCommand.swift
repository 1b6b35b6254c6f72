// conform list: shows the plan, and sends nothing.

import ArgumentParser
import ConformanceModel
import Execution
import FoundationEssentials
import ScenarioFiles

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Shows what would run, and what would be skipped and why. Sends nothing.")

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var sharding: ShardOptions

  @Flag(help: "Show the requirements and their scenarios instead.")
  var requirements = false

  func validate() throws { try sharding.check() }

  func run() throws {
    var (plan, library) = try selection.load()
    if requirements { return matrix(plan, library, try SourceSelection(selection.source, library)) }
    if let source = try sharding.split(&plan) { Output.error("shard from \(source); --no-shard shows the whole plan") }
    let start = simulatedStart(of: plan.target)
    func skipReason(_ entry: Plan.Entry) -> String? {
      entry.skipReason ?? start.flatMap { entry.skipReason(start: $0, maxWait: nil) }
    }
    var suite = ""
    var shown = 0
    for (entry, run) in plan.parts where run > 0 {
      if entry.scenario.suite != suite {
        suite = entry.scenario.suite
        Output.write("\(suite)/")
      }
      let count = entry.scenario.cases.count
      let cases = count == 1 ? "" : run == count ? " (\(count) cases)" : " (\(run) of \(count) cases)"
      shown += run
      let skip = skipReason(entry).map { "\n      skipped: \($0)" } ?? ""
      Output.write("  \(entry.scenario.id)\(cases): \(entry.scenario.title)\(skip)")
    }
    if !plan.invariants.isEmpty { Output.write("invariants, checked on every exchange") }
    for invariant in plan.invariants { Output.write("  \(invariant.id): \(invariant.title)") }
    let skipped = plan.parts.filter { $0.cases > 0 && skipReason($0.entry) != nil }.count
    let invariants = plan.invariants.isEmpty ? "" : " and \(plan.invariants.count.counted("invariant"))"
    if let part = plan.sharding {
      return Output.write(
        "shard \(part.index) of \(part.count): \(shown) of \(plan.caseCount.counted("test case"))\(invariants); "
          + "\(skipped.counted("scenario")) would be skipped")
    }
    Output.write(
      "\(plan.scenarios.count.counted("scenario")) with \(plan.caseCount.counted("test case"))\(invariants); "
        + "\(skipped.counted("scenario")) would be skipped")
  }

  /// The start of simulated time, if it is known before the target runs.
  private func simulatedStart(of target: Target) -> SimulatedInstant? {
    if let start = target.clock?.start { return start }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    guard let program = GoTime.program(of: target, path: path) else { return nil }
    Output.error("note: \(GoTime.reason(program))")
    return GoTime.start
  }

  private func matrix(_ plan: Plan, _ library: Library, _ sources: SourceSelection) {
    let requirements = library.requirements.filter(sources.includes)
    var uncovered = 0
    for requirement in requirements.map({ $0.judged(by: plan.target.profile) }) {
      let scenarios =
        plan.scenarios.filter { $0.scenario.covers.contains(requirement.id) }.map(\.scenario.id)
        + plan.invariants.filter { $0.covers.contains(requirement.id) }.map(\.id)
      if scenarios.isEmpty, requirement.unobservable == nil { uncovered += 1 }
      let covered = scenarios.isEmpty ? Words.whyUncovered(requirement) : scenarios.joined(separator: ", ")
      Output.write(
        "\(requirement.id) \(requirement.level.rawValue): \(requirement.text) [\(requirement.source)]\n    \(covered)")
    }
    Output.write("\(requirements.count) requirements, \(uncovered) without a scenario")
  }
}

private enum Words {
  static func whyUncovered(_ requirement: Requirement) -> String {
    if let reason = requirement.unobservable { return "not observable: \(reason)" }
    return "no scenario\(requirement.uncovered.map { ": \($0)" } ?? " yet")"
  }
}
