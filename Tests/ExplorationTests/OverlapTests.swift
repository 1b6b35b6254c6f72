import Testing

@testable import Exploration

extension ServiceExplorations {
  @Suite("Overlapping operations at the reference service") struct OverlapTests {
    private func explore(_ fault: String?, runs: Int) async throws -> OverlapResult {
      var plan = ExplorationPlan()
      plan.runs = runs
      plan.firstBatch = 7
      plan.endsWithFirst = fault != nil
      plan.maxDisagreements = 1
      let trial = try ReferenceTrial([fault].compactMap(\.self))
      return try await OverlapExplorer(trial.model, plan, concurrency: 4, run: trial.record).explore()
    }

    @Test("the responses of the right service are those of some order")
    func agreement() async throws {
      let result = try await explore(nil, runs: 28)
      #expect(result.disagreements.map { $0.lines.joined(separator: " ") } == [])
      #expect(result.overlaps > 20)
    }

    @Test(
      "what operations do to each other is found, and shrunk",
      arguments: [
        "parallel-requests-share-a-token", "parallel-replacements-lose-one",
      ])
    func faults(fault: String) async throws {
      let found = try #require(try await explore(fault, runs: 84).disagreements.first)
      #expect(!found.isFlaky)
      #expect(found.overlap.overlapping.count == 2)
      #expect(found.overlap.operations.count <= 10)
    }
  }
}
