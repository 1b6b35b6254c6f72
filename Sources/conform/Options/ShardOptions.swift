// Which part of a plan is played, where several machines share the work: from the command line, or from the CI system's variables.

import ArgumentParser
import ConformanceModel
import Execution
import Foundation
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
    guard (1...Shards.most).contains(count), (1...count).contains(index) else { return nil }
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
      "Play only part I of N of the plan; 'conform merge' joins the logs. Default: what GitLab, CircleCI, Buildkite or an indexed job of Kubernetes says in its variables.",
      valueName: "i/n"))
  var shard: ShardOption?

  @Flag(name: .customLong("no-shard"), help: "Play the whole plan, whatever the CI system's variables say.")
  var ignoresEnvironment = false

  @Option(
    name: .long,
    help:
      "The log of a former run, so that all shards take about as long; may be given several times. All shards need the same."
  )
  var durations: [String] = []

  func check() throws {
    if ignoresEnvironment, shard != nil { throw ValidationError("--shard and --no-shard exclude each other") }
  }

  /// Splits the plan, where it is to be split.
  ///
  /// - Returns: What chose the shard, if it was not the command line: the names of the variables.
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

  /// How long cases took: the longest, where several logs tell of one.
  private func formerSeconds() throws -> [String: Double] {
    var seconds: [String: Double] = [:]
    do throws(ReportError) {
      for path in durations {
        for (id, value) in try RunLog(path: path).runSeconds() { seconds[id] = max(seconds[id] ?? 0, value) }
      }
    } catch {
      Output.error("\(error.description); --durations takes the run.jsonl of a former run")
      throw Status.usageError.exitCode
    }
    return seconds
  }
}

/// The variables by which CI systems tell a job which of several it is.
struct ShardVariables {
  let index: String
  let count: String
  /// The number of the first.
  let first: Int

  /// Kubernetes tells the index alone; JOB_COMPLETION_COUNT is to be set in the pod, to what `completions` says.
  static let known = [
    ShardVariables(index: "CI_NODE_INDEX", count: "CI_NODE_TOTAL", first: 1),
    ShardVariables(index: "CIRCLE_NODE_INDEX", count: "CIRCLE_NODE_TOTAL", first: 0),
    ShardVariables(index: "BUILDKITE_PARALLEL_JOB", count: "BUILDKITE_PARALLEL_JOB_COUNT", first: 0),
    ShardVariables(index: "JOB_COMPLETION_INDEX", count: "JOB_COMPLETION_COUNT", first: 0),
  ]

  /// The shard that the environment names: nothing where a variable lacks or both are empty, as where a job is the only one.
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
          "the environment names no shard: \(source), where the first is \(variables.first) and there are at most \(Shards.most); --shard I/N says it instead, and --no-shard plays the whole plan"
        )
      }
      return (name, source)
    }
    return nil
  }
}
