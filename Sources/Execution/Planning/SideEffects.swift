// What a scenario leaves behind at a target.

import ConformanceModel
import JSONValue

enum SideEffects {
  /// Why the scenario must not run against a live target; `nil` if it leaves nothing behind.
  static func reason(_ scenario: Scenario, _ target: Target, _ available: Set<Capability>) -> String? {
    reason(scenario.allSteps, target, available, scenario.cases.refusals)
  }

  /// - Parameter refusals: The values of a case that are statuses of refusals.
  private static func reason(
    _ steps: [Step], _ target: Target, _ available: Set<Capability>, _ refusals: [String]
  ) -> String? {
    for step in steps { if let reason = reason(step, target, available, refusals) { return reason } }
    return nil
  }

  private static func reason(
    _ step: Step, _ target: Target, _ available: Set<Capability>, _ refusals: [String]
  ) -> String? {
    if step.when?.obstacle(at: target, available) != nil { return nil }
    switch step.operation {
    case .createClient, .replaceClient:
      if case .static = target.clients { return nil }
      return target.clients?.operations.contains(.delete) == true ? nil : "creates clients that cannot be deleted there"
    case .postPayload: return isRefused(step, refusals) ? nil : "leaves payloads behind"
    case .http(let request):
      let method = request.edits.method ?? request.method
      return ["GET", "HEAD", "OPTIONS"].contains(method) || isRefused(step, refusals)
        ? nil : "sends \(method), which may leave something behind"
    case .restartTarget: return "restarts a live target"
    case .wait: return target.clock == .wall ? nil : "advances the clock of a live target"
    case .repeat(_, let steps): return reason(steps, target, available, refusals)
    case .concurrently(let branches): return branches.lazy.compactMap { reason($0, target, available, refusals) }.first
    case .listClients, .showClient, .deleteClient, .requestToken, .showReceipt, .readInbox: return nil
    }
  }

  /// The step expects that the request is refused.
  private static func isRefused(_ step: Step, _ refusals: [String]) -> Bool {
    step.expectations.contains { expectation in
      switch expectation.subject {
      case .challenge, .error: true
      case .status(let matcher): isRefusal(matcher, refusals)
      default: false
      }
    }
  }

  /// The behaviours whose statuses refuse a payload.
  private static let refusingBehaviours: [Behaviour] = [
    .malformedPayload, .blankPayloadRefused, .mismatchedPayload, .foreignToken,
  ]

  private static func isRefusal(_ matcher: Matcher, _ refusals: [String]) -> Bool {
    switch matcher {
    case .equals(.literal(let json)): (400...499).contains(json.int ?? 0)
    case .statusClass(let hundred): hundred == 4
    case .oneOf(let choices): !choices.isEmpty && choices.allSatisfy { isRefusal($0, refusals) }
    case .among(.reference(let reference)), .equals(.reference(let reference)):
      refusingBehaviours.contains { reference.path == ["behaviour", $0.rawValue] }
        || reference.path.count == 1 && refusals.contains(reference.name)
    default: false
    }
  }
}

extension Cases {
  /// The values whose content is, in each row, statuses with which a request is refused.
  fileprivate var refusals: [String] {
    guard case .rows(let rows) = self, let first = rows.first else { return [] }
    return first.values.map(\.name).filter { name in
      rows.allSatisfy { row in
        guard case .literal(let value)? = row.values.first(where: { $0.name == name })?.value else { return false }
        let statuses = value.array ?? [value]
        return !statuses.isEmpty && statuses.allSatisfy { (400...499).contains($0.int ?? 0) }
      }
    }
  }
}
