import Foundation
import Testing

@Suite("Known deviations of a target")
struct DeviationTests {
  private static let wrong = """
    title: The service is a teapot
    covers: TST-01
    steps:
      - http: { url: / }
        expect: { status: "${expected}" }
    cases:
      - { case: teapot, expected: 418 }
      - { case: well, expected: 200 }
    """

  private func workspace(_ expected: String) throws -> Workspace {
    let service = try SmallService()
    keep.append(service)
    let workspace = try Workspace(
      scenarios: ["tea": DeviationTests.wrong], target: service.target("expected-deviations: known.expected.yaml"))
    try workspace.write("expected:\n\(expected)\n", to: "Scenarios/targets/known.expected.yaml")
    return workspace
  }

  private let keep = Keeper()

  @Test("counts as skipped with its reason, and the rest of the scenario runs as usual")
  func known() throws {
    let workspace = try workspace("  - { id: tea, reason: it serves coffee (RFC 2324 section 2.3.2) }")
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.contains("2 cases: 1 passed, 1 skipped"))
    let junit = try workspace.read("Reports/junit.xml")
    #expect(junit.contains("expected deviation: it serves coffee (RFC 2324 section 2.3.2)"))
    #expect(!outcome.output.contains("no longer occurs"))
  }

  @Test("one that passes fails the run, or only warns if that is allowed, and is reported with its place")
  func gone() throws {
    let workspace = try workspace(
      "  - { id: tea/teapot, reason: it serves coffee }\n  - { id: tea/well, reason: it is not well }")
    let runs = [
      (try workspace.conform("run"), 1, "FAILED"), (try workspace.conform("run", "--allow-stale"), 0, "WARNED"),
    ]
    for (outcome, status, verdict) in runs {
      #expect(outcome.status == status, "\(outcome.output)\(outcome.errors)")
      #expect(
        outcome.output.contains(
          "\(verdict) tea/well - the expected deviation 'tea/well' no longer occurs; remove its entry at "
            + "Scenarios/targets/known.expected.yaml:3:11"), "\(outcome.output)")
      #expect(!outcome.output.contains("'tea/teapot' no longer occurs"))
    }
  }

  @Test("a failure that is not listed still fails")
  func unknown() throws {
    let outcome = try workspace("  - { id: tea/well, reason: it is not well }").conform("run")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("FAILED tea/teapot"))
  }

  @Test(
    "of an invariant no longer occurs only if a whole pack ran",
    arguments: [[], ["Scenarios/area"], ["--only", "tea"]])
  func part(selection: [String]) throws {
    let workspace = try workspace(
      "  - { id: answers, reason: it is silent }\n  - { id: tea, reason: it serves coffee }")
    try workspace.write(
      "invariants:\n  - { id: answers, title: Answers come, covers: TST-01, expect: { status: 2xx } }\n",
      to: "Scenarios/invariants.yaml")
    let outcome = try workspace.conform(["run"] + selection)
    #expect(outcome.status == (selection.isEmpty ? 1 : 0), "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("'answers' no longer occurs") == selection.isEmpty)
  }

  @Test(
    "an entry that names no scenario is a mistake, unless a part of the pack runs",
    arguments: [["check"], ["run"], ["run", "--only", "tea"], ["run", "Scenarios/area"]])
  func misspelt(arguments: [String]) throws {
    let outcome = try workspace(
      "  - { id: tae, reason: it serves coffee }\n  - { id: tea/teapot, reason: it serves coffee }"
    ).conform(arguments)
    let isWhole = arguments.count == 1
    #expect(outcome.status == (isWhole ? 2 : 0), "\(outcome.output)\(outcome.errors)")
    #expect(
      outcome.errors.contains(
        "Scenarios/targets/known.expected.yaml:2:11: unknown scenario or case 'tae'; did you mean 'tea'?") == isWhole,
      "\(outcome.errors)")
  }
}

/// Holds servers for as long as a test runs.
final class Keeper {
  private var services: [SmallService] = []

  func append(_ service: SmallService) { services.append(service) }
}
