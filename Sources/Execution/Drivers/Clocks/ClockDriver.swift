// Reads and advances a target's clock.

public import ConformanceModel
import RunEvents

/// Advances the clock of a target.
public protocol ClockDriver: Sendable {
  /// The target's time, or `nil` if it cannot be read.
  func read() async throws(TargetError) -> SimulatedInstant?
  /// Advances the clock to the instant, and reads it back if it can be read.
  ///
  /// - Throws: `TargetError` if the clock is still before the instant.
  func advance(to instant: SimulatedInstant) async throws(TargetError) -> ClockReadings
  /// Proves before the first case that the clock advances.
  ///
  /// - Returns: Why it does not. Cases that need the clock could then pass or fail wrongly.
  func prove(from start: SimulatedInstant) async throws(TargetError) -> String?
}

/// What a target's clock showed around an advance, as far as it can be read.
public struct ClockReadings: Sendable, Hashable {
  public var before: SimulatedInstant?
  public var after: SimulatedInstant?

  public init(before: SimulatedInstant? = nil, after: SimulatedInstant? = nil) {
    self.before = before
    self.after = after
  }
}

extension ClockDriver {
  /// Proves nothing: each advance is read back.
  public func prove(from start: SimulatedInstant) async throws(TargetError) -> String? { nil }
}

/// Reads a clock back after an advance.
enum ClockConfirmation {
  /// Servers that cache the text of their Date header show the new time after at most one second.
  private static let attempts = 4
  private static let pause = Duration.milliseconds(400)

  /// - Returns: What the clock shows; `nil` if it cannot be read.
  /// - Throws: `TargetError` if the clock is still before the instant.
  static func confirm(
    _ instant: SimulatedInstant, read: () async throws(TargetError) -> SimulatedInstant?
  ) async throws(TargetError) -> SimulatedInstant? {
    var after: SimulatedInstant?
    for attempt in 0..<attempts {
      if attempt > 0 {
        do { try await Task.sleep(for: pause) } catch { throw TargetError("the run was cancelled") }
      }
      after = try await read()
      guard let after else { return nil }
      if after.seconds >= instant.seconds { return after }
    }
    throw TargetError(
      "the target's clock did not advance: it was set to \(instant) and shows \(after?.description ?? "nothing")",
      kind: .protocol)
  }
}
