// What the timeline does with its state when the clock has advanced, or when a case has ended.

import ConformanceModel

extension Timeline.State {
  /// Sets the time, and takes the waiters that wake.
  ///
  /// A clock that stands still is checked here, with one reading for all cases: each wait began at a time that a
  /// reading confirmed and ends at another.
  ///
  /// - Returns: The number of cases that continue, and those whose wait was longer or shorter than requested. These are
  ///   counted as active.
  mutating func finishAdvance(
    to instant: SimulatedInstant, _ readings: ClockReadings, flows: Bool
  ) -> (woken: Int, deviating: [(Timeline.Waiter, TargetError)]) {
    if !flows, let before = readings.before, before.seconds != now.seconds {
      // The clock ran although nothing advanced it, and the waits of this interval began at an unknown time.
      let lastAdvance = now
      waiting.update { waiter in if waiter.began >= lastAdvance { waiter.began = before } }
    }
    var end = max(now, instant)
    if !flows, let after = readings.after { end = max(end, SimulatedInstant(seconds: after.seconds)) }
    now = end
    advancedAt = WallClock.monotonic
    advances += 1
    // No case is ready while the clock advances.
    let taken = waiting.take(until: end)
    guard !flows else {
      ready = taken[...]
      return (taken.count, [])
    }
    var deviating: [(Timeline.Waiter, TargetError)] = []
    ready =
      taken.filter { waiter in
        do throws(TargetError) {
          try WaitDeviation.check(
            waiter.requested, from: waiter.began, to: end, tolerance: WaitDeviation.resolution - 1)
          return true
        } catch {
          deviating.append((waiter, error))
          return false
        }
      }[...]
    active += deviating.count
    return (ready.count, deviating)
  }

  /// Takes the continuation of the coordinator, or records the signal if the coordinator is not waiting.
  mutating func signal() -> CheckedContinuation<Void, Never>? {
    defer { coordinator = nil }
    if coordinator == nil { isSignalled = true }
    return coordinator
  }
}
