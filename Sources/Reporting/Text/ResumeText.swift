// The command that continues the pending cases of a run.

import RunEvents

enum ResumeText {
  private static let usualLog = "Reports/run.jsonl"
  /// Options of `run` that `resume` has as well, and without which it would be about another target.
  private static let options: Set<String> = [
    "--target", "--profile", "--cacert", "--unix-socket", "--resolve", "--timeout", "--max-wait",
  ]
  private static let flags: Set<String> = ["--insecure", "--fresh-connections"]

  /// The command for bash; `nil` if the log is not of a run.
  static func command(_ log: RunLog) -> String? {
    let command = log.run.command
    guard command.count >= 2, command[1] == "run" else { return nil }
    var words = [command[0], "resume"] + (log.path == usualLog ? [] : [log.path])
    var isValue = false
    for word in command.dropFirst(2).prefix(while: { $0 != "--" }) {
      if isValue || flags.contains(word) || options.contains(where: { word.hasPrefix("\($0)=") }) {
        words.append(word)
        isValue = false
      } else if options.contains(word) {
        words.append(word)
        isValue = true
      }
    }
    return words.map(Shell.word).joined(separator: " ")
  }
}
