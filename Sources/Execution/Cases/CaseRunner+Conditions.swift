// Steps that are left out, since the conditions of their `when` are not met.

import ConformanceModel
import JSONValue
import RunEvents

extension CaseRunner {
  /// Why a step with these conditions does not run; `nil` if it does.
  ///
  /// - Throws: If a matcher names an unknown value, or a pattern takes too much work.
  func reasonToLeaveOut(_ when: StepCondition) throws(UnresolvedReference) -> String? {
    if let obstacle = when.obstacle(with: session.capabilities, { session.value(of: $0) }) { return obstacle }
    guard !when.values.isEmpty else { return nil }
    let matching = scope.matching(session.patterns)
    for value in when.values {
      // absent if nothing was saved under its name, or it has no such member
      let actual = try? scope.fill(.reference(value.reference))
      guard let first = try matching.mismatches(value.matcher, actual).first else { continue }
      let name = value.reference.path.joined(separator: ".")
      let part = first.path.isEmpty ? "" : ", \(Matching.start(of: first.path))"
      let expected = first.expected.isEmpty ? "otherwise" : first.expected
      return "when \(name)\(part) is \(expected); it is \(actual == nil ? "missing" : first.actual)"
    }
    return nil
  }

  /// Records that a step does not run, and why. Nothing of it is owed.
  func leaveOut(_ step: Step, at slot: Int, _ reason: String) {
    ledger.leaveOut(step, at: slot, reason)
    record(step, nil, [], notRun: reason)
  }
}
