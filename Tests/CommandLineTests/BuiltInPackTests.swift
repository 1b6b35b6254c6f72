// The pack in the program, in folders that have no pack.

import Foundation
import Testing

@Suite("The built-in pack") struct BuiltInPackTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  @Test("runs in any folder, and its files have paths of their own")
  func anywhere() throws {
    let outcome = try workspace.conform("run", "--only", "documented-example", "--only", "leap-day")
    #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    #expect(outcome.output.contains("\npack: built in; version "), "\(outcome.output)")
    #expect(try workspace.read("Reports/run.jsonl").contains(#""file":"builtin/expiry/leap-day.yaml""#))
    #expect(try workspace.conform("check").output.contains("no mistakes"))
    #expect(try workspace.conform("--version").output.contains("(built in)"))
  }

  @Test("is the folder Scenarios of the repository")
  func same() throws {
    let outcome = try workspace.conform("pack", "export", "pack")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let folder = Workspace.repository.appending(path: "Scenarios")
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    let exported = workspace.folder.appending(path: "pack")
    #expect(try FileManager.default.subpathsOfDirectory(atPath: exported.path).sorted() == names)
    for name in names {
      let (one, two) = (folder.appending(path: name).path, exported.appending(path: name).path)
      #expect(FileManager.default.contentsEqual(atPath: one, andPath: two), "\(name)")
      #expect(
        FileManager.default.isExecutableFile(atPath: one) == FileManager.default.isExecutableFile(atPath: two),
        "\(name)")
    }
    #expect(try workspace.conform("check", "--pack", "pack").status == 0)
  }

  @Test("is not written into a folder that has files, or onto a file")
  func occupied() throws {
    try workspace.write("", to: "full/own.yaml")
    let outcome = try workspace.conform("pack", "export", "full")
    #expect(outcome.status == 2 && outcome.errors == "full: is not empty; name a new folder\n", "\(outcome.errors)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: workspace.folder.appending(path: "full").path) == ["own.yaml"]
    )
    try workspace.write("", to: "file")
    #expect(try workspace.conform("pack", "export", "file").errors == "file: is not a folder\n")
  }

  @Test("is replaced by a pack in the folder Scenarios, which is printed, unless it is named")
  func replaced() throws {
    let workspace = try Workspace(scenarios: ["own": RunTests.passing])
    let outcome = try workspace.conform("run")
    #expect(outcome.output.contains("\npack: Scenarios, in place of the built-in one"), "\(outcome.output)")
    #expect(try workspace.conform("list").output.contains("1 scenario with 1 test case"))
    let named = try workspace.conform("list", "--pack", "builtin")
    #expect(named.output.contains("documented-example"), "\(named.errors)")
    // a folder without requirements is no pack
    try FileManager.default.removeItem(at: workspace.folder.appending(path: "Scenarios/requirements.yaml"))
    #expect(try workspace.conform("list").output.contains("documented-example"))
  }

  private static func scenario(covering id: String) -> String {
    "title: A client is listed\ncovers: \(id)\nsteps:\n  - list-clients:\n    expect: listed\n"
  }

  @Test("has scenarios of one's own beside it, which cover its requirements and those of their own pack")
  func own() throws {
    try workspace.write(BuiltInPackTests.scenario(covering: "CLI-05"), to: "own/a/one.yaml")
    let outcome = try workspace.conform("run", "--pack", "builtin", "--pack", "own", "--only", "one")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("\npack: built in, own; version"), "\(outcome.output)")
    // without the built-in pack, its requirements are unknown
    #expect(try workspace.conform("list", "own", "--target", "builtin/targets/reference.yaml").status == 2)
    try workspace.write(
      "requirements:\n  - { id: OWN-01, level: must, source: a page, text: Clients are listed. }\n",
      to: "own/requirements.yaml")
    try workspace.write(BuiltInPackTests.scenario(covering: "[OWN-01, CLI-05]"), to: "own/a/one.yaml")
    let merged = try workspace.conform("run", "--pack", "builtin", "own", "--only", "OWN-01")
    #expect(merged.status == 0 && merged.output.contains("none failed"), "\(merged.output) \(merged.errors)")
    #expect(try workspace.conform("check", "--pack", "builtin", "--pack", "own").status == 0)
  }

  @Test("has each requirement once: one's own has another id")
  func duplicate() throws {
    try workspace.write(
      "requirements:\n  - { id: CLI-05, level: must, source: a page, text: Clients are listed. }\n",
      to: "own/requirements.yaml")
    let outcome = try workspace.conform("check", "--pack", "builtin", "--pack", "own")
    #expect(outcome.status == 2)
    #expect(
      outcome.errors.contains(
        "own/requirements.yaml:2:11: duplicate id 'CLI-05'; builtin/requirements.yaml has another requirement with it"),
      "\(outcome.errors)")
  }

  @Test(
    "gives the run its version if it is named first, whatever the spelling of the others", arguments: ["own", "./own"])
  func firstVersion(own: String) throws {
    try workspace.write(
      "pack: 0.3.7\nrequirements:\n  - { id: OWN-01, level: must, source: a page, text: Clients are listed. }\n",
      to: "own/requirements.yaml")
    try workspace.write(BuiltInPackTests.scenario(covering: "OWN-01"), to: "own/a/one.yaml")
    let last = try workspace.conform("run", "--pack", "builtin", "--pack", own, "--only", "one")
    #expect(last.output.contains("; version 3."), "\(last.output) \(last.errors)")
    let first = try workspace.conform("run", "--pack", own, "--pack", "builtin", "--only", "one")
    #expect(first.output.contains("; version 0.3.7"), "\(first.output) \(first.errors)")
  }

  @Test("names what it does not have")
  func missing() throws {
    for path in ["builtin/none", "builtin/../x", "builtin/expiry/none.yaml", "builtinx"] {
      let outcome = try workspace.conform("list", path)
      #expect(outcome.status == 2 && outcome.errors.contains("\(path):1:1: cannot be read"), "\(outcome.errors)")
    }
    try workspace.write(BuiltInPackTests.scenario(covering: "TST-01"), to: "builtin/a/one.yaml")
    try workspace.write(Workspace.requirements, to: "builtin/requirements.yaml")
    #expect(try workspace.conform("list", "--pack", "./builtin").output.contains("1 scenario with 1 test case"))
  }

  @Test(
    "fits the versions that a target file names, or the file is refused",
    arguments: [
      (">=1 <1000", 0, ""), (">=1000", 2, "needs the pack in version >=1000, and this one has version"),
      ("new", 2, ":8:7: expected versions such as '>=2.0 <3' or 2.1"),
    ])
  func versions(range: String, status: Int32, message: String) throws {
    let target = """
      target: A target
      base-url: http://127.0.0.1:1
      token: { url: /token }
      connectors: { orders: { inbound-url: /in, payloads: { valid: { json: {} } } } }
      clients:
        static:
          - { id: a, secret: "${env.CLIENT_SECRET}" }
      pack: "\(range)"
      """
    try workspace.write(target, to: "target.yaml")
    let outcome = try workspace.conform("list", "--target", "target.yaml")
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(message.isEmpty || outcome.errors.contains(message), "\(outcome.errors)")
  }
}
