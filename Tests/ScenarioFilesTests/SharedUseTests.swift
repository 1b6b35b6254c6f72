import ConformanceModel
import TestSupport
import Testing

@testable import ScenarioFiles

@Suite("A use of a fragment that runs once")
struct SharedUseTests {
  private static let fragment = """
    parameters: { name: { default: erp } }
    outputs: token
    steps:
      - create-client: { as: erp, name: "${name}" }
      - request-token: { as: token, client: erp }
    """
  private static let steps = "steps:\n  - post-payload: { token: token }\n    expect: accepted\n"

  private func load(_ texts: [String], _ fragment: String = fragment) throws -> [Scenario] {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", "requirements: [{ id: A-01, level: must, source: s, text: t }]")
    try folder.write("fragments/a.yaml", fragment)
    try folder.write("fragments/outer.yaml", "outputs: token\nsteps:\n  - use: fragments/a.yaml\n    once: run\n")
    for (number, text) in texts.enumerated() {
      try folder.write("suite/s\(number).yaml", "title: A case\ncovers: A-01\n\(text)\n")
    }
    return try Library.load([folder.path]).scenarios
  }

  @Test("has one key for equal values, and another for others, whatever the outputs are called")
  func keys() throws {
    let plain = "given:\n  - use: fragments/a.yaml\n    once: run\n\(SharedUseTests.steps)"
    let renamed = """
      given:
        - use: fragments/a.yaml
          once: suite
          outputs: { token: other }
      steps: [{ post-payload: { token: other }, expect: accepted }]
      """
    let valued = "given:\n  - use: fragments/a.yaml\n    once: run\n    with: { name: x }\n\(SharedUseTests.steps)"
    let scenarios = try load([plain, renamed, valued])
    let uses = try scenarios.map { try #require($0.given.first?.shared) }
    #expect(uses.map(\.extent) == [.run, .suite, .run])
    #expect(uses[0].key == uses[1].key && uses[0].key != uses[2].key)
    #expect(uses[1].names.name("token") == "other" && uses[1].names.ownName("a.erp") == "erp")
    for scenario in scenarios { #expect(scenario.given.allSatisfy { $0.shared === scenario.given.first?.shared }) }
  }

  @Test(
    "is for the setup of a scenario, with values that all cases have",
    arguments: [
      (
        "steps:\n  - use: fragments/a.yaml\n    once: run\n  - post-payload: { token: token }\n    expect: accepted",
        "5:11: 'once' is only for a use in the 'given' of a scenario: what cases share is their setup"
      ),
      (
        "given:\n  - repeat: 2\n    steps:\n      - use: fragments/a.yaml\n        once: run\n\(steps)",
        "7:15: 'once' is only for a use in the 'given' of a scenario"
      ),
      (
        "given:\n  - use: fragments/outer.yaml\n\(steps)",
        "outer.yaml:4:11: 'once' is only for a use in the 'given' of a scenario"
      ),
      (
        "given:\n  - use: fragments/a.yaml\n    once: run\n    when: { needs: inbox }\n\(steps)",
        "6:11: a use with 'once' cannot have 'when'; write it into the fragment"
      ),
      (
        "given:\n  - use: fragments/a.yaml\n    once: run\n    with: { name: \"x ${unique}\" }\n\(steps)",
        "6:19: a use with 'once' cannot have values of its case, which others do not share"
      ),
      (
        "given:\n  - use: fragments/a.yaml\n    once: always\n\(steps)",
        "5:11: unknown extent 'always'"
      ),
      (
        "given:\n  - create-client: { as: erp }\n    once: run\n\(steps)",
        "5:11: 'once' is only for a step with 'use'"
      ),
    ])
  func mistakes(text: String, message: String) throws {
    let error = try #require(throws: Diagnostics.self) { _ = try load([text]) }
    #expect(error.description.contains(message), "\(error)")
  }

  @Test("cannot wait, in a nested step either")
  func wait() throws {
    let waiting = SharedUseTests.fragment + "\n  - repeat: 2\n    steps: [{ wait: 1h }]\n"
    let error = try #require(throws: Diagnostics.self) {
      _ = try load(["given:\n  - use: fragments/a.yaml\n    once: run\n\(SharedUseTests.steps)"], waiting)
    }
    #expect(error.description.contains("a fragment that runs once cannot wait"), "\(error)")
  }
}
