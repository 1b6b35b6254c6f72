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

  /// - Returns: The ages between which tokens die; `nil` if an older token was accepted, so that age is not the reason.
  func refused(at age: SimulatedDuration) -> (accepted: SimulatedDuration, refused: SimulatedDuration)? {
    ages.withLock { ages in
      ages.refused = min(ages.refused ?? age, age)
      guard let accepted = ages.accepted, let refused = ages.refused, accepted < refused else { return nil }
      return (accepted, refused)
    }
  }
}
