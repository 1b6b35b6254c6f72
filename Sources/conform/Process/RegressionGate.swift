// A run that is judged by what a former one did: conform run --baseline.

import ConformanceModel
import Foundation
import Reporting
import RunEvents

/// Lets a run pass as long as nothing is worse than in its baseline.
struct RegressionGate {
  private let baseline: ComparedRun

  /// Reads the baseline, and ends the program where it cannot be used: nothing was sent then.
  ///
  /// - Parameter others: What other shards of the run play, and is not missed in this one.
  init(baseline path: String, without others: some Sequence<PlannedCase>) throws {
    do throws(ReportError) { baseline = try ComparedRun(path: path).without(others) } catch {
      Output.error("\(SafeText.forConsole(error.description)); it cannot be a baseline, and nothing was sent")
      throw Status.usageError.exitCode
    }
  }

  /// The log of a run is written anew into the same file. Where the baseline is that file, it goes on without its name: what was
  /// opened can still be read.
  func keepBaseline(from path: String) {
    var one = stat(), other = stat()
    guard stat(path, &one) == 0, stat(baseline.path, &other) == 0, one.st_dev == other.st_dev,
      one.st_ino == other.st_ino
    else { return }
    unlink(URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
  }

  /// Compares, shows the outcome, and writes it beside the other reports.
  ///
  /// - Parameter isAlone: Nothing else has the standard output for itself.
  func compare(_ log: RunLog, in folder: String, isAlone: Bool) throws(ReportError) -> Comparison {
    let comparison = try Comparison(baseline, try ComparedRun(log))
    // the run has told of its own failures already; the reports have all
    let text = try ComparisonFormat.text.render(comparison, most: 10)
    Output.write("\ncompared with the baseline:\n\(text)", to: isAlone ? STDOUT_FILENO : STDERR_FILENO)
    try ComparisonFormat.markdown.write(comparison, to: "\(folder)/compare.md")
    try ComparisonFormat.html.write(comparison, to: "\(folder)/compare.html")
    if let path = ProcessInfo.processInfo.environment["GITHUB_STEP_SUMMARY"], !path.isEmpty {
      try ComparisonFormat.markdown.append(comparison, to: path)
    }
    return comparison
  }

  /// Says why status 1 stands beside words that nothing regressed.
  static func tellOfStrictness(_ comparison: Comparison) {
    guard !comparison.fails(isStrict: false) else { return }
    Output.error(
      "by --strict this is as bad as a regression: new cases that fail, new warnings, and cases that are not judged any more"
    )
  }

  /// What the baseline failed or errored as well does not count. A case that could not be judged stays the harness's own failure.
  static func status(_ comparison: Comparison, isStrict: Bool) -> Status {
    guard comparison.fails(isStrict: isStrict) else { return .conforms }
    tellOfStrictness(comparison)
    let worse = comparison.entries.filter { $0.change == .regressed || isStrict && $0.change == .newFailing }
    return !worse.isEmpty && worse.allSatisfy { $0.now == .errored } ? .couldNotRun : .failed
  }
}
