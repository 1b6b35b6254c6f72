// The command that runs one case or one scenario again.

import ConformanceModel
import RunEvents

enum RepeatCommand {
  /// Options with a value that select scenarios or cases, or compare the whole run with others.
  private static let ofWholeRun: Set<String> = [
    "--only", "--tag", "--exclude-tag", "--source", "--shard", "--durations", "--baseline", "--history",
    "--max-failures",
  ]
  /// Options without a value that are about the other cases of a run.
  private static let flags: Set<String> = ["--fail-fast", "--failed", "--watch", "--keep-target"]

  /// The command of the run with this case only. Of an invariant it is the case that violates it; `nil` if there is none
  /// to select, as for the probe.
  static func text(_ run: RunDescription, case record: CaseRecord) -> String? {
    let planned = record.planned
    guard planned.suite == Invariant.suite else {
      return planned.suite == PlannedCase.probeSuite ? nil : text(run, scenario: planned.id)
    }
    let origins = record.sortedFindings.lazy.compactMap(\.originCase)
    return origins.first { $0 != PlannedCase.probeSuite }.flatMap { text(run, scenario: $0) }
  }

  /// The command of the run for bash, with this scenario or case only; `nil` if the log is not of a run.
  static func text(_ run: RunDescription, scenario: String) -> String? {
    parts(run).map { [$0.before, Shell.word(scenario), $0.after].filter { !$0.isEmpty }.joined(separator: " ") }
  }

  /// The command before and after the id of a scenario or case.
  static func parts(_ run: RunDescription) -> (before: String, after: String)? {
    guard run.command.count >= 2, run.command[1] == "run" else { return nil }
    var words: [String] = []
    var isValue = false
    let end = run.command.firstIndex(of: "--") ?? run.command.endIndex
    for word in run.command[..<end] {
      if isValue {
        isValue = false
      } else if ofWholeRun.contains(word) {
        isValue = true
      } else if !flags.contains(word), !ofWholeRun.contains(where: { word.hasPrefix("\($0)=") }) {
        words.append(word)
      }
    }
    // after -- there are only files and folders
    let text = { (words: [String]) in words.map(Shell.word).joined(separator: " ") }
    return (text(words + ["--only"]), text(Array(run.command[end...])))
  }

  /// The command of the run, of all its cases and not only of those that failed before.
  static func whole(_ run: RunDescription) -> String {
    let end = run.command.firstIndex(of: "--") ?? run.command.endIndex
    let words = run.command[..<end].filter { $0 != "--failed" } + run.command[end...]
    return words.map(Shell.word).joined(separator: " ")
  }

  /// The command of the run.
  static func text(_ run: RunDescription) -> String {
    run.command.map(Shell.word).joined(separator: " ")
  }
}
