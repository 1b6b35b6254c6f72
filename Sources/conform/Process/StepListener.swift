// Keeps what the steps of trials did.

import ConformanceModel
import Execution
import Exploration
import RunEvents

/// The outcomes of steps by the ids of their scenarios.
final class StepListener: EventListener {
  private struct State {
    /// The scenarios by the numbers of their cases.
    var scenarios: [Int: String] = [:]
    var steps: [String: [StepOutcome]] = [:]
  }

  let readsLines = false
  /// The lock protects the steps: cases run on several threads.
  private let state = Locked(State())

  var steps: [String: [StepOutcome]] { state.withLock { $0.steps } }

  func handle(_ event: Event, line: [UInt8]) {
    switch event {
    case .casePlanned(let planned): state.withLock { $0.scenarios[planned.number] = planned.scenario }
    case .stepFinished(let record):
      guard record.notRun == nil, let exchange = record.exchange, !exchange.isRetried else { return }
      let outcome = StepOutcome(
        line: record.line, status: exchange.status, body: exchange.responseBody.text, holds: record.checks.map(\.holds))
      state.withLock { state in
        guard let scenario = state.scenarios[record.number] else { return }
        state.steps[scenario, default: []].append(outcome)
      }
    default: break
    }
  }
}
