// The service's clock.

import ConformanceModel

/// Does not move by itself; it can only be advanced.
struct Clock: Sendable {
  /// The range that both RFC 3339 and the Date field can express.
  static let earliest = SimulatedInstant(seconds: 0)
  static let latest = SimulatedInstant(seconds: 253_402_300_799)

  private(set) var now: SimulatedInstant

  init(_ start: SimulatedInstant) { now = min(max(start, Clock.earliest), Clock.latest) }

  /// - Returns: `false` for an instant that is earlier or out of range, which does not change the clock.
  mutating func advance(to instant: SimulatedInstant) -> Bool {
    guard instant >= now, instant <= Clock.latest else { return false }
    now = instant
    return true
  }
}
