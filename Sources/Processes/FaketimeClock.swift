// The simulated clock of a launched program, advanced through libfaketime.

public import ConformanceModel
import Glibc
import SystemPackage

/// For programs that libfaketime supports. Debian's package `libfaketime`, version 0.9.10 or later, is required.
public final class FaketimeClock: SimulatedClock {
  private let path: String
  private let library: String
  private let standsStill: Bool
  private let shown: Locked<(offset: Int64, stopped: Int64)>

  public init(folder: String, start: SimulatedInstant, standsStill: Bool) throws(ProcessError) {
    library = try FaketimeClock.findLibrary()
    path = "\(folder)/faketime"
    self.standsStill = standsStill
    shown = Locked((start.milliseconds - WallClock.now.milliseconds, start.milliseconds))
    try write(start)
  }

  public var now: SimulatedInstant {
    shown.withLock {
      SimulatedInstant(milliseconds: standsStill ? $0.stopped : WallClock.now.milliseconds + $0.offset)
    }
  }

  public func advance(to instant: SimulatedInstant) throws(ProcessError) {
    try requireFuture(instant)
    try write(instant)
    shown.withLock { $0 = (instant.milliseconds - WallClock.now.milliseconds, instant.milliseconds) }
  }

  public func environment(with environment: [String: String]) -> [String: String] {
    [
      "LD_PRELOAD": environment.preload(library), "FAKETIME_TIMESTAMP_FILE": path,
      // Without this, a change takes effect up to ten seconds late.
      "FAKETIME_NO_CACHE": "1",
      // Without these, an advance ends or hangs sleeps and timers.
      "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1", "FAKETIME_FMT": "%s", "NO_FAKE_STAT": "1",
      "TZ": "UTC",
    ]
  }

  /// Replaces the file in one step: a partly written line would be another time.
  private func write(_ instant: SimulatedInstant) throws(ProcessError) {
    let text: String
    if standsStill {
      text = "\(instant.seconds)\n"
    } else {
      let offset = instant.milliseconds - WallClock.now.milliseconds
      let fraction = String(offset.magnitude % 1000 + 1000).dropFirst()
      text = "\(offset < 0 ? "-" : "+")\(offset.magnitude / 1000).\(fraction)\n"
    }
    let temporary = "\(path).new"
    do {
      let descriptor = try Descriptor.open(temporary, .writeOnly, [.create, .truncate])
      try descriptor.file.writeAll(text.utf8)
    } catch let error as ProcessError {
      throw error
    } catch {
      throw ProcessError("\(temporary) cannot be written", error)
    }
    guard rename(temporary, path) == 0 else { throw .withLastErrno("\(path) cannot be replaced") }
  }

  private static func findLibrary() throws(ProcessError) -> String {
    for architecture in ["x86_64-linux-gnu", "aarch64-linux-gnu"] {
      let path = "/usr/lib/\(architecture)/faketime/libfaketimeMT.so.1"
      if access(path, R_OK) == 0 { return path }
    }
    throw ProcessError(
      "libfaketime is not installed; install the package 'libfaketime', or use the clock driver 'process', "
        + "which does not need it")
  }
}
