// Does what all branches of `concurrently` did meet what is expected of them together?

import ConformanceModel
import JSONValue

/// What the branches of one step left.
struct JointEvaluation {
  /// The scopes of the branches, in their order.
  let scopes: [CaseScope]
  /// In how many of them each request succeeded.
  let succeeded: Int
  let matching: Matching

  /// The mismatches; none if the expectation is met. Values are not shown: they may be secrets.
  ///
  /// - Parameter isComplete: Whether all branches ran to their end.
  /// - Returns: `nil` if the branches that ended early leave the expectation open.
  func mismatches(
    _ subject: Expectation.Subject, isComplete: Bool
  ) throws(UnresolvedReference) -> [Mismatch]? {
    switch subject {
    case .succeeded(let matcher):
      guard isComplete else { return nil }
      return try matching.mismatches(matcher, .int(succeeded)).map { $0.of(subject.title) }
    case .different(let value):
      return compare(value, subject, isComplete) { values in
        for (index, one) in values.enumerated() {
          if let other = values[..<index].first(where: { $0.value == one.value }) {
            return ("a different one in each of \(scopes.count)", "\(other.copy) and \(one.copy) have the same")
          }
        }
        return nil
      }
    case .equal(let value):
      return compare(value, subject, isComplete) { values in
        values.dropFirst().first { $0.value != values[0].value }.map {
          ("the same in all \(scopes.count)", "\(values[0].copy) and \($0.copy) differ")
        }
      }
    default: return []
    }
  }

  private typealias Copied = (copy: Int, value: JSON)

  private func compare(
    _ reference: Reference, _ subject: Expectation.Subject, _ isComplete: Bool,
    _ difference: ([Copied]) -> (expected: String, actual: String)?
  ) -> [Mismatch]? {
    let values = scopes.enumerated().compactMap { index, scope -> Copied? in
      guard scope.savedNames.contains(reference.name) else { return nil }
      return (try? scope.look(up: reference)).map { (index + 1, $0) }
    }
    guard values.count > 1 else {
      guard isComplete else { return nil }
      return [
        Mismatch(
          .missing, subject: subject.title, expected: "values of two or more copies", actual: "\(values.count)")
      ]
    }
    return difference(values).map {
      [Mismatch(subject: subject.title, expected: $0.expected, actual: $0.actual)]
    } ?? []
  }
}
