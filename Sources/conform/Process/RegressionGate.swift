// Compares a run with a former one, which then decides the exit status: conform run --baseline.

import ConformanceModel
import FoundationEssentials
import Glibc
import Reporting
import RunEvents

/// Lets a run pass if nothing is worse than in its baseline.
struct RegressionGate {
  private let baseline: ComparedRun
  private let file: BaselineFile
  /// The run contains every case of the pack, so that it can replace the baseline.
  private let isWhole: Bool

  /// Reads the baseline.
  ///
  /// - Parameters:
  ///   - target: The name of the run's target.
  ///   - packVersion: The version of the run's pack.
  ///   - others: The cases of other shards, which are not missing in this one.
  /// - Throws: `StartError` if the baseline cannot be used, judged nothing, or is a run of another target.
  init(
    _ file: BaselineFile, target: String, packVersion: String?, without others: some Sequence<PlannedCase>,
    isWhole: Bool
  ) throws(StartError) {
    self.file = file
    self.isWhole = isWhole
    let former: ComparedRun
    do throws(ReportError) { former = try ComparedRun(path: file.path) } catch {
      throw StartError(
        .usageError,
        "\(SafeText.forConsole(error.description)); it cannot be used as a baseline; nothing was sent"
          + (access(file.path, F_OK) == 0 ? "" : "; omit --baseline in the first run"))
    }
    guard former.isJudged else {
      throw StartError(
        .usageError,
        "\(SafeText.forConsole(file.path)): nothing was judged in this run; it cannot be a baseline; "
          + "run once without --baseline; nothing was sent")
    }
    baseline = former.without(others)
    if let former = baseline.target, former != target {
      throw StartError(
        .usageError,
        "\(file.path): is a run of another target, '\(SafeText.forConsole(SafeText.oneLine(former)))', "
          + "not of '\(target)'; nothing was sent")
    }
    if let former = baseline.packVersion, let packVersion, former != packVersion {
      Output.error(
        "note: the baseline is a run of pack version \(SafeText.forConsole(SafeText.oneLine(former))), "
          + "this run of \(packVersion)")
    }
  }

  /// Keeps the baseline, if the new log replaces it.
  func keepBaseline() throws(ReportError) { try file.keep() }

  /// Makes a run without a regression the next baseline. A part of the pack and a JUnit file are never written.
  func promote() throws(ReportError) {
    guard isWhole, baseline.isRunLog else { return }
    try file.promote()
  }

  /// Compares, prints the result, and writes it into the folder of the reports.
  ///
  /// - Parameter isAlone: No report goes to the standard output.
  func compare(_ log: RunLog, in folder: String, isAlone: Bool) throws(ReportError) -> Comparison {
    let comparison = try Comparison(baseline, try ComparedRun(log))
    // the run has printed its own failures already; the reports have all
    let text = ComparisonFormat.text.render(comparison, maxItems: 10)
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
      "--strict: new cases that fail, new warnings, and cases that are no longer judged count as regressions")
  }

  /// Cases that are as bad in the baseline do not count.
  ///
  /// - Returns: `couldNotRun` if all cases that regressed are errored.
  static func status(_ comparison: Comparison, isStrict: Bool) -> ExitStatus {
    guard comparison.fails(isStrict: isStrict) else { return .conforms }
    explainStrictness(comparison)
    let worse = comparison.entries.filter { $0.change == .regressed || isStrict && $0.change == .newFailing }
    return !worse.isEmpty && worse.allSatisfy { $0.now == .errored } ? .couldNotRun : .failed
  }
}
