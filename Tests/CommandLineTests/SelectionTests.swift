// Which scenarios and cases the options select, through the whole program.

import Foundation
import Testing

@Suite("The selection of scenarios")
struct SelectionTests {
  private static let requirements = """
    pack: "1"
    requirements:
      - { id: TST-01, level: must, source: RFC 6749 section 5.2, text: It must be so. }
      - { id: TST-02, level: must, source: "RFC 6749 sections 3 and 5.1; RFC 6750 section 2", text: Or so. }
      - { id: TST-03, level: must, source: "A page of the service, step 2", text: Or so. }
      - { id: TST-04, level: must, source: RFC 9110 section 1, text: Nothing covers it., uncovered: not yet }
    """

  private static func scenario(_ covers: String, _ tags: String, _ cases: String = "") -> String {
    """
    title: A client gets a token
    covers: \(covers)
    tags: [\(tags)]
    given:
      - create-client: { as: erp }
    steps:
      - request-token: { client: erp }
        expect: issued
    \(cases)
    """
  }

  private func workspace() throws -> Workspace {
    let workspace = try Workspace(scenarios: [
      "first": SelectionTests.scenario("TST-01", "expiry, slow"),
      "second": SelectionTests.scenario("TST-02", "expiry, smoke"),
      "third": SelectionTests.scenario(
        "TST-03", "smoke", "cases:\n  - { case: no bytes, n: 1 }\n  - { case: \"a[b]\", n: 2 }\n  - { case: c, n: 3 }"),
      "fourth": SelectionTests.scenario("TST-03", "big", "cases: { auth: [basic, body], n: [1, 2] }"),
    ])
    try workspace.write(SelectionTests.requirements, to: "Scenarios/requirements.yaml")
    return workspace
  }

  /// The ids of the scenarios that `conform list` prints, each with the count of its cases.
  private func listed(_ workspace: Workspace, _ arguments: [String]) throws -> [String] {
    let outcome = try workspace.conform(["list"] + arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.output.split(separator: "\n").filter { $0.hasPrefix("  ") }
      .map { String($0.prefix { $0 != ":" }).trimmingCharacters(in: .whitespaces) }
  }

  @Test("is by tags, conditions on tags, documents, ids, cases and patterns")
  func selects() throws {
    let workspace = try workspace()
    let all: [([String], [String])] = [
      (["--tag", "expiry and not slow"], ["second"]),
      (["--tag", "expiry", "--tag", "big"], ["first", "fourth (4 cases)", "second"]),
      (["--tag", "(expiry or smoke) and not (slow or big)"], ["second", "third (3 cases)"]),
      (
        ["--exclude-tag", "expiry and slow", "--exclude-tag", "unknown", "--exclude-tag", "big"],
        ["second", "third (3 cases)"]
      ),
      (["--source", "RFC 6749"], ["first", "second"]), (["--source", "RFC 6749 section 5.2"], ["first"]),
      (["--source", "rfc6749 section 5"], ["first", "second"]),
      (
        ["--source", "RFC 6750", "--source", "A page of the service"],
        ["fourth (4 cases)", "second", "third (3 cases)"]
      ),
      (["--source", "RFC 6749", "--tag", "smoke"], ["second"]), (["--only", "f*"], ["first", "fourth (4 cases)"]),
      (["--only", "TST-0[12]"], ["first", "second"]), (["--only", "third/no bytes"], ["third"]),
      (["--only", "third/a[b]"], ["third"]), (["--only", "third/?"], ["third"]),
      (["--only", "fourth/auth=basic*"], ["fourth (2 cases)"]), (["--only", "*/*2"], ["fourth (2 cases)"]),
      (["--only", "third/c", "--only", "third/no bytes", "--only", "first"], ["first", "third (2 cases)"]),
      (["--only", "fourth/auth=body, n=2"], ["fourth"]),
    ]
    for (arguments, expected) in all {
      #expect(try listed(workspace, arguments) == expected, "\(arguments)")
    }
  }

  @Test("that selects nothing is refused with 2, the place, and what may be meant")
  func refuses() throws {
    let workspace = try workspace()
    let all = [
      (
        ["--tag", "expiry and slwo"],
        "--tag, column 12: no scenario has the tag 'slwo'; similar: slow\n  | expiry and slwo\n  |            ^^^^\n"
      ),
      (["--tag", "expiry && slow"], "--tag, column 8: expected 'and' or 'or' before '&&'; did you mean 'and'?\n"),
      (["--exclude-tag", "(a"], "--exclude-tag, column 1: '(' is not closed\n"),
      (["--tag", "quick"], "--tag quick: no scenario has this tag; known tags: big, expiry, slow, smoke\n"),
      (["--tag", "big and slow"], "nothing to run: none of the 4 scenarios is selected"),
      (["--source", "RFC 6748"], "--source 'RFC 6748': no requirement names this document; similar: RFC 6749\n"),
      (
        ["--source", "RFC 6749 section 9"],
        "no requirement names this part of RFC 6749; named are: section 3; section 5.1; section 5.2\n"
      ),
      (["--source", "RFC 9110"], "--source 'RFC 9110': no scenario covers TST-04\n"),
      (["--source", "memo"], "documents: RFC 6749; RFC 6750; RFC 9110; A page of the service\n"),
      (["--only", "x*"], "--only 'x*': no id of a scenario, a case or a covered requirement matches"),
      (
        ["--only", "third/no byts"],
        "--only third/no byts: no case of the scenario has this id; similar: third/no bytes\n"
      ),
      (["--only", "third/zzz"], "; its cases: third/no bytes; third/a[b]; third/c\n"),
      (["--only", "first/c"], "the scenario has a single case; select it by --only first\n"),
      (["--only", "frist"], "none covers a requirement with this id; similar: first\n"),
    ]
    for (arguments, message) in all {
      let outcome = try workspace.conform(["list"] + arguments)
      #expect(outcome.status == 2 && outcome.errors.contains(message), "\(arguments): \(outcome.errors)")
    }
  }

  @Test("runs one case of a scenario with rows, under the id that the whole run gives it")
  func oneCase() throws {
    let workspace = try workspace()
    let outcome = try workspace.conform("run", "--only", "fourth/auth=body, n=1", "--verbose")
    #expect(outcome.status == 0 && outcome.output.contains("PASSED fourth/auth=body, n=1\n"), "\(outcome)")
    #expect(outcome.output.contains("CONFORMS: 1 of 1 cases run"), "\(outcome)")
  }

  @Test("reads no other file for the id of a case")
  func oneFile() throws {
    let workspace = try workspace()
    try workspace.write("titel: x\nsteps: []", to: "Scenarios/area/broken.yaml")
    #expect(try workspace.conform("run", "--only", "third/c").status == 0)
    #expect(try workspace.conform("run", "--only", "thir*").status == 2)
  }

  @Test("shows the requirements of one document")
  func requirements() throws {
    let outcome = try workspace().conform("list", "--requirements", "--source", "RFC 6750")
    #expect(outcome.output.contains("TST-02 must: Or so.") && !outcome.output.contains("TST-01"), "\(outcome.output)")
    #expect(outcome.output.hasSuffix("1 requirements, 0 without a scenario\n"), "\(outcome.output)")
  }
}
