// Compares a run with a former one, which then decides the exit status: conform run --baseline.

import ConformanceModel
import Foundation
import Reporting
import RunEvents

/// Lets a run pass if nothing is worse than in its baseline.
struct RegressionGate {
  private let baseline: ComparedRun

  /// Reads the baseline.
  ///
  /// - Parameter others: The cases of other shards, which are not missing in this one.
  /// - Throws: `ExitCode` if the baseline cannot be used; nothing has been sent then.
  init(baseline path: String, without others: some Sequence<PlannedCase>) throws {
    do throws(ReportError) { baseline = try ComparedRun(path: path).without(others) } catch {
      Output.error("\(SafeText.forConsole(error.description)); it cannot be used as a baseline; nothing was sent")
      throw ExitStatus.usageError.exitCode
    }
  }

  /// The new log replaces the former one at the same path. If that is the baseline, its name is removed first: the open
  /// file can still be read.
  func keepBaseline(from path: String) {
    var one = stat(), other = stat()
    guard stat(path, &one) == 0, stat(baseline.path, &other) == 0, one.st_dev == other.st_dev,
      one.st_ino == other.st_ino
    else { return }
    unlink(URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
  }

  /// Compares, prints the result, and writes it into the folder of the reports.
  ///
  /// - Parameter isAlone: No report goes to the standard output.
  func compare(_ log: RunLog, in folder: String, isAlone: Bool) throws(ReportError) -> Comparison {
    let comparison = try Comparison(baseline, try ComparedRun(log))
    // the run has printed its own failures already; the reports have all
    let text = try ComparisonFormat.text.render(comparison, maxItems: 10)
    Output.write("\ncompared with the baseline:\n\(text)", to: isAlone ? STDOUT_FILENO : STDERR_FILENO)
    try ComparisonFormat.markdown.write(comparison, to: "\(folder)/compare.md")
    try ComparisonFormat.html.write(comparison, to: "\(folder)/compare.html")
    if let path = ProcessInfo.processInfo.environment["GITHUB_STEP_SUMMARY"], !path.isEmpty {
      try ComparisonFormat.markdown.append(comparison, to: path)
    }
    return comparison
  }

  /// Explains status 1 if the comparison says that nothing regressed.
  static func explainStrictness(_ comparison: Comparison) {
    guard !comparison.fails(isStrict: false) else { return }
    Output.error(
      "--strict: new cases that fail, new warnings, and cases that are no longer judged count as regressions"
    )
  }

  /// Cases that failed or errored in the baseline too do not count.
  ///
  /// - Returns: `couldNotRun` if all cases that regressed are errored.
  static func status(_ comparison: Comparison, isStrict: Bool) -> ExitStatus {
    guard comparison.fails(isStrict: isStrict) else { return .conforms }
    explainStrictness(comparison)
    let worse = comparison.entries.filter { $0.change == .regressed || isStrict && $0.change == .newFailing }
    return !worse.isEmpty && worse.allSatisfy { $0.now == .errored } ? .couldNotRun : .failed
  }
}
