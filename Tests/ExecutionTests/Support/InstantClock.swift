// A clock that moves at once.

import ConformanceModel

@testable import Execution

struct InstantClock: ClockDriver {
  func prove(from start: SimulatedInstant) async throws(TargetError) -> String? { nil }
  func read() async throws(TargetError) -> SimulatedInstant? { nil }
  func advance(to instant: SimulatedInstant) async throws(TargetError) -> ClockReadings { ClockReadings() }
}
