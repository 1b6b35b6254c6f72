// Reads the conditions under which scenarios and steps apply.

import ConformanceModel
import JSONValue

extension YAMLReader {
  /// The conditions of a step.
  func stepCondition(_ scope: Scope) -> StepCondition {
    var condition = StepCondition()
    guard let members = members("when") else { return condition }
    if members.isEmpty { diagnostic("when is empty; expected conditions") }
    for (name, _, value) in members {
      switch name {
      case "needs":
        condition.capabilities = (value.oneOrMore(name) ?? []).compactMap { $0.word("capability", Capability.self) }
      case "values": condition.values = value.valueConditions(scope)
      default: break
      }
    }
    condition.behaviours = behaviourConditions("when", besides: ScenarioKeywords.stepCondition.map(\.name))
    return condition
  }

  private func valueConditions(_ scope: Scope) -> [StepCondition.Value] {
    if isEmptyCollection { diagnostic("values is empty; expected names of values with their matchers") }
    return (members("values") ?? []).compactMap { name, key, value in
      let matcher = value.matcher(scope)
      guard case .reference(let reference)? = try? Template(parsing: "${\(name)}") else {
        key.diagnostic("'\(name.prefix(60))' is not the name of a value; write it as erp.id, without '${' and '}'")
        return nil
      }
      return StepCondition.Value(scope.check(reference, in: key.file.fragment, at: key), matcher)
    }
  }

  /// The behaviours that a target must declare.
  ///
  /// - Parameter others: Keys that are not behaviours.
  func behaviourConditions(_ what: String, besides others: [String] = []) -> [BehaviourCondition] {
    (members(what) ?? []).compactMap { name, key, value in
      if others.contains(name) { return nil }
      guard let behaviour = Behaviour(rawValue: name) else {
        key.diagnostic(
          "unknown behaviour '\(name.prefix(60))'"
            + Suggestion.text(for: name, among: others + Behaviour.allCases.map(\.rawValue)))
        return nil
      }
      return value.behaviourValue(behaviour).map { BehaviourCondition(behaviour, $0) }
    }
  }

  /// A valid value of this behaviour.
  func behaviourValue(_ behaviour: Behaviour) -> JSON? {
    if let words = behaviour.words {
      guard let text = text(behaviour.rawValue) else { return nil }
      if words.contains(text) { return .string(text) }
      diagnostic(
        "unknown value '\(text.prefix(60))' of \(behaviour.rawValue); "
          + "expected one of: \(words.joined(separator: ", "))")
      return nil
    }
    if let allowed = behaviour.statuses {
      let statuses = (oneOrMore(behaviour.rawValue) ?? []).compactMap { $0.status(of: behaviour, in: allowed) }
      return .array(statuses.map { .int($0) })
    }
    return integer(behaviour.rawValue, in: behaviour.numbers).map { .int($0) }
  }

  private func status(of behaviour: Behaviour, in allowed: ClosedRange<Int>) -> Int? {
    guard let status = integer("a status", in: 100...599) else { return nil }
    if allowed.contains(status) { return status }
    diagnostic(
      "\(status) cannot be in \(behaviour.rawValue), \(behaviour.meaning); "
        + "expected statuses from \(allowed.lowerBound) to \(allowed.upperBound)")
    return nil
  }
}
