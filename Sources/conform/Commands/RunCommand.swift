// conform run: loads everything, plays, and renders the reports.

import ArgumentParser
import ConformanceModel
import Execution
import Foundation
import Reporting
import ScenarioFiles

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Plays scenarios against a target, and writes reports.")

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var sharding: ShardOptions
  @OptionGroup var playing: RunArguments

  @Option(name: .long, help: "Play the cases in another order, the same for the same number.")
  var shuffle: UInt64?

  @Option(name: .long, help: "Where simulated time starts, in RFC 3339.")
  var start = SimulatedInstant.documented.description

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A former run, as a log or as JUnit: only what regressed since then makes the run fail.",
      discussion:
        "Also the log that this run writes anew. The comparison is shown, and written to compare.md and compare.html.",
      valueName: "file"))
  var baseline: String?

  @Option(name: .long, help: "The folder for run.jsonl and the reports.")
  var reports = "Reports"

  private var log: String { Path.join(reports, "run.jsonl") }

  func validate() throws {
    guard !reports.isEmpty else { throw ValidationError("--reports must name a folder") }
    guard SimulatedInstant(rfc3339: start) != nil else {
      throw ValidationError("--start must be an instant such as 2022-07-20T10:03:08Z")
    }
    try sharding.check()
    // the comparison of the run is written by itself
    let compared = baseline == nil ? [] : ["compare.md", "compare.html"].map { Path.join(reports, $0) }
    try playing.check(log: log, besides: compared)
  }

  func run() async throws {
    var (plan, library) = try selection.load()
    let source = try sharding.split(&plan)
    let gate = try baseline.map { try RegressionGate(baseline: $0, without: plan.casesOfOtherShards) }
    var options = try playing.options(packVersion: library.packVersion)
    if let source, let part = plan.sharding {
      Output.error("shard \(part.index) of \(part.count), by \(source); --no-shard plays the whole plan")
      // the command is to repeat this run elsewhere too
      options.command.insert(contentsOf: ["--shard", "\(part.index)/\(part.count)"], at: min(2, options.command.count))
    }
    options.shuffle = shuffle
    options.start = SimulatedInstant(rfc3339: start) ?? .documented
    let status = try await RunSession(plan: plan, arguments: playing, logPath: log, options: options, gate: gate).play()
    if status != .conforms { throw status.exitCode }
  }
}
