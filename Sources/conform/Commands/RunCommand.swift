// conform run: runs scenarios against a target, and writes reports.

import ArgumentParser
import ConformanceModel
import Execution
import FoundationEssentials
import Glibc
import Reporting
import RunEvents
import ScenarioFiles

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs scenarios against a target, and writes reports.")

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var sharding: ShardOptions
  @OptionGroup var arguments: RunArguments
  @OptionGroup var failures: FailureOptions

  @Option(name: .long, help: "Run the cases in random order, the same for the same number.")
  var shuffle: UInt64?

  @Option(
    name: .long, help: "Repeat the values of ${uuid}: the same for the same number. Default: new ones in each run.")
  var seed: UInt64?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The start of simulated time, in RFC 3339. Default: that of the target file, or 2022-07-20T10:03:08Z.",
      valueName: "start"))
  var start: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The log or JUnit file of a former run: only regressions fail this run.",
      discussion: """
        May be the log that this run replaces. The comparison is printed, and written to compare.md and compare.html. \
        A run log is replaced by the log of a whole run without a regression.
        """,
      valueName: "file"))
  var baseline: String?

  @Option(
    name: .customLong("run-id"),
    help: ArgumentHelp(
      "The id of the run, the same for all its shards. Default: from the variables of the CI system.",
      valueName: "id"))
  var runID: String?

  @Flag(
    name: .customLong("no-probe"),
    help: "Do not try the target file before the cases; every case then judges it on its own.")
  var skipsProbe = false

  @Option(name: .long, help: "The folder for run.jsonl and the reports.")
  var reports = "Reports"

  /// A run of fewer cases shows a slip of the target file as soon as a probe would.
  private static let minProbedCases = 100

  private var log: String { Path.join(reports, "run.jsonl") }
  private var baselineFile: BaselineFile? { baseline.map { BaselineFile($0, log: log) } }

  func validate() throws {
    guard !reports.isEmpty else { throw ValidationError("--reports must name a folder") }
    if let start, SimulatedInstant(rfc3339: start) == nil {
      throw ValidationError("--start must be an instant such as 2022-07-20T10:03:08Z")
    }
    if let runID, !RunEnvironment.isRunID(runID) {
      throw ValidationError("--run-id must have from 1 to 200 printable ASCII characters")
    }
    try sharding.check()
    try failures.check(hasBaseline: baseline != nil)
    if failures.failed, sharding.shard != nil {
      throw ValidationError("--failed and --shard exclude each other: each shard has failures of its own")
    }
    // the comparison has files of its own
    let compared =
      baseline == nil ? [] : ["compare.md", "compare.html", "baseline.jsonl"].map { Path.join(reports, $0) }
    try arguments.check(log: log, keeping: compared)
    try arguments.checkInputs(
      log: log, compared, target: selection.targetPath, pack: selection.paths,
      sharding.durations + [baseline].compactMap(\.self))
  }

  func run() async throws {
    guard failures.watch else { return try await runOnce() }
    while true {
      // what changes during the run counts as well
      let files = WatchedFiles(pack: selection.paths, target: selection.targetPath)
      do { try await runOnce() } catch let status as ExitCode where status != ExitStatus.interrupted.exitCode {}
      // the run has taken its own signals
      Signals.listen { _ in _exit(ExitStatus.interrupted.rawValue) }
      Output.error("watching \(files.count.counted("file")); Ctrl-C ends")
      let changed = try await files.nextChange {
        WatchedFiles(pack: selection.paths, target: selection.targetPath)
      }
      Output.error("\(changed) has changed")
    }
  }

  private func runOnce() async throws {
    let failed = try lastFailures()
    do {
      let session = try prepare(failed)
      let status = try await session.run()
      if [.failed, .couldNotRun].contains(status) { warn(of: session.plan.target) }
      if status != .conforms { throw status.exitCode }
    } catch let error as StartError {
      error.print()
      if error.keepsLog { throw error.status.exitCode }
      FailedStart(
        error: error, arguments: arguments, logPath: log, target: selection.targetPath,
        targetFile: selection.targetPath, baseline: baselineFile
      ).report()
      throw error.status.exitCode
    }
  }

  /// What `check` warns of, since cases may have failed for that reason.
  private func warn(of target: Target) {
    for warning in TargetWarnings.of(target) {
      Output.error("warning: \(warning); cases may have failed for that reason")
    }
  }

  /// The cases of `--failed`, read before anything can replace the log.
  private func lastFailures() throws -> FailedCases? {
    guard failures.failed else { return nil }
    do throws(StartError) { return try FailedCases(log: log) } catch {
      error.print()
      throw error.status.exitCode
    }
  }

  /// Loads everything that the run needs; nothing is sent.
  private func prepare(_ failed: FailedCases?) throws -> RunSession {
    var (plan, library) = try selection.load(readsAll: false, failed: failed)
    if selection.isWhole {
      // in a part of a pack, the others may not be loaded
      let unknown = library.unknownDeviations(of: plan.target)
      guard unknown.isEmpty else { throw StartError(unknown) }
    }
    if !skipsProbe, plan.caseCount >= RunCommand.minProbedCases || plan.target.observesLifetime { plan.addProbe() }
    if failures.keepsTarget, plan.target.launch == nil {
      throw StartError(
        .usageError, "--keep-target needs a target that conform launches; \(plan.target.name) is not one")
    }
    var arguments = arguments
    arguments.adopt(plan.target)
    // the log of a shard has its own failures alone
    let source = failed == nil ? try sharding.split(&plan) : nil
    let gate = try baselineFile.map {
      try RegressionGate(
        $0, target: plan.target.name, packVersion: library.packVersion, without: plan.casesOfOtherShards,
        isWhole: selection.isWhole && plan.sharding == nil && failed == nil)
    }
    var options = try arguments.options(packVersion: library.packVersion)
    options.runsPart = !selection.isWhole || failed != nil
    options.failedBefore = failed.map { remember($0, library) } ?? []
    options.environment.append(RunFact(RunFact.pack, selection.packs.title))
    options.runID = runID ?? RunEnvironment.runID(ProcessInfo.processInfo.environment)
    if let source, let part = plan.sharding {
      Output.error("shard \(part.index) of \(part.count), from \(source); --no-shard runs the whole plan")
      // so that the recorded command repeats this shard without the variables
      options.command.insert(contentsOf: ["--shard", "\(part.index)/\(part.count)"], at: min(2, options.command.count))
    }
    if let proxy = plan.target.shownProxy {
      let source = plan.target.route.proxy == nil ? "environment" : "target file"
      Output.error("note: requests to the target go through the proxy \(proxy), as the \(source) says")
      options.environment.append(RunFact("proxy", proxy))
    } else if plan.target.route.proxy == Target.Proxy.none {
      options.environment.append(RunFact("proxy", "none"))
    }
    options.shuffle = shuffle
    options.seed = seed
    options.maxFailures = failures.limit
    let given = start.flatMap { SimulatedInstant(rfc3339: $0) } ?? plan.target.clock?.start
    options.start = given ?? .documented
    options.startIsGiven = given != nil
    return RunSession(
      plan: plan, scenarios: library.scenarios, arguments: arguments, logPath: log, options: options, gate: gate,
      keepsTarget: failures.keepsTarget, draftsReports: true)
  }

  /// The failures that the next run with `--failed` has to know: without those that a whole pack no longer has.
  private func remember(_ failed: FailedCases, _ library: Library) -> [String] {
    guard selection.namesWholePack else { return failed.ids }
    let known = failed.known(in: library)
    let gone = Set(failed.ids).subtracting(known).sorted()
    if !gone.isEmpty {
      Output.error(
        "note: the pack no longer has \(gone.count.counted("case")) that failed: \(gone.prefix(5).joined(separator: "; "))"
          + (gone.count > 5 ? "; …" : ""))
    }
    return known
  }
}
