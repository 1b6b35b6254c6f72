// The service's clock.

import ConformanceModel

/// Stands still until it is moved, and moves only forward.
struct Clock: Sendable {
  /// What RFC 3339 and the Date header can both say.
  static let earliest = SimulatedInstant(seconds: 0)
  static let latest = SimulatedInstant(seconds: 253_402_300_799)

  private(set) var now: SimulatedInstant

  init(standingAt start: SimulatedInstant) { now = min(max(start, Clock.earliest), Clock.latest) }

  /// - Returns: Whether it could: `false` for an earlier instant, which leaves the clock where it is.
  mutating func move(to instant: SimulatedInstant) -> Bool {
    guard instant >= now, instant <= Clock.latest else { return false }
    now = instant
    return true
  }
}
