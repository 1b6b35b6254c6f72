// What is different in a run that continues pending cases.

import ConformanceModel
import RunEvents

extension Runner {
  /// Takes over the clients of pending cases, and ends the cases that cannot continue as errored.
  ///
  /// - Returns: The cases that can continue.
  func begin(_ states: [PendingState], at instant: SimulatedInstant) -> [PendingState] {
    // deleted at the end, whatever the verdict of their case
    for state in states {
      for client in state.clients { _ = session.createdClients.add(client, number: state.number) }
    }
    return states.filter { state in
      guard let obstacle = plan.obstacle(to: state) else { return true }
      guard let planned = state.planned ?? plan.makeCase(id: state.id, number: state.number)?.planned else {
        return false
      }
      let place = Place(file: planned.file, line: planned.line, column: 1)
      var finding = Finding(.errored, .internal, obstacle, place: place)
      finding.requirements = planned.covers
      stream.emit(
        .caseFinished(
          CaseRecord(
            planned: planned, verdict: .errored, startedAt: state.startedAt, seconds: 0,
            simulatedStart: state.simulatedStart, simulatedEnd: instant, exchanges: state.exchanges,
            findings: state.findings + [finding])))
      return false
    }
  }

  /// Reports the end of a case.
  ///
  /// - Parameter state: The state of a resumed case that could not finish because the run was stopped: it stays pending.
  func finish(_ record: CaseRecord, from state: PendingState?, park: @Sendable (PendingState) -> Void) {
    if let state { return keepPending(state, park: park) }
    end(deviations.weigh(record))
  }

  /// Leaves a resumed case pending, with the clients that it has by now.
  func keepPending(_ state: PendingState, park: @Sendable (PendingState) -> Void) {
    var state = state
    let clients = session.createdClients.keep(number: state.number)
    if !clients.isEmpty { state.clients = clients }
    park(state)
  }

  /// Adds the fingerprint of its case to the state of a pending case.
  func withFingerprint(_ state: PendingState) -> PendingState {
    var state = state
    if let planned = plan.makeCase(id: state.id, number: state.number) {
      state.fingerprint = plan.fingerprint(of: planned)
    }
    return state
  }
}
