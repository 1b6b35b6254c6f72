// conform explore: runs sequences that a model of the expected behaviour makes, and shows where the service disagrees.

import ArgumentParser
import ConformanceModel
import Execution
import Exploration
import Glibc
import Reporting
import RunEvents
import ScenarioFiles

struct ExploreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Looks for behaviour that no scenario expects: random sequences against a model of the service.",
    discussion: """
      The model knows which responses the documents allow, as far as the target file declares what they leave open. \
      The same seed makes the same sequences. Each disagreement is made small and printed; --write keeps it as a \
      scenario. The exit status is 1 if there is one that a document requires.
      """)

  @OptionGroup var packs: PackOptions
  @OptionGroup var transport: TransportOptions
  @OptionGroup var report: ReportOptions

  @Option(name: .long, help: "The target file. Default: targets/reference.yaml of the pack.")
  var target: String?

  @Option(name: .long, help: "The number of sequences.")
  var runs = 500

  @Option(name: .long, help: "About how many operations a sequence has.")
  var steps = 20

  @Option(name: .long, help: "The seed of the sequences.")
  var seed: UInt64 = 1

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Only sequences about this area: token, payload, clients or expiry; may be given several times.",
      valueName: "area"),
    transform: { word in
      guard let area = ExplorationArea(rawValue: word) else {
        let words = ExplorationArea.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("unknown area; expected one of: \(words)")
      }
      return area
    })
  var area: [ExplorationArea] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Operations that overlap, at most this many at once, and whether some order of them explains what they did.",
      valueName: "operations"))
  var concurrency: Int?

  @Option(
    name: .customLong("time-limit"),
    help: "No further sequences start after this time; what disagreed is made small for as long again at most.")
  var timeLimit = "60s"

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("How many sequences run at the same time. Default: as the target file says, or 16."))
  var jobs: Int?

  @Option(
    name: .long, help: ArgumentHelp("Write each disagreement as a scenario into this folder.", valueName: "folder"))
  var write: String?

  @Option(
    name: .long,
    help: "Run all sequences in one run, and write its run.jsonl and its reports into this folder, with the coverage.")
  var reports: String?

  @Flag(name: .shortAndLong, help: "Also show which values of which dimensions were run.")
  var verbose = false

  func validate() throws {
    try transport.check()
    guard (1...100_000).contains(runs) else { throw ValidationError("--runs must be from 1 to 100000") }
    guard (3...200).contains(steps) else { throw ValidationError("--steps must be from 3 to 200") }
    guard let limit = try? SimulatedDuration(parsing: timeLimit), limit.milliseconds > 0 else {
      throw ValidationError("--time-limit must be a duration such as 60s")
    }
    guard concurrency.map((2...History.maxOverlapping).contains) ?? true else {
      throw ValidationError("--concurrency must be from 2 to \(History.maxOverlapping)")
    }
    guard area.isEmpty || concurrency == nil else {
      throw ValidationError("--area is about sequences, and --concurrency runs overlapping operations in their place")
    }
    guard concurrency == nil || !writesReports else {
      throw ValidationError("reports are about sequences, and --concurrency runs overlapping operations in their place")
    }
    if writesReports {
      try arguments().check(log: log)
      try arguments().checkInputs(
        log: log, target: target ?? PackFiles.referenceTarget(of: packs.paths), pack: packs.paths, [])
    }
    guard jobs.map(Target.jobCounts.contains) ?? true else { throw ValidationError("--jobs must be from 1 to 10000") }
  }

  func run() async throws {
    let (library, target) = try PackFiles.load(
      packs.paths, target: target ?? PackFiles.referenceTarget(of: packs.paths))
    let environment = try TargetVariables.values(for: target)
    var transport = transport
    transport.adopt(target)
    let stopping = EarlyStop()
    Signals.listen { stopping.stop("interrupted by \($0)") }
    let session = TrialSession(
      target: target, transport: transport.options, jobs: jobs ?? target.jobs ?? RunOptions().jobs,
      environment: environment, requirements: library.requirements, invariants: library.invariants,
      stopping: stopping)
    let start = WallClock.monotonic
    let limit = try Double(SimulatedDuration(parsing: timeLimit).milliseconds) / 1000
    var plan = ExplorationPlan()
    plan.runs = runs
    plan.steps = steps
    plan.seed = seed
    if !area.isEmpty { plan.areas = Set(area) }
    plan.isOver = { stopping.reason != nil || WallClock.monotonic - start > limit }
    // what is found late is still made small, but not for ever
    plan.mustEnd = { stopping.reason != nil || WallClock.monotonic - start > 2 * limit }
    if let concurrency {
      return try await exploreOverlaps(session, plan, concurrency, stopping, since: start)
    }
    let explorer = Explorer(Model(Facts(target)), plan) { try await session.run($0) }
    let result: ExplorationResult
    do {
      result =
        writesReports
        ? try await reported(explorer, library, target, stopping, limit: limit) : try await explorer.explore()
    } catch let error as TargetError {
      throw StartError(.couldNotRun, error.message)
    }
    let text = ExplorationText(result, explorer.model, seed: seed, seconds: WallClock.monotonic - start)
    Output.write(text.summary + (verbose ? text.coverage : ""))
    try write(result, explorer.model)
    if stopping.reason != nil { throw ExitStatus.interrupted.exitCode }
    if result.disagreements.contains(where: { $0.level == .must }) { throw ExitStatus.failed.exitCode }
    if result.operations == 0 { throw ExitStatus.incomplete.exitCode }
  }

  private func exploreOverlaps(
    _ session: TrialSession, _ plan: ExplorationPlan, _ concurrency: Int, _ stopping: EarlyStop, since start: Double
  ) async throws {
    let model = Model(Facts(session.target))
    let explorer = OverlapExplorer(model, plan, concurrency: concurrency) { try await session.record($0) }
    let result: OverlapResult
    do {
      result = try await explorer.explore()
    } catch let error as TargetError {
      throw StartError(.couldNotRun, error.message)
    }
    Output.write(ExplorationText.summary(result, seed: seed, seconds: WallClock.monotonic - start))
    if stopping.reason != nil { throw ExitStatus.interrupted.exitCode }
    if !result.disagreements.isEmpty { throw ExitStatus.failed.exitCode }
    if result.operations == 0 { throw ExitStatus.incomplete.exitCode }
  }

  private func write(_ result: ExplorationResult, _ model: Model) throws {
    guard let write else { return }
    var ids: [String] = []
    do throws(ReportError) {
      try ReportFolder.make(write)
      for disagreement in result.disagreements where !disagreement.isFlaky {
        guard let scenario = model.scenario(of: disagreement) else { continue }
        let comments = ["Found by conform explore --seed \(seed). The service that had it: \(disagreement.text)"]
        let path = Path.join(write, "\(scenario.id).yaml")
        try ReportFile.write(ScenarioText(scenario, comments: comments).text, to: path)
        Output.write("wrote \(path)")
        ids.append(scenario.id)
      }
    } catch {
      Output.error(error.description)
      throw ExitStatus.couldNotRun.exitCode
    }
    if !ids.isEmpty { Output.write("to run them: \(command(for: ids, in: write))") }
  }

  /// Runs written scenarios, which cover requirements of the pack.
  private func command(for ids: [String], in folder: String) -> String {
    var words = ["conform", "run"] + packs.paths.flatMap { ["--pack", $0] } + [folder]
    if let target { words += ["--target", target] }
    return (words + ids.flatMap { ["--only", $0] }).map(Shell.word).joined(separator: " ")
  }
}
