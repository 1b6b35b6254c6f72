// The clocks of this machine.

import Glibc

/// Reads the clocks of this machine.
public enum WallClock {
  /// The time of day, in whole milliseconds.
  public static var now: SimulatedInstant { SimulatedInstant(milliseconds: nanoseconds / 1_000_000) }

  /// The time of day in nanoseconds since 1970-01-01T00:00:00Z.
  public static var nanoseconds: Int64 {
    let time = read(CLOCK_REALTIME)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Seconds of a clock that nobody sets and that continues while the machine is suspended, as the clocks of remote
  /// targets do.
  public static var monotonic: Double {
    let time = read(CLOCK_BOOTTIME)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(clock, &time)
    return time
  }
}
