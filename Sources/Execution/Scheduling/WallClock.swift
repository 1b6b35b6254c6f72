// The machine's own clocks.

import ConformanceModel
import Glibc

enum WallClock {
  /// Now, in whole milliseconds.
  static var now: SimulatedInstant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return SimulatedInstant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// Seconds of a clock that no one sets, and that goes on while the machine is suspended: targets elsewhere do.
  static var monotonic: Double {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
