// What all cases of a scenario run.

import ConformanceModel

/// The steps of a scenario, prepared once for all of its cases.
final class CaseScript: Sendable {
  /// The steps of `given` and of `steps`.
  let steps: [Step]
  /// What a case owes that has not begun, with the steps of `finally`.
  let ledger: CaseLedger
  /// The accounts of `steps`.
  let judging: Range<Int>
  /// How the cases authenticate each client at the token endpoint, as far as the scenario says it.
  let authentications: [String: ClientAuthentication]

  /// - Parameter ways: Those of authentication that the target declares.
  init(_ scenario: Scenario, _ ways: [ClientAuthentication] = []) {
    steps = scenario.mainSteps
    ledger = CaseLedger(scenario.allSteps)
    judging = CaseLedger.width(scenario.given)..<CaseLedger.width(steps)
    authentications = scenario.authentications(among: ways)
  }
}
