// A refusal proves little by itself: the request may be refused for another reason. Each needs a twin that succeeds.

import ConformanceModel
import JSONValue

extension Library {
  /// Steps that expect a refusal without a twin: a step with the same operation that succeeds, in the same scenario
  /// or in one that it names.
  ///
  /// - Parameter isWhole: Whether the whole pack is loaded; if not, a twin may be in the rest.
  public func missingTwins(isWhole: Bool) -> [Diagnostic] {
    let byID = Dictionary(scenarios.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return scenarios.flatMap { scenario -> [Diagnostic] in
      let unknown = scenario.twins.filter { byID[$0] == nil }
      if !isWhole, !unknown.isEmpty { return [] }
      let unknownTwins = unknown.map { id in
        Diagnostic(
          place: scenario.place,
          message: "unknown scenario '\(id)' in 'twin'\(Suggestion.text(for: id, among: byID.keys.sorted()))")
      }
      let related =
        (scenario.mainSteps + scenario.twins.compactMap { byID[$0] }.flatMap(\.mainSteps))
        .flatMap(\.leaves)
      let succeeding = Set(related.filter(\.succeeds).flatMap { $0.operation.kind.demonstrated })
      let alone = scenario.steps.flatMap(\.leaves).filter { $0.isRefused && !succeeding.contains($0.operation.kind) }
      return unknownTwins
        + alone.map { step in
          Diagnostic(
            place: step.place,
            message:
              "no twin for this refusal: no step shows that \(step.operation.kind.rawValue) succeeds "
              + "without the deviation; add one, or name a scenario that has one in 'twin'")
        }
    }
  }
}

extension Step {
  /// A `must` expectation that only a refusal meets.
  fileprivate var isRefused: Bool {
    expectations.contains { expectation in
      guard expectation.severity == .must else { return false }
      switch expectation.subject {
      case .error: return true
      case .status(let matcher): return matcher.statuses.map { !$0.isEmpty && $0.allSatisfy { $0 >= 400 } } ?? false
      default: return false
      }
    }
  }

  fileprivate var succeeds: Bool {
    expectations.contains { expectation in
      guard expectation.severity == .must else { return false }
      switch expectation.subject {
      case .success, .listed, .delivered, .received: return true
      case .status(let matcher): return matcher.statuses.map { !$0.isEmpty && $0.allSatisfy { $0 < 400 } } ?? false
      default: return false
      }
    }
  }
}

extension StepActionKind {
  /// The operations that its success demonstrates. A free request is mostly another way to send the same request.
  fileprivate var demonstrated: [StepActionKind] {
    switch self {
    case .requestToken, .postPayload: [self, .http]
    default: [self]
    }
  }
}

extension Matcher {
  /// The statuses that it names, a class by its first; `nil` if it is another condition.
  fileprivate var statuses: [Int]? {
    switch self {
    case .equals(.literal(let json)): return json.int.map { [$0] }
    case .statusClass(let hundred): return [hundred * 100]
    // a behaviour: all those with statuses are about refusals, except one
    case .among(let template):
      return template.references.first.map { $0.path.last == Behaviour.payloadAccepted.rawValue ? [200] : [400] }
    case .oneOf(let choices):
      let all = choices.map(\.statuses)
      return all.contains { $0 == nil } ? nil : all.compactMap { $0 }.flatMap { $0 }
    default: return nil
    }
  }
}
