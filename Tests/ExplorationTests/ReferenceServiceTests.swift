import BuiltInPack
import ConformanceModel
import ScenarioFiles
import TestSupport
import Testing

@testable import Exploration

extension ServiceExplorations {
  @Suite("The model and the reference service") struct ReferenceServiceAgreementTests {
    private let model: Model

    init() throws { model = try ReferenceTrial().model }

    private func trial(_ fault: String? = nil) throws -> TrialRunner {
      try ReferenceTrial([fault].compactMap(\.self)).run
    }

    private func explore(_ fault: String?, runs: Int) async throws -> ExplorationResult {
      var plan = ExplorationPlan()
      plan.runs = runs
      plan.firstBatch = 10
      plan.endsWithFirst = fault != nil
      plan.maxDisagreements = 1
      return try await Explorer(model, plan, run: trial(fault)).explore()
    }

    @Test("the right service agrees")
    func agreement() async throws {
      let result = try await explore(nil, runs: 20)
      #expect(result.disagreements.map { $0.lines(model).joined(separator: " ") } == [])
      #expect(result.notJudged.isEmpty)
    }

    /// Of each kind one: when a token ends, what is delivered, what a stranger may do, what goes wrong at one connector,
    /// what one client does to another, and what is only recommended.
    private static let sample = [
      "expiry-second-still-good", "payloads-are-lost", "nobody-replaces-secrets",
      "tokens-die-early-on-second-connector",
      "deletion-by-name", "token-without-pragma",
    ]

    @Test("a fault is found, shrunk to a few steps, and written as a scenario that fails with it and passes without it")
    func faults() async throws {
      var counts: [Int] = []
      var scenarios: [Scenario] = []
      let folder = try TemporaryFolder()
      for fault in Self.sample {
        let result = try await explore(fault, runs: 600)
        guard let found = result.disagreements.first else {
          Issue.record("\(fault) was not found in \(result.operations) steps")
          continue
        }
        #expect(!found.isFlaky, "\(fault)")
        counts.append(found.operations.count)
        let scenario = try #require(model.scenario(of: found))
        guard case .disagrees? = try await trial(fault)([scenario])[scenario.id] else {
          Issue.record("the scenario passes with the fault \(fault)")
          continue
        }
        #expect(try await trial()([scenario])[scenario.id] == .agrees, "\(fault)")
        try folder.write("explore/\(scenario.id).yaml", ScenarioText(scenario).text)
        scenarios.append(scenario)
      }
      // as files they are the same
      let library = try Library.load([BuiltInPack.root, folder.path])
      for scenario in scenarios {
        let read = library.scenarios.first { $0.id == scenario.id }
        #expect(read?.steps.map(\.withoutPlaces) == scenario.steps.map(\.withoutPlaces), "\(scenario.title)")
      }
      #expect((counts.max() ?? 0) <= 10)
      #expect(counts.sorted()[counts.count / 2] <= 4)
    }

    @Test("conform check accepts every sequence as a file, and reads the same steps from it")
    func files() throws {
      var plan = ExplorationPlan()
      plan.runs = 40
      let sequences = Explorer(model, plan) { _ in [:] }.sequences
      let folder = try TemporaryFolder()
      var scenarios: [Scenario] = []
      for (index, sequence) in sequences.enumerated() {
        let whole = sequence + model.twins(of: sequence)
        let scenario = try #require(model.scenario(whole, id: "sequence-\(index)", title: "Sequence \(index)"))
        scenarios.append(scenario)
        try folder.write("explore/sequence-\(index).yaml", ScenarioText(scenario).text)
      }
      let library = try Library.load([BuiltInPack.root, folder.path])
      #expect(library.missingTwins(isWhole: true).map(\.description) == [])
      for scenario in scenarios {
        let loaded = try #require(library.scenarios.first { $0.id == scenario.id })
        #expect(loaded.steps.count == scenario.steps.count)
        for (read, made) in zip(loaded.steps, scenario.steps) { #expect(read.withoutPlaces == made.withoutPlaces) }
        #expect(loaded.needs == scenario.needs)
        #expect(loaded.covers == scenario.covers)
      }
    }
  }
}

extension Step {
  /// The step as it compares whatever file it is from.
  fileprivate var withoutPlaces: Step {
    let nowhere = Place(file: "", line: 0, column: 0)
    var step = self
    step.place = nowhere
    // a step that expects nothing decides nothing, which matters only if steps are left out
    step.isJudging = true
    step.expectations = expectations.map { Expectation($0.subject, severity: $0.severity, place: nowhere) }
    step.savings = savings.map { Saving(name: $0.name, source: $0.source, place: nowhere) }
    step.condition = condition.map { Expectation($0.subject, severity: $0.severity, place: nowhere) }
    return step
  }
}
