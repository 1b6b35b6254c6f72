// Steps that run once for several cases.

import ConformanceModel
import JSONValue
import RunEvents

extension CaseRunner {
  /// Runs the steps of a fragment that several cases share, or takes over what they saved in the case that ran them.
  ///
  /// - Parameter suite: That of the scenario.
  /// - Returns: Whether the case goes on.
  func runShared(_ use: SharedUse, _ steps: ArraySlice<Step>, of suite: String, at slot: Int) async -> Bool {
    let key = sharingKey(of: use, steps, suite)
    let advances = environment.timeline.advances
    guard let outcome = await environment.setups.claim(key, advances: advances) else {
      let former = scope.confidential.mapValues(\.count)
      let continues = await runSteps(Array(steps), at: slot)
      let outcome = ending(use, continues: continues, former).map { SharedSetups.Outcome(ending: $0, id: planned.id) }
      environment.setups.end(key, outcome, advances: advances)
      return continues
    }
    var slot = slot
    for step in steps {
      leaveOut(step, at: slot, "it runs once, and ran in \(outcome.id)")
      slot += CaseLedger.width(step)
    }
    return adopt(outcome, use, steps)
  }

  /// Cases share steps only if their clients are to authenticate in the same ways.
  private func sharingKey(of use: SharedUse, _ steps: ArraySlice<Step>, _ suite: String) -> String {
    let ways = steps.flatMap(\.leaves).compactMap { step in
      step.savedAs.flatMap { scope.authentications[$0] }?.rawValue
    }
    return ([use.extent == .suite ? suite : "", use.key] + ways).joined(separator: "\n")
  }

  /// How the steps ended in this case; `nil` if the case runs again.
  private func ending(_ use: SharedUse, continues: Bool, _ former: [String: Int]) -> SharedSetups.Ending? {
    if continues {
      var values = SharedSetups.Values(names: [:], confidential: [:])
      for (name, value) in scope.names { use.names.ownName(name).map { values.names[$0] = value } }
      for (label, secrets) in scope.confidential {
        values.confidential[label] = Array(secrets.dropFirst(former[label] ?? 0))
      }
      return .saved(values)
    }
    if lostResponse != nil { return nil }
    return skipReason.map { .skipped($0) } ?? .failed
  }

  private func adopt(_ outcome: SharedSetups.Outcome, _ use: SharedUse, _ steps: ArraySlice<Step>) -> Bool {
    switch outcome.ending {
    case .saved(let values):
      for (label, secrets) in values.confidential {
        for secret in secrets { scope.registerSecret(secret, as: label) }
      }
      for (own, value) in values.names { scope.save(use.names.name(own), value) }
      for (role, count) in CaseRunner.clientCounts(steps) { givenTaken[role, default: 0] += count }
      return true
    case .skipped(let reason):
      skipReason = reason
      return false
    case .failed:
      guard let step = steps.first else { return false }
      let finding =
        environment.timeline.stopped == nil
        ? Finding(.errored, .internal, "the setup that cases share did not succeed: see \(outcome.id)")
        : Finding(.errored, .internal, (environment.timeline.stopped as? RunStopped)?.description ?? "stopped")
      note(finding, of: step)
      return false
    }
  }
}
