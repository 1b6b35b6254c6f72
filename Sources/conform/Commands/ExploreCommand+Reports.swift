// Runs the sequences of an exploration as one run, with its log and its reports.

import ArgumentParser
import ConformanceModel
import Execution
import Exploration
import RunEvents
import ScenarioFiles

extension ExploreCommand {
  var writesReports: Bool { reports != nil || !report.requests.isEmpty }
  var log: String { Path.join(reports ?? "Reports", "run.jsonl") }

  /// The options of the run.
  func arguments() throws -> RunArguments {
    var arguments = try RunArguments.parse(jobs.map { ["--jobs", "\($0)"] } ?? [])
    arguments.transport = transport
    arguments.report = report
    return arguments
  }

  /// Runs all sequences on one sweep of the clock; then what disagreed is made small.
  ///
  /// - Parameter limit: In seconds.
  /// - Throws: `StartError` or `ExitCode` if nothing was run.
  func reported(
    _ explorer: Explorer, _ library: Library, _ target: Target, _ stopping: EarlyStop, limit: Double
  ) async throws -> ExplorationResult {
    var arguments = try arguments()
    arguments.adopt(target)
    let scenarios = explorer.scenarios
    let listener = OutcomeListener()
    var session = RunSession(
      plan: Plan(
        scenarios: scenarios, requirements: library.requirements, invariants: library.invariants, target: target),
      scenarios: scenarios, arguments: arguments, logPath: log,
      options: try arguments.options(packVersion: library.packVersion))
    session.isQuiet = true
    session.observer = listener
    session.lastEvent = { .coverage(RunCoverage(explorer.coverage(of: listener.outcomes))) }
    let time = EarlyStop()
    session.stopping = time
    stopping.connect { time.stop($0) }
    let timer = Task {
      try await Task.sleep(for: .seconds(limit))
      time.stop("the time limit of \(timeLimit) is over")
    }
    defer { timer.cancel() }
    if try await session.run() == .couldNotRun { throw ExitStatus.couldNotRun.exitCode }
    if time.reason?.hasPrefix("interrupted") == true { stopping.stop(time.reason ?? "") }
    var result = try await explorer.result(of: listener.outcomes)
    result.endedEarly = time.reason != nil
    return result
  }
}

extension RunCoverage {
  init(_ coverage: Coverage) {
    self.init(
      lines: coverage.lines.map {
        Line(
          operation: $0.kind.rawValue, dimension: $0.dimension, run: $0.run, values: $0.count, pairsRun: $0.pairsRun,
          pairs: $0.pairs, missing: $0.missing)
      },
      states: coverage.reached.map { State(name: $0.state, steps: $0.count) }
        + coverage.unreached.map { State(name: $0, steps: 0) })
  }
}
