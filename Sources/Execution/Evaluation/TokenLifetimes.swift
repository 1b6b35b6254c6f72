// How long tokens really live: one that dies early fails many cases, for one reason.

import ConformanceModel

/// The ages at which tokens were accepted and refused in a run.
final class TokenLifetimes: Sendable {
  private struct Ages {
    /// The age of the oldest token that was accepted, and of the youngest that was refused before its promised end.
    var accepted: SimulatedDuration?
    var refused: SimulatedDuration?
  }

  /// In seconds; another `expires_in` is not reckoned with.
  static let allowed = 1...1_000_000_000

  private let ages = Locked(Ages())

  func accepted(at age: SimulatedDuration) {
    ages.withLock { $0.accepted = max($0.accepted ?? age, age) }
  }

  /// What a refusal shows.
  enum Refusal: Equatable {
    /// No token was accepted before: age need not be the reason.
    case unexplained
    /// An older token was accepted, or only new ones were.
    case early
    /// The ages between which tokens die.
    case death(accepted: SimulatedDuration, refused: SimulatedDuration)
  }

  func refused(at age: SimulatedDuration) -> Refusal {
    ages.withLock { ages in
      ages.refused = min(ages.refused ?? age, age)
      guard let accepted = ages.accepted, let refused = ages.refused else { return .unexplained }
      guard accepted.milliseconds > 0, accepted < refused else { return .early }
      return .death(accepted: accepted, refused: refused)
    }
  }
}
