// The wall clock: a wait takes as long as it says.

import ConformanceModel

/// The machine's time of day at the start of the run, continued by a monotonic clock: a correction of the machine's
/// clock during a run makes no wait longer or shorter.
struct WallClockDriver: ClockDriver {
  private let stop: StopFlag
  private let start = (wall: WallClock.now, monotonic: WallClock.monotonic)

  init(stop: StopFlag) { self.stop = stop }

  private var now: SimulatedInstant {
    start.wall + SimulatedDuration(milliseconds: Int64((WallClock.monotonic - start.monotonic) * 1000))
  }

  func read() async throws(TargetError) -> SimulatedInstant? { now }

  func advance(to instant: SimulatedInstant) async throws(TargetError) -> ClockReadings {
    let rest = (instant - now).milliseconds
    do { try await stop.sleep(seconds: Double(rest) / 1000) } catch { throw TargetError("\(error)") }
    return ClockReadings()
  }
}
