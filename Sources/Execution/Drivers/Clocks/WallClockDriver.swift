// No clock is moved: a wait takes as long as it says.

import ConformanceModel

/// Goes by the machine's wall clock as it stood at the start, carried on by a clock that no one sets: a machine whose clock is put
/// right during a run neither hangs nor hurries.
struct WallClockDriver: ClockDriver {
  private let stop: StopFlag
  private let start = (wall: WallClock.now, monotonic: WallClock.monotonic)

  init(stop: StopFlag) { self.stop = stop }

  private var now: SimulatedInstant {
    start.wall + SimulatedDuration(milliseconds: Int64((WallClock.monotonic - start.monotonic) * 1000))
  }

  func read() async throws(TargetError) -> SimulatedInstant? { now }

  func advance(to instant: SimulatedInstant) async throws(TargetError) {
    let rest = (instant - now).milliseconds
    do { try await stop.sleep(seconds: Double(rest) / 1000) } catch { throw TargetError("\(error)") }
  }
}
