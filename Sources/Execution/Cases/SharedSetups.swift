// What steps that run once left, for the cases that share them.

import ConformanceModel
import JSONValue

/// The steps that run once in a run: which case runs them, and what became of them.
final class SharedSetups: Sendable {
  /// How the steps ended.
  enum Ending: Sendable {
    case saved(Values)
    /// They do not apply to the target.
    case skipped(String)
    /// They failed, or could not be run: the case that ran them has the finding.
    case failed
  }

  /// What the steps saved.
  struct Values: Sendable {
    /// By the names in the fragment.
    var names: [String: JSON]
    /// The secrets, by their labels.
    var confidential: [String: [String]]
  }

  /// The end of the steps, and the id of the case that ran them.
  struct Outcome: Sendable {
    var ending: Ending
    var id: String
  }

  private typealias Waiter = CheckedContinuation<Outcome?, Never>

  private enum State {
    case running([Waiter])
    /// After so many advances of the clock.
    case ended(Outcome, advances: Int)
  }

  private let states = Locked<[String: State]>([:])

  /// How the steps ended, once they have; `nil` if the caller has to run them, and to call `end`.
  ///
  /// - Parameter advances: How often the target's clock has advanced. After an advance the steps run anew: what they
  ///   saved may have expired.
  func claim(_ key: String, advances: Int) async -> Outcome? {
    await withCheckedContinuation { (waiter: Waiter) in
      let known: Outcome?? = states.withLock { states in
        switch states[key] {
        case .running(let waiters):
          states[key] = .running(waiters + [waiter])
          return nil
        case .ended(let outcome, advances): return outcome
        case .ended, nil:
          states[key] = .running([])
          return .some(nil)
        }
      }
      if let known { waiter.resume(returning: known) }
    }
  }

  /// Ends what `claim` has begun.
  ///
  /// - Parameter outcome: `nil` if it does not count: another case runs the steps.
  func end(_ key: String, _ outcome: Outcome?, advances: Int) {
    let waiters = states.withLock { states -> [Waiter] in
      guard case .running(let waiters) = states[key] else { return [] }
      if let outcome {
        states[key] = .ended(outcome, advances: advances)
        return waiters
      }
      states[key] = waiters.isEmpty ? nil : .running(Array(waiters.dropFirst()))
      return Array(waiters.prefix(1))
    }
    for waiter in waiters { waiter.resume(returning: outcome) }
  }
}
