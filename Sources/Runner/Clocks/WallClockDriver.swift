// No clock is moved: a wait takes as long as it says.

import Conformance

struct WallClockDriver: ClockDriver {
  let stop: StopFlag

  func read() async throws(TargetError) -> Instant? { WallClock.now }

  func advance(to instant: Instant) async throws(TargetError) {
    let rest = (instant - WallClock.now).milliseconds
    do { try await stop.sleep(seconds: Double(rest) / 1000) } catch { throw TargetError("\(error)") }
  }
}
