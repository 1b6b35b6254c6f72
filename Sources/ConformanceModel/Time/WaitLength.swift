// How long a scenario waits: a duration, or one that depends on what the target declares.

public import JSONValue

/// A sum of durations, shares of the token lifetime, and the leeway at expiry: `lifetime/2 + leeway + 1m`.
///
/// The target declares the lifetime and the leeway (`token-lifetime`, `expiry-leeway`).
public struct WaitLength: Sendable, Hashable {
  public enum Part: Sendable, Hashable {
    case duration(SimulatedDuration)
    /// The token lifetime, divided by a number.
    case lifetime(dividedBy: Int64)
    case leeway
  }

  public struct Term: Sendable, Hashable {
    public var part: Part
    public var isSubtracted: Bool
  }

  public var terms: [Term]

  private init(_ part: Part) { terms = [Term(part: part, isSubtracted: false)] }

  public init(_ duration: SimulatedDuration) { self.init(.duration(duration)) }

  /// The declared token lifetime.
  public static let lifetime = WaitLength(.lifetime(dividedBy: 1))

  /// No time.
  public static let none = WaitLength(SimulatedDuration(milliseconds: 0))

  /// The same length in the other direction.
  public var negated: WaitLength {
    var negated = self
    negated.terms = terms.map { Term(part: $0.part, isSubtracted: !$0.isSubtracted) }
    return negated
  }

  /// The duration, if it does not depend on the target.
  public var fixed: SimulatedDuration? {
    let isFixed = terms.allSatisfy { if case .duration = $0.part { true } else { false } }
    return isFixed ? resolved(lifetime: 0, leeway: 0) : nil
  }

  /// The duration for a target; negative if more is subtracted than added.
  ///
  /// - Parameters:
  ///   - lifetime: The declared token lifetime in seconds.
  ///   - leeway: The declared leeway at expiry in seconds.
  public func resolved(lifetime: Int64, leeway: Int64) -> SimulatedDuration {
    let milliseconds = terms.reduce(Int64(0)) { sum, term in
      let length =
        switch term.part {
        case .duration(let duration): duration.milliseconds
        case .lifetime(let divisor): lifetime * 1000 / divisor
        case .leeway: leeway * 1000
        }
      return term.isSubtracted ? sum - length : sum + length
    }
    return SimulatedDuration(milliseconds: milliseconds)
  }

  /// The duration for this target.
  public func resolved(for target: Target) -> SimulatedDuration { resolved(by: target.value(of:)) }

  /// The duration for a target whose behaviours have these values.
  public func resolved(by value: (Behaviour) -> JSON) -> SimulatedDuration {
    resolved(lifetime: Int64(value(.tokenLifetime).int ?? 0), leeway: Int64(value(.expiryLeeway).int ?? 0))
  }

  /// Parses durations, `lifetime`, `lifetime/N` and `leeway`, with ` + ` or ` - ` between them.
  ///
  /// - Throws: `SimulatedDurationError` with the reason.
  public init(parsing text: String) throws(SimulatedDurationError) {
    terms = []
    var words: [Substring] = []
    var isSubtracted = false
    for word in text.split(separator: " ") {
      guard word == "+" || word == "-" else {
        words.append(word)
        continue
      }
      terms.append(Term(part: try Part(parsing: words.joined(separator: " ")), isSubtracted: isSubtracted))
      words = []
      isSubtracted = word == "-"
    }
    terms.append(Term(part: try Part(parsing: words.joined(separator: " ")), isSubtracted: isSubtracted))
  }
}

extension WaitLength.Part {
  fileprivate init(parsing text: String) throws(SimulatedDurationError) {
    if text == "lifetime" {
      self = .lifetime(dividedBy: 1)
    } else if text == "leeway" {
      self = .leeway
    } else if text.hasPrefix("lifetime/") {
      guard let divisor = Int64(text.dropFirst("lifetime/".count)), (1...1_000_000).contains(divisor) else {
        throw SimulatedDurationError(message: "'\(text.prefix(60))' is not a share of the token lifetime")
      }
      self = .lifetime(dividedBy: divisor)
    } else {
      self = .duration(try SimulatedDuration(parsing: text))
    }
  }
}

extension WaitLength.Part: CustomStringConvertible {
  public var description: String {
    switch self {
    case .duration(let duration): duration.description
    case .lifetime(let divisor): divisor == 1 ? "lifetime" : "lifetime/\(divisor)"
    case .leeway: "leeway"
    }
  }
}

extension WaitLength: CustomStringConvertible {
  /// As in scenarios: `lifetime/2 + 1m`.
  public var description: String {
    terms.enumerated().map { index, term in
      index == 0
        ? (term.isSubtracted ? "-" : "") + "\(term.part)" : (term.isSubtracted ? " - " : " + ") + "\(term.part)"
    }.joined()
  }
}
