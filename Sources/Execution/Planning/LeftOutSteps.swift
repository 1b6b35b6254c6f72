// Which steps of a scenario a target leaves out, whatever a case saves.

public import ConformanceModel

extension StepCondition {
  /// Why the target does not meet the conditions, as far as that is known before a run.
  ///
  /// - Parameter available: The capabilities of the target.
  public func obstacle(at target: Target, _ available: Set<Capability>) -> String? {
    obstacle(with: available) { $0 == .tokenLifetime && target.observesLifetime ? nil : target.value(of: $0) }
  }
}

extension Scenario {
  /// Why no case of the scenario shows anything at a target: each step whose expectations decide is left out there.
  func unjudgedReason(at target: Target, _ available: Set<Capability>) -> String? {
    // most scenarios have no such step
    guard steps.contains(where: \.mayBeLeftOut) else { return nil }
    var first: String?
    if judges(steps, target, available, &first) { return nil }
    return first.map { "none of its expectations applies: not run: \($0)" }
  }

  /// - Parameter first: Why the first of the steps that are left out is.
  private func judges(_ steps: [Step], _ target: Target, _ available: Set<Capability>, _ first: inout String?) -> Bool {
    for step in steps {
      if let obstacle = step.when?.obstacle(at: target, available) {
        first = first ?? obstacle
        continue
      }
      switch step.operation {
      case .repeat(_, let inner): if judges(inner, target, available, &first) { return true }
      case .concurrently(let branches):
        if !step.expectations.isEmpty { return true }
        for inner in branches where judges(inner, target, available, &first) { return true }
      default: if step.isJudging && !step.expectations.isEmpty { return true }
      }
    }
    return false
  }
}

extension Step {
  /// Whether it, or a step that is nested in it, has conditions.
  fileprivate var mayBeLeftOut: Bool {
    if when != nil { return true }
    switch operation {
    case .repeat(_, let inner): return inner.contains(where: \.mayBeLeftOut)
    case .concurrently(let branches): return branches.joined().contains(where: \.mayBeLeftOut)
    default: return false
    }
  }
}
