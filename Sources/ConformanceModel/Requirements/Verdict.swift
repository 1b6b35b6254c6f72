// The verdict of a test case.

/// The verdict of a test case. A case that did not run to its end is never `passed`.
public enum Verdict: String, Sendable, Hashable, CaseIterable {
  case passed
  /// A requirement is not met.
  case failed
  /// A recommendation is not met: a requirement or an expectation with the level `should`.
  case warned
  /// It does not apply to this target, with a reason.
  case skipped
  /// The harness or the target could not run it.
  case errored
  /// It waits for real time to pass.
  case pending
}
