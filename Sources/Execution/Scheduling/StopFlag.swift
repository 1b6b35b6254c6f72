// Whether the run is stopped, for everything that waits.

import ConformanceModel

/// Set once. Waits check it several times a second, so that Ctrl-C ends them.
final class StopFlag: Sendable {
  private let flag = Locked(false)

  var isSet: Bool { flag.withLock { $0 } }

  func set() { flag.withLock { $0 = true } }

  /// Waits in real time.
  ///
  /// - Throws: `RunStopped` if the run is stopped meanwhile.
  func sleep(seconds: Double) async throws {
    let end = WallClock.monotonic + seconds
    while true {
      if isSet { throw RunStopped(reason: "the run was stopped") }
      let rest = end - WallClock.monotonic
      guard rest > 0 else { return }
      try await Task.sleep(for: .seconds(min(rest, 0.2)))
    }
  }
}
