// The clock of a launched program, moved through libfaketime.

import CPosix
public import ConformanceModel
import Glibc

/// For those who have libfaketime in place: Debian's package `faketime`, version 0.9.10 or later.
public final class FaketimeClock: MovableClock {
  private let path: String
  private let library: String
  private let standsStill: Bool
  private let shown: Locked<(offset: Int64, stopped: Int64)>

  public init(folder: String, start: SimulatedInstant, standsStill: Bool) throws(ProcessError) {
    library = try FaketimeClock.findLibrary()
    path = "\(folder)/faketime"
    self.standsStill = standsStill
    shown = Locked((start.milliseconds - FaketimeClock.machineTime, start.milliseconds))
    try write(start)
  }

  public var now: SimulatedInstant {
    shown.withLock { SimulatedInstant(milliseconds: standsStill ? $0.stopped : FaketimeClock.machineTime + $0.offset) }
  }

  public func move(to instant: SimulatedInstant) throws(ProcessError) {
    guard instant >= now else {
      throw ProcessError("the clock stands at \(now), and goes forward only, not to \(instant)")
    }
    try write(instant)
    shown.withLock { $0 = (instant.milliseconds - FaketimeClock.machineTime, instant.milliseconds) }
  }

  public func environment(with environment: [String: String]) -> [String: String] {
    [
      "LD_PRELOAD": environment.preload(library), "FAKETIME_TIMESTAMP_FILE": path,
      // else a change is seen up to ten seconds late
      "FAKETIME_NO_CACHE": "1",
      // else a jump ends or hangs sleeps and timers
      "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1", "FAKETIME_FMT": "%s", "NO_FAKE_STAT": "1",
      "TZ": "UTC",
    ]
  }

  /// Replaces the file at once: half a line would be another time.
  private func write(_ instant: SimulatedInstant) throws(ProcessError) {
    let text: String
    if standsStill {
      text = "\(instant.seconds)\n"
    } else {
      let offset = instant.milliseconds - FaketimeClock.machineTime
      let fraction = String(offset.magnitude % 1000 + 1000).dropFirst()
      text = "\(offset < 0 ? "-" : "+")\(offset.magnitude / 1000).\(fraction)\n"
    }
    let temporary = "\(path).new"
    do {
      let file = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_TRUNC)
      let bytes = Array(text.utf8)
      let count = bytes.withUnsafeBytes { Glibc.write(file.number, $0.baseAddress, $0.count) }
      guard count == bytes.count else { throw ProcessError("\(temporary) cannot be written", errno: errno) }
    }
    guard rename(temporary, path) == 0 else { throw ProcessError("\(path) cannot be replaced", errno: errno) }
  }

  private static var machineTime: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  private static func findLibrary() throws(ProcessError) -> String {
    for architecture in ["x86_64-linux-gnu", "aarch64-linux-gnu"] {
      let path = "/usr/lib/\(architecture)/faketime/libfaketimeMT.so.1"
      if access(path, R_OK) == 0 { return path }
    }
    throw ProcessError(
      "libfaketime is not there; install the package 'faketime', or use the clock driver 'process', which needs none")
  }
}
