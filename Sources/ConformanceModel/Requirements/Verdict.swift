// How a test case ended.

/// A verdict must be earned: a case that was not played to its end is never `passed`.
public enum Verdict: String, Sendable, Hashable, CaseIterable {
  case passed
  /// A requirement is not met.
  case failed
  /// Something that should be so is not; or a clause that only should hold does not.
  case warned
  /// It does not apply to this target, and says why.
  case skipped
  /// The harness or the target could not play it.
  case errored
  /// It waits for real time to pass.
  case pending
}
