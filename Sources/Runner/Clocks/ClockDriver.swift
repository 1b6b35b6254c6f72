// What moves a target's clock.

public import Conformance

/// Moves the clock of a target forward.
public protocol ClockDriver: Sendable {
  /// The target's time, or `nil` where it cannot be read.
  func read() async throws(TargetError) -> Instant?
  /// Moves the clock forward to the instant, and makes sure that it is there.
  func advance(to instant: Instant) async throws(TargetError)
}
