// Reads and advances a target's clock.

public import ConformanceModel
import RunEvents

/// Advances the clock of a target.
public protocol ClockDriver: Sendable {
  /// The target's time, or `nil` if it cannot be read.
  func read() async throws(TargetError) -> SimulatedInstant?
  /// Advances the clock to the instant, and reads it back if it can be read.
  func advance(to instant: SimulatedInstant) async throws(TargetError)
  /// Proves before the first case that the clock advances.
  ///
  /// - Returns: Why it does not. Cases that need the clock could then pass or fail wrongly.
  func prove(from start: SimulatedInstant) async throws(TargetError) -> String?
}

extension ClockDriver {
  /// Proves nothing: each advance is read back.
  public func prove(from start: SimulatedInstant) async throws(TargetError) -> String? { nil }

  /// Reads the clock back after an advance.
  func confirm(_ instant: SimulatedInstant, standsStill: Bool) async throws(TargetError) {
    var after: SimulatedInstant?
    // Some servers cache the text of their Date header for a second.
    for attempt in 0..<4 {
      if attempt > 0 {
        do { try await Task.sleep(for: .milliseconds(400)) } catch { throw TargetError("the run was cancelled") }
      }
      after = try await read()
      guard let after else { return }
      if after.seconds >= instant.seconds { break }
    }
    guard let after, after.seconds >= instant.seconds else {
      throw TargetError(
        "the target's clock did not advance: it was set to \(instant) and shows \(after?.description ?? "nothing")",
        kind: .protocol)
    }
    if standsStill, after.seconds > instant.seconds {
      throw TargetError(
        "the target's clock does not stand still: it was set to \(instant) and shows \(after); "
          + "set 'stands-still: false' in the target file",
        kind: .protocol)
    }
  }
}
