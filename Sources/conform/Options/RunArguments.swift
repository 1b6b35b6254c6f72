// How cases are run, and where the reports go: the arguments that run and resume share.

import ArgumentParser
import ConformanceModel
import Execution
import Glibc
import ScenarioFiles

struct RunArguments: ParsableArguments {
  @OptionGroup var transport: TransportOptions
  @OptionGroup var report: ReportOptions

  @Option(
    name: [.customShort("j"), .customLong("jobs")],
    help: ArgumentHelp(
      "How many cases run at the same time. Default: as the target file says, or 16.", valueName: "jobs"))
  private var givenJobs: Int?

  @Option(
    name: .customLong("max-wait"),
    help: "On the wall clock, a longer wait makes its case pending; 'conform resume --target FILE' runs the rest.")
  var maxWait = "1m"

  @Flag(help: "Warnings fail the run.")
  var strict = false

  @Flag(
    name: .customLong("allow-stale"),
    help: "An entry of the expected deviations that no longer occurs only warns; by default it fails the run.")
  var allowsStale = false

  @Flag(
    help:
      "Print each exchange to standard error as it ends: request, status, duration, start of the body. Masks secrets.")
  var trace = false

  @Flag(
    name: .shortAndLong,
    help: "Show a line for each case as it ends, all failures in full, and their expected-deviation entries.")
  var verbose = false

  /// - Parameters:
  ///   - log: The run log; the reports go into its folder.
  ///   - others: Further files that no report may overwrite.
  func check(log: String, keeping others: [String] = []) throws {
    guard Target.jobCounts.contains(jobs) else { throw ValidationError("--jobs must be from 1 to 10000") }
    guard (try? SimulatedDuration(parsing: maxWait)) != nil else {
      throw ValidationError("--max-wait must be a duration such as 10m")
    }
    try transport.check()
    let folder = Path.folder(of: log)
    try report.check(
      in: folder, keeping: [log, Path.join(folder, "pending.jsonl"), Path.join(folder, "target.log")] + others)
  }

  var jobs: Int { givenJobs ?? RunOptions().jobs }

  /// Takes over what the target file says and no option does.
  mutating func adopt(_ target: Target) {
    givenJobs = givenJobs ?? target.jobs
    transport.adopt(target)
  }

  /// Refuses a report in place of a file that the run reads.
  ///
  /// - Parameters:
  ///   - log: The run log; the reports go into its folder.
  ///   - outputs: Further files that the run writes.
  ///   - target: The target file.
  ///   - pack: Scenario files or folders.
  ///   - others: Further files.
  func checkInputs(log: String, _ outputs: [String] = [], target: String, pack: [String], _ others: [String]) throws {
    try report.check(in: Path.folder(of: log), [log] + outputs) {
      var files = Target.inputFiles(target)
      files += Library.inputFiles(pack)
      files += others
      files += [transport.cacert, transport.cert, transport.key].compactMap(\.self)
      return files
    }
  }

  func options(packVersion: String?) throws -> RunOptions {
    var options = RunOptions()
    options.jobs = jobs
    options.maxWait = try SimulatedDuration(parsing: maxWait)
    options.version = Versions.program
    options.packVersion = packVersion
    options.allowsStaleDeviations = allowsStale
    options.host = RunArguments.hostName
    // as given, so that the run can be repeated
    options.command = CommandLine.arguments
    options.environment = RunEnvironment.facts(self, packVersion: packVersion)
    return options
  }

  /// The machine's own name, without a request to a name server.
  static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
