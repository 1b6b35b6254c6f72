import ConformanceModel
import Foundation
import ScenarioFiles
import TestSupport
import Testing

@Suite("Loading a pack")
struct LibraryTests {
  private static let requirements =
    "requirements:\n  - { id: A-01, level: must, source: s, text: t }\n"
    + "  - { id: A-02, level: may, source: s, text: t }\n"
  private static let good = "title: A case\ncovers: [A-01]\nsteps:\n  - list-clients:\n    expect: listed\n"

  /// The messages about some files, without their folder.
  private func diagnostics(_ paths: [String]? = nil, in folder: TemporaryFolder) throws -> String {
    let diagnostics = try #require(throws: Diagnostics.self) { _ = try Library.load(paths ?? [folder.path]) }
    return diagnostics.description.replacingOccurrences(of: folder.path, with: "")
  }

  @Test("all errors of all files are reported at once, in the order of the files", arguments: [3, 40])
  func allAtOnce(_ count: Int) throws {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", LibraryTests.requirements)
    for number in 100..<100 + count {
      try folder.write("a/s\(number).yaml", "titel: a\ncovers: [A-01]\nsteps: []\nx: 1\n")
    }
    let shown = try diagnostics(in: folder).split(separator: "\n").filter {
      $0.hasPrefix("/") && $0.contains("unknown key")
    }
    #expect(shown.count == 2 * count)
    #expect(
      shown.map { String($0.prefix(14)) } == (100..<100 + count).flatMap { ["/a/s\($0).yaml:1", "/a/s\($0).yaml:4"] })
  }

  @Test("a duplicate id is an error that names the first file")
  func duplicateIds() throws {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", LibraryTests.requirements)
    try folder.write("a/same.yaml", LibraryTests.good)
    try folder.write("b/same.yaml", LibraryTests.good)
    try folder.write("c/other.yaml", "id: same\n" + LibraryTests.good)
    #expect(
      try diagnostics(in: folder) == """
        /b/same.yaml:1:1: duplicate id 'same'; /a/same.yaml has it already
        /c/other.yaml:1:1: duplicate id 'same'; /a/same.yaml has it already
        """)
  }

  @Test("a file of 10 MB is refused without being parsed")
  func largeFile() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("large.yaml", Data(repeating: UInt8(ascii: "#"), count: 10_000_000))
    #expect(
      try diagnostics([path], in: folder)
        == "/large.yaml:1:1: is larger than 4 MiB; split it, or generate test cases with ranges in 'cases'")
  }

  @Test("a missing path is reported with the other errors")
  func missingPath() throws {
    let folder = try TemporaryFolder()
    let bad = try folder.write("bad.yaml", "")
    #expect(
      try diagnostics(["\(folder.path)/nowhere", bad], in: folder) == """
        /nowhere:1:1: cannot be read: No such file or directory
        /bad.yaml:1:1: the file is empty
           1 |\u{20}
             | ^
        """)
  }

  @Test(
    "a target that cannot be read is an error",
    arguments: [("nowhere.yaml", "cannot be read: No such file or directory"), ("", "is a folder, not a file")])
  func unreadableTarget(_ name: String, _ reason: String) throws {
    let folder = try TemporaryFolder()
    let diagnostics = try #require(throws: Diagnostics.self) { _ = try Target.load("\(folder.path)/\(name)") }
    #expect(diagnostics.list.count == 1)
    #expect(diagnostics.description.hasSuffix(":1:1: \(reason)"))
  }

  @Test("a scenario without requirements.yaml above it is an error")
  func noRequirements() throws {
    let folder = try TemporaryFolder()
    try folder.write("one.yaml", LibraryTests.good)
    #expect(
      try diagnostics(in: folder) == """
        /one.yaml:2:10: unknown requirement 'A-01'; no requirements.yaml was found above the scenario
           2 | covers: [A-01]
             |          ^^^^
        """)
  }

  @Test(
    "very deep nesting is an error, not a crash",
    arguments: [
      ("[", "1:1001: more than 1000 levels of nesting"), ("{a: ", "1:4001: more than 1000 levels of nesting"),
      ("- ", "1:2001: more than 1000 levels of nesting"), ("? ", "1:3: a key must be text, not a mapping"),
      ("- ? ", "1:5: a key must be text, not a list"), ("\n", "1001:1001: more than 1000 levels of nesting"),
    ])
  func deepNesting(_ opening: String, _ message: String) throws {
    let folder = try TemporaryFolder()
    let text =
      opening == "\n"
      ? (0..<2000).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
      : String(repeating: opening, count: 100_000)
    let path = try folder.write("deep.yaml", text)
    #expect(try diagnostics([path], in: folder).hasPrefix("/deep.yaml:\(message)\n"))
  }

  /// Lists in lists, each ten times the one before.
  private static let bomb = (1...8).reduce("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n") { text, number in
    text + "a\(number): &a\(number) [\(Array(repeating: "*a\(number - 1)", count: 10).joined(separator: ", "))]\n"
  }

  @Test(
    "aliases that multiply are an error everywhere",
    arguments: ["? *a4\n: x\n", "? [*a4]\n: x\n", "? *a8\n: x\n", "{ [*a8]: x }\n", "a: *a8\n", "<<: *a8\n"])
  func aliases(_ use: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("bomb.yaml", LibraryTests.bomb + use)
    #expect(
      try diagnostics([path], in: folder).hasPrefix(
        "/bomb.yaml:6:25: the file expands to more than 400000 values; check for aliases that multiply\n"))
  }

  @Test(
    "a key that is not text is an error with its place",
    arguments: [
      ("? [a]\n: x\n", "1:3", "a list"), ("? {a: b}\n: x\n", "1:3", "a mapping"),
      ("a: &a [b]\n? *a\n: x\n", "2:3", "a list"),
    ])
  func keys(_ text: String, _ place: String, _ kind: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("keys.yaml", text)
    #expect(try diagnostics([path], in: folder).hasPrefix("/keys.yaml:\(place): a key must be text, not \(kind)\n"))
  }

  @Test("a file with too many values is an error, also without aliases")
  func tooManyValues() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("many.yaml", String(repeating: "- \n", count: 400_000))
    // the list is a value too
    #expect(
      try diagnostics([path], in: folder).hasPrefix(
        "/many.yaml:400000:2: the file expands to more than 400000 values; check for aliases that multiply\n"))
  }

  @Test("many aliases of one anchor are allowed, and question marks in text")
  func harmlessAliases() throws {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", LibraryTests.requirements)
    try folder.write(
      "a/one.yaml",
      "title: &t Why? *\ncovers: &c [A-01]\ntags: &d [a, b]\nsteps:\n"
        + String(repeating: "  - list-clients:\n    expect: { json: { a: *d, b: *t } }\n", count: 500))
    #expect(try Library.load([folder.path]).scenarios.map(\.title) == ["Why? *"])
  }

  @Test(
    "a file that ends too early has its error at the end",
    arguments: [
      ("[", "1:2"), ("a: {", "1:5"), ("a: [b,\n", "2:1"), ("a: \"b", "1:6"), ("a: \u{2028}[b", "2:3"), ("é: {", "1:5"),
    ])
  func end(_ text: String, _ place: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("end.yaml", text)
    #expect(try diagnostics([path], in: folder).hasPrefix("/end.yaml:\(place): "))
  }

  @Test(
    "the places of invalid characters and duplicate keys count in characters",
    arguments: [("é: \u{1}", "1:4"), ("a: x\n'👩‍👩‍👧': \u{7}\n", "2:10"), ("- é: 1\n  b: 1\n  b: 2", "3:3")])
  func characters(_ text: String, _ place: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("place.yaml", text)
    #expect(try diagnostics([path], in: folder).hasPrefix("/place.yaml:\(place): "))
  }

  @Test("of a long line the part around the error is shown", arguments: [150, 5000, 100_000])
  func longLine(_ column: Int) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("long.yaml", "a: " + String(repeating: "é", count: column - 5) + " : x")
    let lines = try diagnostics([path], in: folder).split(separator: "\n")
    #expect(lines[0].hasPrefix("/long.yaml:1:\(column): a text with ': ' must be quoted"))
    #expect(lines[1] == "   1 | \(String(repeating: "é", count: 58)) : x")
    #expect(lines[2] == "     | \(String(repeating: " ", count: 59))^")
  }

  @Test("scenarios are sorted by suite and id, and hidden files and other extensions are ignored")
  func good() throws {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", "pack: 2.1\n" + LibraryTests.requirements)
    for name in [
      "b/two.yaml", "b/one.yml", "a/three.yaml", "a/.hidden.yaml", "a/notes.txt",
    ] {
      try folder.write(name, LibraryTests.good)
    }
    let library = try Library.load([folder.path, "\(folder.path)/b/one.yml", folder.path + "/b"])
    #expect(library.scenarios.map { "\($0.suite)/\($0.id)" } == ["a/three", "b/one", "b/two"])
    #expect(library.requirements.map(\.id) == ["A-01", "A-02"])
    #expect(library.packVersion == "2.1")
  }
}
