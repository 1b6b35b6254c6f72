// The target of commands that read a run log: never from the log, which may come from anywhere.

import ArgumentParser
import ConformanceModel
import RunEvents

/// `--target FILE`, which is required: a target file names servers, credentials and programs to run.
struct TrustedTarget: ParsableArguments {
  @Option(name: .long, help: "The target file; required. The log only shows which one the run used.")
  var target: String?

  /// - Throws: `StartError` if there is no `--target`.
  func require(for log: RunLog) throws(StartError) {
    guard target == nil else { return }
    throw StartError(
      .usageError,
      "--target FILE is required; the run used \(SafeText.forConsole(SafeText.oneLine(log.run.targetFile))), "
        + "and a log is not trusted to choose the target")
  }

  /// - Throws: `StartError` if the file cannot be used.
  func load() throws(StartError) -> Target { try PackFiles.target(target ?? "") }
}
