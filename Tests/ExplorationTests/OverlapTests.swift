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

@Suite("Overlapping operations at the reference service") struct OverlapTests {
  private let target: Target
  private let model: Model

  init() throws {
    target = try Target.load("\(BuiltInPack.root)/targets/reference.yaml")
    model = Model(Facts(target))
  }

  private func record(_ fault: String?) -> HistoryRunner {
    { [target] scenarios in
      var configuration = ReferenceServiceConfiguration()
      configuration.faults = fault.flatMap(Fault.named).map { [$0] } ?? []
      let transport = InProcessTransport(configuration)
      let session = try TargetSession(
        target: target, transport: transport, makeTransport: { transport }, redactor: SecretRedactor(),
        environment: [:],
        launched: ["service": ["url": .string(transport.url), "manager-key": .string(transport.managerKey)]],
        runID: "trial")
      let steps = Steps()
      let plan = Plan(scenarios: scenarios, requirements: [], target: target)
      _ = await Runner(plan: plan, session: session, options: RunOptions(), listeners: [steps]).run()
      return steps.steps
    }
  }

  private func explore(_ fault: String?, runs: Int) async throws -> OverlapResult {
    var plan = ExplorationPlan()
    plan.runs = runs
    plan.firstBatch = 7
    plan.endsWithFirst = fault != nil
    plan.maxDisagreements = 1
    return try await OverlapExplorer(model, plan, concurrency: 4, run: record(fault)).explore()
  }

  @Test("the responses of the right service are those of some order")
  func agreement() async throws {
    let result = try await explore(nil, runs: 42)
    #expect(result.disagreements.map { $0.lines.joined(separator: " ") } == [])
    #expect(result.overlaps > 30)
  }

  @Test(
    "what operations do to each other is found, and shrunk",
    arguments: [
      "parallel-requests-share-a-token", "parallel-creations-share-a-secret", "parallel-replacements-lose-one",
      "parallel-tokens-of-a-client-end-each-other",
    ])
  func faults(fault: String) async throws {
    let found = try #require(try await explore(fault, runs: 84).disagreements.first)
    #expect(!found.isFlaky)
    #expect(found.overlap.overlapping.count == 2)
    #expect(found.overlap.operations.count <= 10)
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
