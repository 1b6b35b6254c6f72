import ConformanceModel
import Foundation
import JSONValue
import TestSupport
import Testing

@testable import ScenarioFiles

@Suite("Fragments")
struct FragmentTests {
  private static let newToken = """
    title: A client of its own, and a token for it
    parameters:
      auth: { default: basic, meaning: how the client authenticates }
      name:
      scope: { default: null }
    outputs: [token]
    steps:
      - create-client: { as: erp, name: "${name}" }
      - request-token:
          { as: token, client: erp, auth: "${auth}", params: { scope: "${scope}", note: "for ${auth|upper}, ${erp.id}" } }
    """

  /// Loads a scenario with fragments beside it and in the root of its pack.
  private func load(_ steps: String, _ fragments: [String: String] = ["fragments/new-token.yaml": newToken]) throws
    -> (scenario: Scenario, folder: TemporaryFolder)
  {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", "requirements: [{ id: A-01, level: must, source: s, text: t }]")
    for (path, text) in fragments { try folder.write(path, text) }
    try folder.write("suite/one.yaml", "title: A case\ncovers: A-01\n\(steps)\n")
    let library = try Library.load([folder.path])
    #expect(library.scenarios.map(\.id) == ["one"])
    return (try #require(library.scenarios.first), folder)
  }

  private static let twice = """
    given:
      - create-client: { as: erp }
      - use: fragments/new-token.yaml
        with: { name: "x ${erp.id}" }
      - use: fragments/new-token.yaml
        with: { name: second, auth: body, scope: read }
        outputs: { token: other }
    steps:
      - post-payload: { token: token }
        expect: accepted
      - post-payload: { token: other }
    """

  @Test("are steps in the place of the step that uses them, with names and parameters of their own")
  func steps() throws {
    let (scenario, folder) = try load(FragmentTests.twice)
    #expect(
      scenario.given.map(\.savedAs) == ["erp", "new-token.erp", "token", "new-token-2.erp", "other"])
    let requests = scenario.given.compactMap { step -> TokenRequest? in
      if case .requestToken(let request) = step.operation { request } else { nil }
    }
    #expect(requests.map(\.client) == ["new-token.erp", "new-token-2.erp"])
    #expect(requests.map(\.authentication) == [.basic, .body])
    #expect(requests.map { $0.parameters[0].value } == [.literal(.null), .literal("read")])
    let caller = Template.Segment.reference(Reference(path: ["erp", "id"]))
    guard case .createClient(let name, _) = scenario.given[1].operation else { return #expect(Bool(false)) }
    #expect(name == .text([.literal("x "), caller]))
    guard case .text(let note) = requests[1].parameters[1].value else { return #expect(Bool(false)) }
    #expect(note.prefix(2) == [.literal("for "), .literal("BODY")])
    #expect(note.last == .reference(Reference(path: ["new-token-2.erp", "id"])))
    let places = scenario.given.map { $0.usedAt.map { "\($0.line)" } ?? "-" }
    #expect(places == ["-", "5", "5", "7", "7"])
    #expect(scenario.given[1].place == Place(file: "\(folder.path)/fragments/new-token.yaml", line: 8, column: 5))
  }

  @Test("are part of the fingerprint of a scenario, and of the files that a run reads")
  func fingerprint() throws {
    let (scenario, folder) = try load(FragmentTests.simple)
    let changed = FragmentTests.newToken.replacingOccurrences(of: "default: basic", with: "default: body")
    #expect(try load(FragmentTests.simple).scenario.digest == scenario.digest)
    let commented = ["fragments/new-token.yaml": "# a comment\n" + FragmentTests.newToken]
    #expect(try load(FragmentTests.simple, commented).scenario.digest == scenario.digest)
    #expect(try load(FragmentTests.simple, ["fragments/new-token.yaml": changed]).scenario.digest != scenario.digest)
    #expect(Library.inputFiles([folder.path]).contains("\(folder.path)/fragments/new-token.yaml"))
  }

  private static let simple = """
    steps:
      - use: fragments/new-token.yaml
        with: { name: x }
      - post-payload: { token: token }
        expect: accepted
    """

  @Test("are found beside the scenario first, then in the folder of the pack")
  func search() throws {
    let near = FragmentTests.newToken.replacingOccurrences(of: "as: erp", with: "as: near").replacingOccurrences(
      of: "client: erp", with: "client: near"
    ).replacingOccurrences(of: "${erp.id}", with: "${near.id}")
    let (scenario, _) = try load(
      FragmentTests.simple,
      ["fragments/new-token.yaml": FragmentTests.newToken, "suite/fragments/new-token.yaml": near])
    #expect(scenario.steps.first?.savedAs == "new-token.near")
  }

  @Test("may use others, and count for what a scenario expects")
  func nested() throws {
    let outer = """
      parameters: { who: }
      outputs: token
      steps:
        - use: new-token.yaml
          with: { name: "${who}" }
        - repeat: 2
          steps:
            - post-payload: { token: token, payload: { text: "${index} ${token.value} ${who}" } }
              expect: accepted
      """
    let (scenario, _) = try load(
      """
      steps:
        - use: fragments/outer.yaml
          with: { who: me }
          when: { needs: create-client }
        - post-payload: { token: token }
      """, ["fragments/new-token.yaml": FragmentTests.newToken, "fragments/outer.yaml": outer])
    #expect(scenario.steps.map(\.savedAs) == ["outer.new-token.erp", "token", nil, nil])
    #expect(scenario.steps.map { $0.when != nil } == [true, true, true, false])
    #expect(scenario.steps.prefix(3).allSatisfy { $0.usedAt?.line == 4 })
    guard case .repeat(2, let inner) = scenario.steps[2].operation, case .postPayload(let post) = inner[0].operation
    else { return #expect(Bool(false)) }
    #expect(inner[0].usedAt?.line == 4)
    let index = Template.Segment.reference(Reference(path: ["index"]))
    let token = Template.Segment.reference(Reference(path: ["token", "value"]))
    #expect(post.payload == .text(.text([index, .literal(" "), token, .literal(" "), .literal("me")])))
  }

  @Test("an error in one is shown at its place and at that of the use, once for all uses")
  func errors() throws {
    let use = "  - use: fragments/bad.yaml\n"
    let error = try #require(throws: Diagnostics.self) {
      _ = try load(
        "steps:\n\(use)\(use)  - list-clients: {}\n    expect: listed",
        ["fragments/bad.yaml": "steps:\n  - lst-clients: {}\n"])
    }
    let shown = error.description.split(separator: "\n").map {
      $0.split(separator: "/").suffix(2).joined(separator: "/")
    }
    #expect(
      shown.filter { $0.contains("bad.yaml") || $0.contains("used") || $0.contains("one.yaml") } == [
        "fragments/bad.yaml:2:5: unknown key 'lst-clients' in a step; did you mean 'list-clients'?",
        "suite/one.yaml:4:10, and by 1 other step",
        "fragments/bad.yaml:2:5: missing operation; expected one of: "
          + "\(StepActionKind.allCases.map(\.rawValue).joined(separator: ", ")), use",
        "suite/one.yaml:4:10, and by 1 other step",
      ])
  }

  @Test("are no scenarios: one is refused as a scenario, and an unused one with a mistake too")
  func noScenario() throws {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", "requirements: [{ id: A-01, level: must, source: s, text: t }]")
    let path = try folder.write("fragments/a.yaml", "stps: []\n")
    let refused = try #require(throws: Diagnostics.self) { _ = try Library.load([path]) }
    #expect(refused.description == "\(path):1:1: is a fragment, which scenarios use; name one of these")
    let mistaken = try #require(throws: Diagnostics.self) { _ = try Library.load([folder.path]) }
    #expect(mistaken.description.hasPrefix("\(path):1:1: "))
    #expect(mistaken.description.contains("unknown key 'stps' in a fragment; did you mean 'steps'?"))
  }

  @Test("that multiply are an error, not a hang")
  func multiply() throws {
    let files = (0..<20).map { number in
      ("fragments/f\(number).yaml", "steps:\n" + String(repeating: "  - use: f\(number + 1).yaml\n", count: 10))
    }
    var fragments = Dictionary(uniqueKeysWithValues: files)
    fragments["fragments/f20.yaml"] = "steps:\n  - list-clients: {}\n"
    let error = try #require(throws: Diagnostics.self) {
      _ = try load("steps:\n  - use: fragments/f0.yaml\n  - list-clients: {}\n    expect: listed", fragments)
    }
    #expect(error.description.contains("the scenario uses more than 1000 fragments; check for those that multiply"))
  }
}
