import Foundation
import Testing

@Suite("A scenario is found, with the requirements above it,")
struct PackPathTests {
  @Test(
    "whatever its path looks like", arguments: ["a/one.yaml", "./a/one.yaml", "a//one.yaml", "a", "a/", "./a/", "."])
  func path(_ path: String) throws {
    let workspace = try Workspace(scenarios: [:])
    try workspace.write(Workspace.requirements, to: "requirements.yaml")
    try workspace.write(
      "title: A client is listed\ncovers: TST-01\nsteps:\n  - list-clients:\n    expect: listed\n", to: "a/one.yaml")
    let outcome = try workspace.conform("list", path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("one"), "\(outcome.output)")
  }

  @Test("and a recursive folder does not hide it; a pipe is refused without waiting for it")
  func others() throws {
    let workspace = try Workspace(scenarios: ["one": RunTests.passing])
    let area = workspace.folder.appending(path: "Scenarios/area").path
    #expect(symlink("..", "\(area)/again") == 0)
    let outcome = try workspace.conform("list", "Scenarios")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("1 scenario with 1 test case"), "\(outcome.output)")
    #expect(mkfifo("\(area)/pipe.yaml", 0o600) == 0)
    let refused = try workspace.conform("list", "Scenarios")
    #expect(refused.status == 2)
    #expect(refused.errors.contains("Scenarios/area/pipe.yaml:1:1: is a named pipe, not a file"), "\(refused.errors)")
  }

  @Test("once, in however many spellings it is named")
  func spellings() throws {
    let workspace = try Workspace(scenarios: [:])
    try workspace.write(Workspace.requirements, to: "requirements.yaml")
    try workspace.write(
      "title: A client is listed\ncovers: TST-01\nsteps:\n  - list-clients:\n    expect: listed\n", to: "a/one.yaml")
    let invariants =
      "invariants:\n  - id: always\n    title: No answer shows a secret\n    covers: [TST-01]\n    of: [list-clients]\n    expect: { secrets: none }\n"
    try workspace.write(invariants, to: "invariants.yaml")
    let once = try workspace.conform("list", "a/one.yaml")
    let often = try workspace.conform(
      "list", "a/one.yaml", "./a/one.yaml", "a//one.yaml", workspace.folder.appending(path: "a/one.yaml").path, ".")
    #expect(often.status == 0, "\(often.errors)")
    #expect(often.output == once.output)
  }
}
