// How cases are played, and where the reports go: the words that run and resume share.

import ArgumentParser
import ConformanceModel
import Execution
import Glibc

struct RunArguments: ParsableArguments {
  @OptionGroup var transport: TransportOptions
  @OptionGroup var report: ReportOptions

  @Option(name: .shortAndLong, help: "How many cases are at work at a time.")
  var jobs = 16

  @Option(
    name: .customLong("max-wait"),
    help: "On the wall clock, a longer wait makes its case pending; 'conform resume' plays the rest.")
  var maxWait = "1m"

  @Flag(help: "A warning makes the run fail.")
  var strict = false

  @Flag(name: .shortAndLong, help: "Show a line for each passed case too.")
  var verbose = false

  /// - Parameters:
  ///   - log: The run log, beside which the reports go.
  ///   - others: Further files that no report may be written over.
  func check(log: String, besides others: [String] = []) throws {
    guard (1...10_000).contains(jobs) else { throw ValidationError("--jobs must be from 1 to 10000") }
    guard (try? SimulatedDuration(parsing: maxWait)) != nil else {
      throw ValidationError("--max-wait must be a duration such as 10m")
    }
    try transport.check()
    let folder = Path.folder(of: log)
    try report.check(
      in: folder, keeping: [log, Path.join(folder, "pending.jsonl"), Path.join(folder, "target.log")] + others)
  }

  func options(packVersion: String?) throws -> RunOptions {
    var options = RunOptions()
    options.jobs = jobs
    options.maxWait = try SimulatedDuration(parsing: maxWait)
    options.version = Conform.version
    options.host = RunArguments.hostName
    // as it was called, so that it can be called again
    options.command = CommandLine.arguments
    options.environment = RunEnvironment.facts(self, packVersion: packVersion)
    return options
  }

  /// The machine's own name, without asking any name service.
  private static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
