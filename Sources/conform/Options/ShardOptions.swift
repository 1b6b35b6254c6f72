// Which shard of a plan is run: from the command line, or from the variables of the CI system.

import ArgumentParser
import ConformanceModel
import Execution
import FoundationEssentials
import Reporting
import RunEvents

/// One `I/N`.
struct ShardOption: ExpressibleByArgument, Sendable {
  var index: Int
  var count: Int

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let index = ShardOption.number(parts[0]), let count = ShardOption.number(parts[1]) else {
      return nil
    }
    self.init(index: index, count: count)
  }

  init?(index: Int, count: Int) {
    guard (1...Shards.maxCount).contains(count), (1...count).contains(index) else { return nil }
    self.index = index
    self.count = count
  }

  /// Digits alone: `+1` and ` 1` are typing errors.
  static func number(_ text: some StringProtocol) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }
}

struct ShardOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      """
      Run only shard I of N of the plan; 'conform merge' joins the logs. Default: from the variables of GitLab, \
      CircleCI, Buildkite or an indexed job of Kubernetes.
      """,
      valueName: "i/n"))
  var shard: ShardOption?

  @Flag(name: .customLong("no-shard"), help: "Run the whole plan; ignore the variables of the CI system.")
  var ignoresEnvironment = false

  @Option(
    name: .long,
    help:
      "The log of a former run, to balance the shards; may be given several times. All shards need the same logs."
  )
  var durations: [String] = []

  func check() throws {
    if ignoresEnvironment, shard != nil { throw ValidationError("--shard and --no-shard exclude each other") }
  }

  /// Splits the plan, if a shard is chosen.
  ///
  /// - Returns: The variables that chose the shard, if the command line did not.
  func split(_ plan: inout Plan) throws -> String? {
    var source: String?
    var chosen = shard
    if chosen == nil, !ignoresEnvironment, let found = try ShardVariables.find(in: ProcessInfo.processInfo.environment)
    {
      chosen = found.name
      source = found.source
    }
    guard let chosen, chosen.count > 1 else { return nil }
    plan.sharding = Sharding(plan, index: chosen.index, of: chosen.count, seconds: try formerSeconds())
    return source
  }

  /// Seconds of each case by its id; the maximum if several logs contain the case.
  private func formerSeconds() throws -> [String: Double] {
    var seconds: [String: Double] = [:]
    do throws(ReportError) {
      for path in durations {
        for (id, value) in try RunLog(path: path).runSeconds() { seconds[id] = max(seconds[id] ?? 0, value) }
      }
    } catch {
      throw StartError(.usageError, "\(error.description); --durations expects the run.jsonl of a former run")
    }
    return seconds
  }
}

/// The variables in which CI systems number parallel jobs.
struct ShardVariables {
  let index: String
  let count: String
  /// The index of the first job.
  let first: Int

  /// Kubernetes sets only the index; the pod has to set JOB_COMPLETION_COUNT to the value of `completions`.
  static let known = [
    ShardVariables(index: "CI_NODE_INDEX", count: "CI_NODE_TOTAL", first: 1),
    ShardVariables(index: "CIRCLE_NODE_INDEX", count: "CIRCLE_NODE_TOTAL", first: 0),
    ShardVariables(index: "BUILDKITE_PARALLEL_JOB", count: "BUILDKITE_PARALLEL_JOB_COUNT", first: 0),
    ShardVariables(index: "JOB_COMPLETION_INDEX", count: "JOB_COMPLETION_COUNT", first: 0),
  ]

  /// The shard from the environment; `nil` if a variable is missing or both are empty, as in a single job.
  static func find(in environment: [String: String]) throws -> (name: ShardOption, source: String)? {
    for variables in known {
      guard let index = environment[variables.index], let count = environment[variables.count],
        !index.isEmpty || !count.isEmpty
      else { continue }
      let source = "\(variables.index)=\(index) and \(variables.count)=\(count)"
      guard let place = ShardOption.number(index), let total = ShardOption.number(count), place < .max,
        let name = ShardOption(index: place + 1 - variables.first, count: total)
      else {
        throw ValidationError(
          "\(source) is not a shard: the first index is \(variables.first), the maximum count is \(Shards.maxCount); "
            + "choose one with --shard I/N, or run the whole plan with --no-shard"
        )
      }
      return (name, source)
    }
    return nil
  }
}
