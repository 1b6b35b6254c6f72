// The result of an exploration for the console.

import ConformanceModel
import Exploration

struct ExplorationText {
  private let result: ExplorationResult
  private let model: Model
  private let seed: UInt64
  private let seconds: Double

  init(_ result: ExplorationResult, _ model: Model, seed: UInt64, seconds: Double) {
    self.result = result
    self.model = model
    self.seed = seed
    self.seconds = seconds
  }

  var summary: String {
    var lines: [String] = []
    for (index, disagreement) in result.disagreements.enumerated() {
      let flaky =
        (disagreement.level == .must ? "" : " (only recommended)")
        + (disagreement.isFlaky ? " (flaky: it did not repeat)" : "")
      let count = disagreement.sequences.counted("sequence")
      lines.append("disagreement \(index + 1), \(disagreement.operations.count.counted("step")), in \(count)\(flaky)")
      lines += disagreement.lines(model).map { "  \(SafeText.forConsole(SafeText.oneLine($0)))" }
      lines.append("")
    }
    if result.omitted > 0 {
      lines.append("\(result.omitted.counted("further kind")) of disagreement: not made small")
    }
    for (reason, count) in result.notJudged.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(5) {
      let shown = SafeText.forConsole(SafeText.oneLine(reason))
      lines.append("\(count.counted("sequence")) not judged to the end: \(shown)")
    }
    let end = result.endedEarly ? "; the time limit ended it early" : ""
    let amount = "\(result.sequences.counted("sequence")) with \(result.operations.counted("step"))"
    lines.append(
      "\(amount) in \(Self.rounded(seconds)) s, seed \(seed): "
        + "\(result.disagreements.count.counted("disagreement"))\(end)")
    return lines.joined(separator: "\n") + "\n"
  }

  /// Which values of which dimensions were run.
  var coverage: String {
    var lines = ["", "operation: dimension: values run, pairs run with values of other dimensions"]
    for line in result.coverage.lines {
      lines.append(
        "\(line.kind.rawValue): \(line.dimension): \(line.run) of \(line.count), \(line.pairsRun) of \(line.pairs)")
      lines += line.missing.map { "  not run: \($0)" }
    }
    lines.append("")
    lines += result.coverage.reached.map { "\($0.state): \($0.count.counted("step"))" }
    lines += result.coverage.unreached.map { "\($0): not reached" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What overlapping operations showed.
  static func summary(_ result: OverlapResult, seed: UInt64, seconds: Double) -> String {
    var lines: [String] = []
    for (index, disagreement) in result.disagreements.enumerated() {
      let seen =
        disagreement.isFlaky
        ? "flaky: it did not repeat" : "seen in \(disagreement.repeats) of \(OverlapDisagreement.trials) further runs"
      lines.append("disagreement \(index + 1), in \(disagreement.count.counted("overlap")) (\(seen))")
      lines += disagreement.lines.map { "  \(SafeText.forConsole(SafeText.oneLine($0)))" }
      lines.append("")
    }
    if result.omitted > 0 {
      lines.append("\(result.omitted.counted("further kind")) of disagreement: not made small")
    }
    lines.append(
      "\(result.overlaps.counted("overlap")) with \(result.operations.counted("operation")) in \(rounded(seconds)) s, "
        + "seed \(seed): \(result.disagreements.count.counted("disagreement"))")
    return lines.joined(separator: "\n") + "\n"
  }

  static func rounded(_ seconds: Double) -> String {
    let tenths = Int((seconds * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
