import ConformanceModel
import Foundation
import ScenarioFiles
import TestSupport
import Testing

@Suite("Errors in files")
struct GoldenTests {
  @Test("the errors of a scenario are shown with place, line and caret", arguments: Golden.all("scenarios"))
  func scenario(_ golden: Golden) throws {
    try check(golden, folder: "\(Golden.root)/scenarios/") { () throws(Diagnostics) in
      _ = try Library.load([golden.path])
    }
  }

  @Test("the errors of a target are shown with place, line and caret", arguments: Golden.all("targets"))
  func target(_ golden: Golden) throws {
    try check(golden, folder: "\(Golden.root)/targets/") { () throws(Diagnostics) in _ = try Target.load(golden.path) }
  }

  @Test("the errors of the requirements are shown with place, line and caret", arguments: Golden.all("requirements"))
  func requirements(_ golden: Golden) throws {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", try Data(contentsOf: URL(fileURLWithPath: golden.path)))
    try folder.write("a/one.yaml", "title: A case\ncovers: [A-01]\nsteps:\n  - list-clients:\n    expect: listed\n")
    try check(golden, folder: "\(folder.path)/") { () throws(Diagnostics) in _ = try Library.load([folder.path]) }
  }

  @Test("each folder of cases is found", arguments: ["scenarios", "targets", "requirements"])
  func found(_ folder: String) {
    #expect(!Golden.all(folder).isEmpty)
  }

  /// Compares the messages, without the folder of the files, with the golden file.
  private func check(_ golden: Golden, folder: String, _ load: () throws(Diagnostics) -> Void) throws {
    let diagnostics = try #require(throws: Diagnostics.self) { try load() }
    let shown = diagnostics.description.replacingOccurrences(of: folder, with: "")
    #expect("\(shown)\n" == (try golden.expected(actual: shown)))
  }
}
