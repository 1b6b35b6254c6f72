// Virtual time: cases run concurrently, rest at their waits, and the clock moves once for all that wake at the same instant.

import ConformanceModel
import RunEvents

/// A discrete-event simulation with the target's clock as its clock.
///
/// At most `jobs` cases are at work at a time; one that waits gives its place to another. When no case is at work, none is
/// left to start and none is ready, the clock moves to the earliest wake time, once, and those that wake there go on, in
/// the order of the plan. So each case sees exactly the time it asked for, whatever `jobs` is.
///
/// The lock protects the whole state; no code of others runs inside it.
final class Timeline: Sendable {
  /// Moves the target's clock forward.
  typealias Advance = @Sendable (SimulatedInstant) async throws -> Void

  fileprivate typealias Waiter = WakeQueue.Waiter

  fileprivate struct State {
    var now: SimulatedInstant
    var atWork = 0
    var started = false
    var allStarted = false
    var stopped: (any Error)?
    /// Set when the clock could not be moved: no case can wait any longer.
    var broken: (any Error)?
    /// Woken, but without a place among those at work yet. In order; the first is the next.
    var ready: ArraySlice<Waiter> = []
    var waiting = WakeQueue()
    var coordinator: CheckedContinuation<Void, Never>?
    var isSignalled = false
    var moves = 0
    /// When the clock was moved last, on a clock that no one sets.
    var movedAt = WallClock.monotonic
  }

  private enum Action {
    case start
    case resume(Waiter)
    case move(SimulatedInstant)
    case rest
    case end
  }

  private let state: Locked<State>
  private let jobs: Int
  /// The clock goes on between moves.
  private let flows: Bool
  private let advance: Advance
  private let moved: @Sendable (ClockAdvance) -> Void
  private let wall: @Sendable () -> SimulatedInstant

  init(
    start: SimulatedInstant, jobs: Int, flows: Bool = false, advance: @escaping Advance,
    wall: @escaping @Sendable () -> SimulatedInstant,
    moved: @escaping @Sendable (ClockAdvance) -> Void
  ) {
    state = Locked(State(now: start))
    self.jobs = max(1, jobs)
    self.flows = flows
    self.advance = advance
    self.wall = wall
    self.moved = moved
  }

  var now: SimulatedInstant { state.withLock { now($0) } }
  /// Why the run ends early, where it does.
  var stopped: (any Error)? { state.withLock { $0.stopped } }
  var moves: Int { state.withLock { $0.moves } }

  /// Plays all cases that `next` hands out, until it hands out none and all have ended.
  func run<Case: Sendable>(
    on executor: any TaskExecutor, next: @escaping () -> Case?, play: @escaping @Sendable (Case) async -> Void
  ) async {
    await withDiscardingTaskGroup { group in
      while true {
        switch nextAction() {
        case .start:
          if let one = next() {
            group.addTask(executorPreference: executor) {
              await play(one)
              self.caseEnded()
            }
          } else {
            state.withLock { state in
              state.allStarted = true
              state.atWork -= 1
            }
          }
        case .resume(let waiter): waiter.continuation.resume()
        case .move(let instant): await move(to: instant)
        case .rest: await rest()
        case .end: return
        }
      }
    }
  }

  /// Rests until the instant. Returns at once if it is not in the future.
  ///
  /// - Parameter number: The place of the case in the plan, which orders those that wake together.
  /// - Throws: What stopped the run, or why the clock could not be moved.
  func wait(until wake: SimulatedInstant, number: Int) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      let (refused, coordinator) = state.withLock { state -> ((any Error)?, CheckedContinuation<Void, Never>?) in
        if let error = state.stopped ?? state.broken { return (error, nil) }
        if wake <= now(state) { return (nil, nil) }
        state.waiting.add(Waiter(wake: wake, number: number, continuation: continuation))
        state.atWork -= 1
        return (Rested(), state.signal())
      }
      coordinator?.resume()
      switch refused {
      case nil: continuation.resume()
      case is Rested: break
      case let error?: continuation.resume(throwing: error)
      }
    }
  }

  /// Ends the run early: no case is started any more, and those that rest are woken with this error.
  func stop(_ error: any Error) {
    let (woken, coordinator) = state.withLock { state -> ([Waiter], CheckedContinuation<Void, Never>?) in
      guard state.stopped == nil else { return ([], nil) }
      state.stopped = error
      let woken = state.waiting.takeAll() + state.ready
      state.atWork += woken.count
      state.ready = []
      return (woken, state.signal())
    }
    for waiter in woken { waiter.continuation.resume(throwing: error) }
    coordinator?.resume()
  }

  // MARK: -

  private struct Rested: Error {}

  private func now(_ state: borrowing State) -> SimulatedInstant {
    flows ? state.now + SimulatedDuration(milliseconds: Int64((WallClock.monotonic - state.movedAt) * 1000)) : state.now
  }

  private func nextAction() -> Action {
    state.withLock { state in
      let mayStart = !state.allStarted && state.stopped == nil
      if state.atWork < jobs {
        if let waiter = state.ready.popFirst() {
          state.atWork += 1
          return .resume(waiter)
        }
        if mayStart {
          state.atWork += 1
          return .start
        }
      }
      guard state.atWork == 0, state.ready.isEmpty else { return .rest }
      guard let earliest = state.waiting.earliest else { return .end }
      return .move(earliest)
    }
  }

  private func move(to instant: SimulatedInstant) async {
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
        state.atWork += failed.count
        return (0, failed)
      }
      state.now = max(state.now, instant)
      state.movedAt = WallClock.monotonic
      state.moves += 1
      // none is ready while the clock moves
      let woken = state.waiting.take(until: state.now)
      state.ready = woken[...]
      return (woken.count, [])
    }
    if let failure {
      for waiter in failed { waiter.continuation.resume(throwing: failure) }
    } else {
      moved(ClockAdvance(from: from, to: instant, wall: wall(), woken: woken))
    }
  }

  private func caseEnded() {
    let coordinator = state.withLock { state in
      state.atWork -= 1
      return state.signal()
    }
    coordinator?.resume()
  }

  private func rest() async {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      let goOn = state.withLock { state -> Bool in
        if state.isSignalled {
          state.isSignalled = false
          return true
        }
        state.coordinator = continuation
        return false
      }
      if goOn { continuation.resume() }
    }
  }
}

extension Timeline.State {
  /// Wakes the coordinator, or leaves a note for it where it is not resting.
  fileprivate mutating func signal() -> CheckedContinuation<Void, Never>? {
    defer { coordinator = nil }
    if coordinator == nil { isSignalled = true }
    return coordinator
  }
}
