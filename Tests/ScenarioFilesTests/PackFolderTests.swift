// Every file of a pack is read or refused.

import ConformanceModel
import Foundation
import Glibc
import ScenarioFiles
import TestSupport
import Testing

@Suite("The files of a pack")
struct PackFolderTests {
  private static let requirements = "requirements:\n  - { id: A-01, level: must, source: s, text: t }\n"
  private static let scenario = "title: A case\ncovers: [A-01]\nsteps:\n  - list-clients:\n    expect: listed\n"
  private static let invariants =
    "invariants:\n  - { id: no-leak, title: T, covers: A-01, expect: { secrets: none } }\n"

  /// A pack with one valid scenario, `good`.
  private func pack() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", PackFolderTests.requirements)
    try folder.write("suite/good.yaml", PackFolderTests.scenario)
    return folder
  }

  private func link(_ name: String, to target: String, in folder: TemporaryFolder) throws {
    try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/\(name)", withDestinationPath: target)
  }

  /// The messages about the pack, without its folder.
  private func diagnostics(_ folder: TemporaryFolder, _ path: String = "") throws -> String {
    let diagnostics = try #require(throws: Diagnostics.self) { _ = try Library.load([folder.path + path]) }
    return diagnostics.description.replacingOccurrences(of: folder.path, with: "")
  }

  @Test("a YAML file is read with every spelling of its extension", arguments: ["yaml", "yml", "YAML", "Yaml", "YML"])
  func extensions(_ name: String) throws {
    let folder = try pack()
    try folder.write("suite/other.\(name)", PackFolderTests.scenario)
    #expect(try Library.load([folder.path]).scenarios.map(\.id) == ["good", "other"])
  }

  @Test(
    "requirements and invariants under another spelling are refused, also if only a suite is loaded",
    arguments: [
      ("invariants.yml", "invariants.yaml"), ("Invariants.yaml", "invariants.yaml"),
      ("INVARIANTS.YAML", "invariants.yaml"), ("requirements.yml", "requirements.yaml"),
    ], ["", "/suite"])
  func misnamed(_ names: (String, String), _ path: String) throws {
    let folder = try pack()
    try folder.write(names.0, PackFolderTests.invariants)
    #expect(try diagnostics(folder, path) == "/\(names.0):1:1: must be named \(names.1)")
  }

  @Test("invariants in a suite are refused")
  func invariantsInSuite() throws {
    let folder = try pack()
    try folder.write("suite/invariants.yaml", PackFolderTests.invariants)
    try folder.write("suite/Requirements.yml", PackFolderTests.requirements)
    #expect(
      try diagnostics(folder) == """
        /suite/Requirements.yml:1:1: must be named requirements.yaml
        /suite/invariants.yaml:1:1: must be in the folder of requirements.yaml; here it has no effect
        """)
  }

  @Test("invariants of a pack without scenarios are read")
  func packWithoutScenarios() throws {
    let folder = try pack()
    try folder.write("nested/requirements.yaml", "requirements:\n  - { id: A-02, level: must, source: s, text: t }\n")
    try folder.write("nested/invariants.yaml", "nothing: here\n")
    #expect(try diagnostics(folder).contains("/nested/invariants.yaml:1:1: unknown key 'nothing'"))
  }

  @Test("a broken link is refused", arguments: ["suite/case.yaml", "suite/notes.txt", "suite/sub", "other"])
  func brokenLink(_ name: String) throws {
    let folder = try pack()
    try link(name, to: "nowhere", in: folder)
    #expect(
      try diagnostics(folder)
        == "/\(name):1:1: is a broken link: No such file or directory; repair or remove it")
  }

  @Test("a broken link in place of requirements or invariants is refused", arguments: ["", "/suite"])
  func brokenSpecialLink(_ path: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("suite/good.yaml", PackFolderTests.scenario)
    try link("requirements.yaml", to: "nowhere", in: folder)
    try link("invariants.yaml", to: "nowhere", in: folder)
    #expect(
      try diagnostics(folder, path) == """
        /requirements.yaml:1:1: cannot be read: No such file or directory
        /invariants.yaml:1:1: cannot be read: No such file or directory
        """)
  }

  @Test("links to files and folders are followed, and each file is read once")
  func goodLinks() throws {
    let folder = try pack()
    let elsewhere = try TemporaryFolder()
    try elsewhere.write("far/away.yaml", PackFolderTests.scenario)
    try link("suite/away.yaml", to: "\(elsewhere.path)/far/away.yaml", in: folder)
    try link("linked", to: "\(elsewhere.path)/far", in: folder)
    try link("suite/loop", to: "..", in: folder)
    #expect(try Library.load([folder.path]).scenarios.map { "\($0.suite)/\($0.id)" }.count == 2)
  }

  @Test(
    "folders called schema and targets are suites below the root of the pack",
    arguments: ["suite/schema", "suite/targets"])
  func reservedNamesBelow(_ name: String) throws {
    let folder = try pack()
    try folder.write("\(name)/other.yaml", PackFolderTests.scenario)
    #expect(try Library.load([folder.path]).scenarios.map { "\($0.suite)/\($0.id)" } == ["suite/good", "suite/other"])
  }

  @Test("a scenario in the folders schema and targets of the root is refused", arguments: ["schema", "targets"])
  func reservedNames(_ name: String) throws {
    let folder = try pack()
    try folder.write("\(name)/other.YML", PackFolderTests.scenario)
    try folder.write("\(name)/deep/other.yaml", PackFolderTests.scenario)
    try folder.write("\(name)/notes.json", "{}")
    try folder.write("targets/mine.yaml", "target: Mine\n")
    let message = "is not read, because the folder '\(name)' is not a suite; move it to another folder"
    #expect(
      try diagnostics(folder) == "/\(name)/deep/other.yaml:1:1: \(message)\n/\(name)/other.YML:1:1: \(message)")
  }

  @Test("a file name that is not UTF-8 is refused")
  func invalidName() throws {
    let folder = try pack()
    let path = Array("\(folder.path)/suite/b".utf8.map { CChar(bitPattern: $0) }) + [CChar(bitPattern: 0xFF), 0]
    close(creat(path, 0o600))
    #expect(try diagnostics(folder).hasSuffix(":1:1: cannot be read; its name is not valid UTF-8"))
    unlink(path)
  }

  @Test("folders that are too deep are refused")
  func depth() throws {
    let folder = try pack()
    let deep = "suite" + String(repeating: "/d", count: 16)
    try folder.write("\(deep)/other.yaml", PackFolderTests.scenario)
    #expect(try diagnostics(folder) == "/\(deep):1:1: is more than 16 folders deep; move it up")
  }

  @Test(
    "a named pipe in place of a YAML file is refused without waiting",
    arguments: ["requirements.yaml", "invariants.yaml", "suite/pipe.yaml", "suite/pipe.YML"])
  func pipe(_ name: String) throws {
    let folder = try pack()
    unlink("\(folder.path)/\(name)")
    try #require(mkfifo("\(folder.path)/\(name)", 0o600) == 0)
    #expect(try diagnostics(folder).contains("/\(name):1:1: is a named pipe, not a file"))
    #expect(try diagnostics(folder, "/\(name)").contains("/\(name):1:1: is a named pipe, not a file"))
  }

  @Test("a named pipe in place of a target file, its deviations or a payload is refused without waiting")
  func targetPipe() throws {
    let folder = try TemporaryFolder()
    try #require(mkfifo("\(folder.path)/pipe.expected.yaml", 0o600) == 0)
    try folder.write(
      "target.yaml",
      """
      target: T
      base-url: http://127.0.0.1:9
      token: { url: /token }
      connectors: { orders: { inbound-url: /in, payloads: { valid: { file: pipe.expected.yaml } } } }
      files: { key: pipe.expected.yaml }
      expected-deviations: pipe.expected.yaml
      """)
    for (name, count) in [("target.yaml", 3), ("pipe.expected.yaml", 1)] {
      let diagnostics = try #require(throws: Diagnostics.self) { _ = try Target.load("\(folder.path)/\(name)") }
      #expect(diagnostics.list.count { $0.message.contains("is a named pipe, not a file") } == count, "\(diagnostics)")
    }
  }

  @Test("the target files of a pack are found with every spelling of their extension")
  func targetFiles() throws {
    let folder = try pack()
    #expect(try Library.targetFiles(of: folder.path).isEmpty)
    for name in ["b.YAML", "a.yml", "c.yaml", "c.expected.yaml", "notes.md", ".hidden.yaml"] {
      try folder.write("targets/\(name)", "target: T\n")
    }
    let found = try Library.targetFiles(of: folder.path + "/")
    #expect(found == ["a.yml", "b.YAML", "c.yaml"].map { "\(folder.path)/targets/\($0)" })
    try link("targets/d.yaml", to: "nowhere", in: folder)
    let diagnostics = try #require(throws: Diagnostics.self) { _ = try Library.targetFiles(of: folder.path) }
    #expect(
      diagnostics.description.hasSuffix(
        "/targets/d.yaml:1:1: is a broken link: No such file or directory; repair or remove it"))
  }
}
