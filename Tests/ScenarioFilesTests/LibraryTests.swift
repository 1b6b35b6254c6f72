import Conformance
import Foundation
import ScenarioFiles
import Testing

@Suite("Loading many files at once")
struct LibraryTests {
  private static let requirements =
    "requirements:\n  - { id: A-01, level: must, source: s, text: t }\n  - { id: A-02, level: may, source: s, text: t }\n"
  private static let good = "title: A case\ncovers: [A-01]\nsteps:\n  - list-clients:\n    expect: listed\n"

  /// What is said about some files, without their folder.
  private func mistakes(_ paths: [String]? = nil, in folder: TemporaryFolder) throws -> String {
    let mistakes = try #require(throws: Mistakes.self) { _ = try Library.load(paths ?? [folder.path]) }
    return mistakes.description.replacingOccurrences(of: folder.path, with: "")
  }

  @Test("all mistakes of all files come in one go, in the order of the files", arguments: [3, 40])
  func allAtOnce(_ count: Int) throws {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", LibraryTests.requirements)
    for number in 100..<100 + count { try folder.write("a/s\(number).yaml", "titel: a\ncovers: [A-01]\nsteps: []\nx: 1\n") }
    let shown = try mistakes(in: folder).split(separator: "\n").filter { $0.hasPrefix("/") && $0.contains("unknown key") }
    #expect(shown.count == 2 * count)
    #expect(shown.map { String($0.prefix(14)) } == (100..<100 + count).flatMap { ["/a/s\($0).yaml:1", "/a/s\($0).yaml:4"] })
  }

  @Test("an id that two files have is a mistake that names the first")
  func duplicateIds() throws {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", LibraryTests.requirements)
    try folder.write("a/same.yaml", LibraryTests.good)
    try folder.write("b/same.yaml", LibraryTests.good)
    try folder.write("c/other.yaml", "id: same\n" + LibraryTests.good)
    #expect(
      try mistakes(in: folder) == """
        /b/same.yaml:1:1: the id 'same' is already that of /a/same.yaml; ids are for ever and for one scenario
        /c/other.yaml:1:1: the id 'same' is already that of /a/same.yaml; ids are for ever and for one scenario
        """)
  }

  @Test("a file of 10 MB is refused without being parsed")
  func largeFile() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("large.yaml", Data(repeating: UInt8(ascii: "#"), count: 10_000_000))
    #expect(
      try mistakes([path], in: folder)
        == "/large.yaml:1:1: is larger than 4 MiB; split it, or make test cases with ranges in 'cases'")
  }

  @Test("a path that is not there is a mistake beside the others")
  func missingPath() throws {
    let folder = try TemporaryFolder()
    let bad = try folder.write("bad.yaml", "")
    #expect(
      try mistakes(["\(folder.path)/nowhere", bad], in: folder) == """
        /nowhere:1:1: cannot be read: No such file or directory
        /bad.yaml:1:1: the file is empty
           1 |\u{20}
             | ^
        """)
  }

  @Test("a target that cannot be read is a mistake", arguments: ["nowhere.yaml", ""])
  func unreadableTarget(_ name: String) throws {
    let folder = try TemporaryFolder()
    let mistakes = try #require(throws: Mistakes.self) { _ = try Target.load("\(folder.path)/\(name)") }
    #expect(mistakes.list.count == 1)
    #expect(mistakes.description.contains(":1:1: cannot be read: "))
  }

  @Test("a scenario without requirements above it says so")
  func noRequirements() throws {
    let folder = try TemporaryFolder()
    try folder.write("one.yaml", LibraryTests.good)
    #expect(
      try mistakes(in: folder) == """
        /one.yaml:2:10: there is no requirement 'A-01'; no requirements.yaml was found above the scenario
           2 | covers: [A-01]
             |          ^^^^
        """)
  }

  @Test("nesting beyond all reason is a mistake, not a crash", arguments: ["[", "{a: ", "- ", "? ", "- ? ", "\n"])
  func deepNesting(_ opening: String) throws {
    let folder = try TemporaryFolder()
    let text =
      opening == "\n"
      ? (0..<2000).map { String(repeating: " ", count: $0) + "a:\n" }.joined() : String(repeating: opening, count: 100_000)
    let path = try folder.write("deep.yaml", text)
    // libyaml stops at a thousand levels, and says so in words of its own
    #expect(try mistakes([path], in: folder).contains("deep.yaml:"))
  }

  @Test("what is good is loaded in the order of areas and ids, hidden files and other endings passed over")
  func good() throws {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", "pack: 2.1\n" + LibraryTests.requirements)
    for name in ["b/two.yaml", "b/one.yml", "a/three.yaml", "a/.hidden.yaml", "a/notes.txt", "targets/t.yaml", "schema/s.yaml"] {
      try folder.write(name, LibraryTests.good)
    }
    let library = try Library.load([folder.path, "\(folder.path)/b/one.yml", folder.path + "/b"])
    #expect(library.scenarios.map { "\($0.area)/\($0.id)" } == ["a/three", "b/one", "b/two"])
    #expect(library.requirements.map(\.id) == ["A-01", "A-02"])
    #expect(library.packVersion == "2.1")
  }
}
