// The command that plays one scenario of a run again.

import ConformanceModel
import RunEvents

enum RepeatCommand {
  /// Options that choose among scenarios or cases, and those that compare the whole run with others, each with a value.
  private static let ofTheWhole: Set<String> = [
    "--only", "--tag", "--exclude-tag", "--shard", "--durations", "--baseline", "--history",
  ]

  /// The run's own command for a POSIX shell, for this scenario alone; `nil` where the log is of no run.
  static func text(_ run: RunDescription, scenario: String) -> String? {
    guard run.command.count >= 2, run.command[1] == "run" else { return nil }
    var words: [String] = []
    var isValue = false
    let end = run.command.firstIndex(of: "--") ?? run.command.endIndex
    for word in run.command[..<end] {
      if isValue {
        isValue = false
      } else if ofTheWhole.contains(word) {
        isValue = true
      } else if !ofTheWhole.contains(where: { word.hasPrefix("\($0)=") }) {
        words.append(word)
      }
    }
    // behind -- there are only files and folders
    return (words + ["--only", scenario] + run.command[end...]).map { Curl.word(SafeText.forConsole($0)) }.joined(
      separator: " ")
  }

  /// The whole run.
  static func text(_ run: RunDescription) -> String {
    run.command.map { Curl.word(SafeText.forConsole($0)) }.joined(separator: " ")
  }
}
