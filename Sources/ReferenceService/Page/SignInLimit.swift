// Slows down guesses of the manager key at the page.

import ConformanceModel

/// Counts wrong keys. After five of them, each further one doubles the time in which no key is checked.
final class SignInLimit: Sendable {
  /// So many wrong keys have no delay.
  static let maxFailures = 5
  static let maxDelay = Duration.seconds(300)

  enum Outcome: Equatable {
    case accepted
    case wrong
    /// The key was not checked.
    case delayed(seconds: Int)
  }

  private struct State {
    var failures = 0
    var end: Duration?
  }
  /// Protects the count of wrong keys and the end of the delay.
  private let state = Locked(State())
  private let now: @Sendable () -> Duration

  /// - Parameter now: Elapsed time of a monotonic clock.
  init(now: @escaping @Sendable () -> Duration) { self.now = now }

  /// Checks a key, unless there is a delay.
  ///
  /// - Parameter isRight: Runs under the lock, so that parallel attempts count one after the other.
  func attempt(_ isRight: () -> Bool) -> Outcome {
    let now = now()
    return state.withLock { state in
      if let end = state.end, now < end { return .delayed(seconds: SignInLimit.wholeSeconds(end - now)) }
      if isRight() {
        state = State()
        return .accepted
      }
      state.failures += 1
      if state.failures >= SignInLimit.maxFailures {
        let exponent = min(state.failures - SignInLimit.maxFailures, 10)
        state.end = now + min(.seconds(1 << exponent), SignInLimit.maxDelay)
      }
      return .wrong
    }
  }

  /// Rounded up.
  private static func wholeSeconds(_ duration: Duration) -> Int {
    Int(duration.components.seconds) + (duration.components.attoseconds > 0 ? 1 : 0)
  }
}
