// The verdict of a test case.

/// The verdict of a test case. A case that did not run to its end is never `passed`.
public enum Verdict: String, Sendable, Hashable, CaseIterable {
  case passed
  /// A requirement with the level `must` is not met.
  case failed
  /// A requirement with the level `should` or `may`, or an expectation under `should`, is not met.
  case warned
  /// It does not apply to this target, with a reason.
  case skipped
  /// It could not be judged: conform or the target could not run it.
  case errored
  /// It waits for real time to pass.
  case pending
}
