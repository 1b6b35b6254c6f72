// Under which conditions a step runs.

public import JSONValue

/// What has to hold before a step for it to run. If it does not, the step is left out, and the case goes on.
public struct StepCondition: Sendable, Hashable {
  public var capabilities: [Capability] = []
  public var behaviours: [BehaviourCondition] = []
  public var values: [Value] = []

  /// A saved value, or one of the row, with what it must be.
  public struct Value: Sendable, Hashable {
    public var reference: Reference
    public var matcher: Matcher

    public init(_ reference: Reference, _ matcher: Matcher) {
      self.reference = reference
      self.matcher = matcher
    }
  }

  public init() {}

  /// The conditions of both.
  public func and(_ other: StepCondition) -> StepCondition {
    var both = self
    both.capabilities += other.capabilities
    both.behaviours += other.behaviours
    both.values += other.values
    return both
  }
}

extension StepCondition {
  /// Why a target does not meet the conditions, in words that follow the name of the step; `nil` if it does, or if the
  /// values of the case decide.
  ///
  /// - Parameters:
  ///   - available: The capabilities of the target.
  ///   - value: The value of a behaviour, or `nil` if it is not known yet.
  public func obstacle(with available: Set<Capability>, _ value: (Behaviour) -> JSON?) -> String? {
    if let missing = capabilities.first(where: { !available.contains($0) }) {
      return "when \(missing.rawValue): \(missing.missingReason)"
    }
    for condition in behaviours {
      guard let declared = value(condition.behaviour), !declared.means(condition.value) else { continue }
      return "when \(condition.behaviour.rawValue) is \(condition.value.plainText); the target declares "
        + declared.plainText
    }
    return nil
  }
}
