// Simulated time: cases run concurrently, and the clock advances once for all cases that wake at the same instant.

import ConformanceModel
import RunEvents

/// A discrete-event simulation with the target's clock as its clock.
///
/// At most `jobs` cases are active at a time; a case that waits is not active. When no case is active, ready or left to
/// start, the clock advances once, to the earliest wake time, and the cases that wake there continue in the order of
/// the plan. So each case sees exactly the time that it asked for, whatever `jobs` is.
///
/// The lock protects the whole state; no foreign code runs inside it.
final class Timeline: Sendable {
  /// Advances the target's clock to the instant.
  typealias Advance = @Sendable (SimulatedInstant) async throws -> Void

  fileprivate typealias Waiter = WakeQueue.Waiter

  fileprivate struct State {
    var now: SimulatedInstant
    var active = 0
    var allStarted = false
    var stopped: (any Error)?
    /// Set once the clock could not be advanced: no case can wait any longer.
    var broken: (any Error)?
    /// Woken, but not active yet, in the order in which they continue.
    var ready: ArraySlice<Waiter> = []
    var waiting = WakeQueue()
    var coordinator: CheckedContinuation<Void, Never>?
    var isSignalled = false
    var advances = 0
    /// When the clock advanced last, on the monotonic clock.
    var advancedAt = WallClock.monotonic
  }

  private enum Action {
    case start
    case resume(Waiter)
    case advance(SimulatedInstant)
    case wait
    case end
  }

  private let state: Locked<State>
  private let jobs: Int
  /// Whether the clock runs between advances.
  private let flows: Bool
  private let advance: Advance
  private let advanced: @Sendable (ClockAdvance) -> Void
  private let wall: @Sendable () -> SimulatedInstant

  /// - Parameters:
  ///   - wall: The time of day, for the records of advances.
  ///   - advanced: Takes the record of each advance.
  init(
    start: SimulatedInstant, jobs: Int, flows: Bool = false, advance: @escaping Advance,
    wall: @escaping @Sendable () -> SimulatedInstant,
    advanced: @escaping @Sendable (ClockAdvance) -> Void
  ) {
    state = Locked(State(now: start))
    self.jobs = max(1, jobs)
    self.flows = flows
    self.advance = advance
    self.wall = wall
    self.advanced = advanced
  }

  var now: SimulatedInstant { state.withLock { now($0) } }
  /// Why the run ends early; `nil` if it does not.
  var stopped: (any Error)? { state.withLock { $0.stopped } }
  /// How often the clock advanced.
  var advances: Int { state.withLock { $0.advances } }

  /// Runs all cases that `next` returns, until it returns `nil` and all cases have ended.
  ///
  /// - Parameter executor: Where the cases run; `nil` is Swift's pool.
  func run<Case: Sendable>(
    on executor: (any TaskExecutor)?, next: @escaping () -> Case?, run: @escaping @Sendable (Case) async -> Void
  ) async {
    await withDiscardingTaskGroup { group in
      while true {
        switch nextAction() {
        case .start:
          if let one = next() {
            group.addTask(executorPreference: executor) {
              await run(one)
              self.caseEnded()
            }
          } else {
            state.withLock { state in
              state.allStarted = true
              state.active -= 1
            }
          }
        case .resume(let waiter): waiter.continuation.resume()
        case .advance(let instant): await advanceClock(to: instant)
        case .wait: await waitForSignal()
        case .end: return
        }
      }
    }
  }

  /// Waits until the instant. Returns at once if it is not in the future.
  ///
  /// - Parameter number: The number of the case in the plan, which orders those that wake together.
  /// - Throws: What stopped the run, or why the clock could not be advanced.
  func wait(until wake: SimulatedInstant, number: Int) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      var outcome: Result<Void, any Error>?
      let coordinator = state.withLock { state -> CheckedContinuation<Void, Never>? in
        if let error = state.stopped ?? state.broken {
          outcome = .failure(error)
          return nil
        }
        if wake <= now(state) {
          outcome = .success(())
          return nil
        }
        state.waiting.add(Waiter(wake: wake, number: number, continuation: continuation))
        state.active -= 1
        return state.signal()
      }
      coordinator?.resume()
      if let outcome { continuation.resume(with: outcome) }
    }
  }

  /// Ends the run early: no further case starts, and those that wait are woken with this error.
  func stop(_ error: any Error) {
    let (woken, coordinator) = state.withLock { state -> ([Waiter], CheckedContinuation<Void, Never>?) in
      guard state.stopped == nil else { return ([], nil) }
      state.stopped = error
      let woken = state.waiting.takeAll() + state.ready
      state.active += woken.count
      state.ready = []
      return (woken, state.signal())
    }
    for waiter in woken { waiter.continuation.resume(throwing: error) }
    coordinator?.resume()
  }

  // MARK: - The coordinator

  private func now(_ state: borrowing State) -> SimulatedInstant {
    guard flows else { return state.now }
    return state.now + SimulatedDuration(milliseconds: Int64((WallClock.monotonic - state.advancedAt) * 1000))
  }

  private func nextAction() -> Action {
    state.withLock { state in
      let mayStart = !state.allStarted && state.stopped == nil
      if state.active < jobs {
        if let waiter = state.ready.popFirst() {
          state.active += 1
          return .resume(waiter)
        }
        if mayStart {
          state.active += 1
          return .start
        }
      }
      guard state.active == 0, state.ready.isEmpty else { return .wait }
      guard let earliest = state.waiting.earliest else { return .end }
      return .advance(earliest)
    }
  }

  private func advanceClock(to instant: SimulatedInstant) async {
    let from = now
    let failure: (any Error)?
    do {
      try await advance(instant)
      failure = nil
    } catch {
      failure = error
    }
    let (woken, failed) = state.withLock { state -> (Int, [Waiter]) in
      if let failure {
        state.broken = failure
        let failed = state.waiting.takeAll()
        state.active += failed.count
        return (0, failed)
      }
      state.now = max(state.now, instant)
      state.advancedAt = WallClock.monotonic
      state.advances += 1
      // No case is ready while the clock advances.
      let woken = state.waiting.take(until: state.now)
      state.ready = woken[...]
      return (woken.count, [])
    }
    if let failure {
      for waiter in failed { waiter.continuation.resume(throwing: failure) }
    } else {
      advanced(ClockAdvance(from: from, to: instant, wall: wall(), woken: woken))
    }
  }

  private func caseEnded() {
    let coordinator = state.withLock { state in
      state.active -= 1
      return state.signal()
    }
    coordinator?.resume()
  }

  private func waitForSignal() async {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      let isSignalled = state.withLock { state -> Bool in
        if state.isSignalled {
          state.isSignalled = false
          return true
        }
        state.coordinator = continuation
        return false
      }
      if isSignalled { continuation.resume() }
    }
  }
}

extension Timeline.State {
  /// Takes the continuation of the coordinator, or records the signal if the coordinator is not waiting.
  fileprivate mutating func signal() -> CheckedContinuation<Void, Never>? {
    defer { coordinator = nil }
    if coordinator == nil { isSignalled = true }
    return coordinator
  }
}
