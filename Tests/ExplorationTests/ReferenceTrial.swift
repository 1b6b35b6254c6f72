// Runs scenarios that no file has against a reference service of their own, without a socket.

import BuiltInPack
import ConformanceModel
import Execution
import JSONValue
import Redaction
import ReferenceService
import RunEvents
import ScenarioFiles
import Testing

@testable import Exploration

/// One after the other: several explorations at the same time leave tests with time limits no turn.
@Suite("Explorations of the reference service", .serialized) enum ServiceExplorations {}

/// A reference service with faults, and what its target file declares.
struct ReferenceTrial {
  let target: Target
  var faults: [String] = []

  /// - Parameter behaviour: What is declared in place of what the target file says.
  init(_ faults: [String] = [], behaviour: [Behaviour: JSON] = [:]) throws {
    var target = try Target.load("\(BuiltInPack.root)/targets/reference.yaml")
    for (name, value) in behaviour { target.behaviour[name] = value }
    self.target = target
    self.faults = faults
  }

  var model: Model { Model(Facts(target)) }

  var run: TrialRunner {
    { scenarios in
      let outcomes = Outcomes()
      try await run(scenarios, outcomes)
      return outcomes.state.withLock { $0 }
    }
  }

  var record: HistoryRunner {
    { scenarios in
      let steps = Steps()
      try await run(scenarios, steps)
      return steps.steps
    }
  }

  private func run(_ scenarios: [Scenario], _ listener: any EventListener) async throws {
    var configuration = ReferenceServiceConfiguration()
    configuration.faults = faults.compactMap(Fault.named)
    let transport = InProcessTransport(configuration)
    let session = try TargetSession(
      target: target, transport: transport, makeTransport: { transport }, redactor: SecretRedactor(),
      environment: [:],
      launched: ["service": ["url": .string(transport.url), "manager-key": .string(transport.managerKey)]],
      runID: "trial")
    let plan = Plan(scenarios: scenarios, requirements: [], target: target)
    _ = await Runner(plan: plan, session: session, options: RunOptions(), listeners: [listener]).run()
  }
}

private final class Outcomes: EventListener {
  let readsLines = false
  let state = Locked<[String: Outcome]>([:])

  func handle(_ event: Event, line: [UInt8]) {
    guard case .caseFinished(let record) = event else { return }
    let finding = record.findings.first { $0.verdict == .failed } ?? record.findings.first
    let outcome: Outcome =
      record.verdict == .passed
      ? .agrees
      : finding.map {
        .disagrees(
          operation: ($0.place?.line ?? 1) - 1, text: $0.message, level: $0.verdict == .warned ? .should : .must)
      } ?? .notJudged(record.reason ?? "")
    state.withLock { $0[record.planned.scenario] = outcome }
  }
}

private final class Steps: EventListener {
  let readsLines = false
  private let state = Locked((scenarios: [Int: String](), steps: [String: [StepOutcome]]()))

  var steps: [String: [StepOutcome]] { state.withLock { $0.steps } }

  func handle(_ event: Event, line: [UInt8]) {
    switch event {
    case .casePlanned(let planned): state.withLock { $0.scenarios[planned.number] = planned.scenario }
    case .stepFinished(let record):
      guard record.notRun == nil, let exchange = record.exchange else { return }
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
