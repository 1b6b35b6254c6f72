// A refusal proves nothing by itself: something else may have been refused. Each needs a twin that succeeds.

import ConformanceModel
import JSONValue

extension Library {
  /// Steps that expect a refusal and have no twin: a step of the same operation that succeeds, in the same scenario or in one that
  /// it names. Where only a part of a pack was loaded, a twin may lie in the rest of it.
  public func missingTwins(isWhole: Bool) -> [Diagnostic] {
    let byID = Dictionary(scenarios.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return scenarios.flatMap { scenario -> [Diagnostic] in
      let unknown = scenario.twins.filter { byID[$0] == nil }
      if !isWhole, !unknown.isEmpty { return [] }
      let strangers = unknown.map { id in
        Diagnostic(
          place: scenario.place,
          message: "the twin '\(id)' is no scenario\(Suggestion.text(for: id, among: byID.keys.sorted()))")
      }
      let shown =
        (scenario.given + scenario.steps + scenario.twins.compactMap { byID[$0] }.flatMap { $0.given + $0.steps })
        .flatMap(\.withInner)
      let succeeding = Set(shown.filter(\.succeeds).flatMap { $0.operation.kind.stands })
      let alone = scenario.steps.flatMap(\.withInner).filter { $0.isRefused && !succeeding.contains($0.operation.kind) }
      return strangers
        + alone.map { step in
          Diagnostic(
            place: step.place,
            message:
              "this refusal has no twin: no step shows that \(step.operation.kind.rawValue) succeeds without the deviation; "
              + "add one, or name a scenario that does with 'twin'")
        }
    }
  }
}

extension Step {
  fileprivate var withInner: [Step] {
    switch operation {
    case .repeat(_, let steps): steps.flatMap(\.withInner)
    case .concurrently(let branches): branches.joined().flatMap(\.withInner)
    default: [self]
    }
  }

  /// It binds, and nothing but a refusal meets it.
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
      case .success, .listed, .delivered: return true
      case .status(let matcher): return matcher.statuses.map { !$0.isEmpty && $0.allSatisfy { $0 < 400 } } ?? false
      default: return false
      }
    }
  }
}

extension StepActionKind {
  /// The operations for which its success speaks. A free request is mostly another way to do what an operation does.
  fileprivate var stands: [StepActionKind] {
    switch self {
    case .requestToken, .postPayload: [self, .http]
    default: [self]
    }
  }
}

extension Matcher {
  /// The statuses that it names, a class by its first; `nil` where it is another condition.
  fileprivate var statuses: [Int]? {
    switch self {
    case .equals(.literal(let json)): return json.int.map { [$0] }
    case .statusClass(let hundred): return [hundred * 100]
    // of a behaviour: all that name several statuses are about refusals, but for one
    case .among(let template):
      return template.references.first.map { $0.path.last == Behaviour.payloadAccepted.rawValue ? [200] : [400] }
    case .oneOf(let choices):
      let all = choices.map(\.statuses)
      return all.contains { $0 == nil } ? nil : all.compactMap { $0 }.flatMap { $0 }
    default: return nil
    }
  }
}
