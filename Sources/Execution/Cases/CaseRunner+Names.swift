// The names of a case before its first step.

import ConformanceModel
import JSONValue
import RunEvents

extension CaseRunner {
  /// Saves the built-in names of the case and the values of its row.
  func bind(_ one: Plan.Case) -> Bool {
    do {
      // a service may have processed payloads of a former run of the case
      let id = formerRuns == 0 ? planned.id : "\(planned.id)#\(formerRuns)"
      let unique = CaseRunner.unique(id, run: session.templates.values["run"]?["id"]?.string ?? "")
      var names = try session.builtInNames()
      names["unique"] = .string(unique)
      names[GeneratedValues.name] = .string(environment.seed.map { "\($0)/\(id)" } ?? unique)
      if let connector = names["connector"] {
        names["token-params"] = .string(try tokenParameters(["connector": connector, "unique": .string(unique)]))
      }
      scope.bind(names)
      for member in one.row?.values ?? [] { scope.save(member.name, try scope.fill(member.value)) }
      return true
    } catch {
      note(Finding(.errored, .internal, "\(error)", place: one.entry.scenario.place))
      return false
    }
  }

  /// The parameters that the target needs in every token request, each after an ampersand: for bodies that a scenario
  /// writes as a whole.
  private func tokenParameters(_ values: [String: JSON]) throws -> String {
    try session.target.token.parameters.map { parameter in
      let pairs = FormParameters.pairs(parameter.name, try session.templates.resolve(parameter.value, values))
      return pairs.isEmpty ? "" : "&" + FormEncoding.encode(pairs)
    }.joined()
  }

  /// A text that no other case and no other run has.
  private static func unique(_ id: String, run: String) -> String {
    "c" + String(FNV1a("\(run)/\(id)").value, radix: 36)
  }

  /// Restores the state of a pending case.
  ///
  /// - Returns: Whether the case can be continued.
  func restore(_ state: PendingState, stepCount: Int) -> Bool {
    exchanges = state.exchanges
    recordNumbers.follow(state.recorded?.values.reduce(0, +) ?? 0)
    hasWaited = true
    ledger.settle(first: state.stepsDone, leftOut: state.leftOut)
    findings = state.findings
    if let lifetime = state.lifetime { session.observedLifetime.withLock { $0 = lifetime } }
    for (label, secrets) in state.confidential {
      for secret in secrets { scope.registerSecret(secret, as: label) }
    }
    for (name, value) in state.names { scope.save(name, value) }
    for (role, count) in state.givenTaken { ConnectorRole(rawValue: role).map { givenTaken[$0] = count } }
    if state.stepCount == stepCount { return true }
    note(
      Finding(
        .errored, .internal,
        "the case cannot be resumed: the scenario now has \(stepCount.counted("step")), it had \(state.stepCount) "
          + "when the case started; run it again"
      ))
    return false
  }
}
