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
  typealias Advance = @Sendable (SimulatedInstant) async throws -> ClockReadings
  /// Reads the target's clock; `nil` if it cannot be read.
  typealias Read = @Sendable () async throws -> SimulatedInstant?

  typealias Waiter = WakeQueue.Waiter

  struct State {
    var now: SimulatedInstant
    var active = 0
    var allStarted = false
    /// The cases that are left cannot start before another has ended.
    var isBlocked = false
    /// How many cases have ended.
    var ended = 0
    var stopped: (any Error)?
    /// Set once the clock could not be advanced, or is not to be advanced: no case can wait any longer.
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
  private let read: Read
  private let advance: Advance
  private let advanced: @Sendable (ClockAdvance) -> Void
  private let wall: @Sendable () -> SimulatedInstant

  /// - Parameters:
  ///   - read: Reads a clock that runs between advances, before and after each wait.
  ///   - wall: The time of day, for the records of advances.
  ///   - advanced: Takes the record of each advance.
  init(
    start: SimulatedInstant, jobs: Int, flows: Bool = false, read: @escaping Read = { nil },
    advance: @escaping Advance,
    wall: @escaping @Sendable () -> SimulatedInstant,
    advanced: @escaping @Sendable (ClockAdvance) -> Void
  ) {
    state = Locked(State(now: start))
    self.jobs = max(1, jobs)
    self.flows = flows
    self.read = read
    self.advance = advance
    self.wall = wall
    self.advanced = advanced
  }

  var now: SimulatedInstant { state.withLock { now($0) } }
  /// How many cases have started, and neither wait nor have ended.
  var active: Int { state.withLock { $0.active } }
  /// Why the run ends early; `nil` if it does not.
  var stopped: (any Error)? { state.withLock { $0.stopped } }
  /// How often the clock advanced.
  var advances: Int { state.withLock { $0.advances } }

  /// Runs all cases that `next` returns, until it returns `nil` and all cases have ended.
  ///
  /// If it returns `nil` although `isBlocked`, it is asked again when a case has ended.
  ///
  /// - Parameter executor: Where the cases run; `nil` is Swift's pool.
  func run<Case: Sendable>(
    on executor: (any TaskExecutor)?, next: @escaping () -> Case?, isBlocked: @escaping () -> Bool = { false },
    run: @escaping @Sendable (Case) async -> Void
  ) async {
    await withDiscardingTaskGroup { group in
      while true {
        switch nextAction() {
        case .start:
          let ended = state.withLock { $0.ended }
          if let one = next() {
            group.addTask(executorPreference: executor) {
              await run(one)
              self.caseEnded()
            }
          } else {
            let isBlocked = isBlocked()
            state.withLock { state in
              state.active -= 1
              // another case may have ended since
              if isBlocked { state.isBlocked = state.ended == ended } else { state.allStarted = true }
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
  /// - Throws: What stopped the run, why the clock could not be advanced, or a `TargetError` if the target's clock
  ///   shows that the wait was longer or shorter than requested.
  func wait(until wake: SimulatedInstant, number: Int) async throws {
    guard flows else { return try await park(until: wake, number: number) }
    let first = try await timedRead()
    let requested = wake - now
    try await park(until: wake, number: number)
    guard requested.milliseconds > 0, let first, let last = try await timedRead() else { return }
    // One second is the resolution of a Date header, and each reading is as old as its round trip.
    let tolerance = WaitDeviation.resolution + first.roundTrip + last.roundTrip
    try WaitDeviation.check(requested, from: first.instant, to: last.instant, tolerance: tolerance)
  }

  /// Why nothing that an active case has seen shows how the service treats time; `nil` if the target's clock shows the
  /// time of the run, or cannot be read. While a case is active, only something else can move a clock.
  func deviation() async -> String? {
    guard let reading = try? await timedRead() else { return nil }
    let expected = now
    let tolerance = WaitDeviation.resolution + reading.roundTrip
    guard abs((reading.instant - expected).milliseconds) > tolerance else { return nil }
    return
      "the target's clock shows \(reading.instant), but the run advanced it to \(expected): something else moved it; "
      + "nothing but the run may move the clock of the target"
  }

  private func timedRead() async throws -> (instant: SimulatedInstant, roundTrip: Int64)? {
    let start = WallClock.monotonic
    guard let instant = try await read() else { return nil }
    return (instant, Int64(((WallClock.monotonic - start) * 1000).rounded(.up)))
  }

  private func park(until wake: SimulatedInstant, number: Int) async throws {
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
        let began = now(state)
        state.waiting.add(
          Waiter(wake: wake, requested: wake - began, began: began, number: number, continuation: continuation))
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

  /// Ends all waits with this error, from now on: no further case starts, the clock is not advanced again, and active
  /// cases go on until they wait.
  func endWaits(_ error: any Error) {
    let (woken, coordinator) = state.withLock { state -> ([Waiter], CheckedContinuation<Void, Never>?) in
      state.allStarted = true
      state.broken = state.broken ?? error
      let woken = state.waiting.takeAll()
      state.active += woken.count
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
      let mayStart = !state.allStarted && !state.isBlocked && state.stopped == nil
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
    let readings: ClockReadings
    do {
      readings = try await advance(instant)
    } catch {
      let failed = state.withLock { state -> [Waiter] in
        state.broken = error
        let failed = state.waiting.takeAll()
        state.active += failed.count
        return failed
      }
      for waiter in failed { waiter.continuation.resume(throwing: error) }
      return
    }
    let (woken, deviating) = state.withLock { state in state.finishAdvance(to: instant, readings, flows: flows) }
    for (waiter, deviation) in deviating { waiter.continuation.resume(throwing: deviation) }
    advanced(ClockAdvance(from: from, to: instant, wall: wall(), woken: woken + deviating.count))
  }

  private func caseEnded() {
    let coordinator = state.withLock { state in
      state.active -= 1
      state.ended += 1
      state.isBlocked = false
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
