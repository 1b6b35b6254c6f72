import ConformanceModel
import Foundation
import JSONValue
import ScenarioFiles
import TestSupport
import Testing

@Suite("Rows in a file of their own")
struct RowsFileTests {
  private func folder(_ name: String, _ rows: String, cases: String? = nil) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", "requirements: [{ id: A-01, level: must, source: s, text: t }]")
    try folder.write("suite/\(name)", rows)
    try folder.write(
      "suite/one.yaml",
      """
      title: A case
      covers: A-01
      cases: \(cases ?? "{ file: \(name) }")
      steps:
        - request-token: { id: "${id}", secret: x }
          expect: { status: 401 }
        - request-token: { auth: none }
          expect: issued
      """)
    return folder
  }

  private func scenario(_ folder: TemporaryFolder) throws -> Scenario {
    let library = try Library.load([folder.path])
    #expect(library.scenarios.count == 1)
    return try #require(library.scenarios.first)
  }

  @Test("are the cases of the scenario, in YAML and JSON", arguments: ["rows.yaml", "ROWS.YML", "rows.json"])
  func rows(_ name: String) throws {
    let yaml = "- { case: first, id: \"a ${unique}\" }\n- id: 7\n"
    let json = #"[{"case": "first", "id": "a ${unique}"}, {"id": 7}]"#
    let scenario = try scenario(folder(name, name.hasSuffix("json") ? json : yaml))
    #expect(scenario.cases.count == 2)
    #expect(scenario.cases.row(0)?.name == "first" && scenario.cases.row(1)?.name == "id=7")
    let unique = Template.Segment.reference(Reference(path: ["unique"]))
    #expect(scenario.cases.row(0)?.values.map(\.value) == [.text([.literal("a "), unique])])
    #expect(scenario.cases.row(1)?.values.map(\.value) == [.literal(7)])
  }

  @Test("are part of the fingerprint, and of the files that a run reads")
  func fingerprint() throws {
    let first = try folder("rows.json", #"[{"id": 1}]"#)
    #expect(try scenario(first).digest == scenario(folder("rows.json", "[ {\n\"id\": 1}]")).digest)
    #expect(try scenario(first).digest != scenario(folder("rows.json", "- id: 2")).digest)
    #expect(Library.inputFiles([first.path]).contains("\(first.path)/suite/rows.json"))
  }

  @Test(
    "have their mistakes at their places, with that of the scenario",
    arguments: [
      ("- { id: 1 }\n- { ix: 2 }\n", "rows.yaml:2:3: every row must have the same names; the first has: id"),
      ("- { id: '${uniqe}' }\n", "rows.yaml:1:9: unknown variable 'uniqe'; did you mean 'unique'?"),
      ("rows: []\n", "rows.yaml:1:1: a file of rows must be a list of mappings, not a mapping"),
      ("[]\n", "rows.yaml:1:1: cases is empty; expected a row"), ("", "rows.yaml:1:1: the file is empty"),
      ("[{ id: 1 ]", "rows.yaml:1:10: "),
    ])
  func mistakes(rows: String, message: String) throws {
    let folder = try folder("rows.yaml", rows)
    let error = try #require(throws: Diagnostics.self) { _ = try Library.load([folder.path]) }
    let first = try #require(error.list.first { $0.place.file.hasSuffix("rows.yaml") })
    let shown = first.description.replacingOccurrences(of: "\(folder.path)/suite/", with: "")
    #expect(shown.hasPrefix(message), "\(shown)")
    #expect(shown.hasSuffix("\n  used at one.yaml:3:16"), "\(shown)")
  }

  @Test(
    "are refused if they cannot be found, and a list that no scenario names is a mistake",
    arguments: [
      ("{ file: other.json }", "cannot be read: No such file or directory"),
      ("{ file: /rows.json }", "rows are in a YAML or JSON file, whose path is relative"),
      ("{ file: rows.txt }", "rows are in a YAML or JSON file, whose path is relative"),
      ("[{ id: 1 }]", "a scenario must be a mapping, not a list"),
    ])
  func missing(cases: String, message: String) throws {
    let folder = try folder("rows.yaml", "- id: 1\n", cases: cases)
    let error = try #require(throws: Diagnostics.self) { _ = try Library.load([folder.path]) }
    #expect(error.description.contains(message), "\(error)")
  }

  @Test("a column may be called file")
  func column() throws {
    let folder = try folder("rows.json", "[]", cases: "{ file: [a, b], id: [1] }")
    #expect(try scenario(folder).cases.count == 2)
  }
}
