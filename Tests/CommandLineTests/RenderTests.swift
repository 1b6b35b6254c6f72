import Foundation
import Reporting
import Testing

@Suite("conform render")
struct RenderTests {
  private static func played() throws -> Workspace {
    let workspace = try Workspace(scenarios: ["wrong": RunTests.passing.replacing("status: 401", with: "status: 403") + "\ncases: { n: { from: 1, to: 20 } }"])
    _ = try workspace.conform("run")
    return workspace
  }

  @Test("ends quietly where the reader of its output has seen enough", arguments: ReportFormat.allCases)
  func closedPipe(format: ReportFormat) throws {
    let workspace = try RenderTests.played()
    let process = Process()
    process.executableURL = Workspace.program
    process.arguments = ["render", "--report", "\(format.rawValue)=-"]
    process.currentDirectoryURL = workspace.folder
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try output.fileHandleForReading.close()
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) == "")
  }

  @Test("says where the standard output cannot take a report", arguments: [ReportFormat.junit, .tap])
  func fullOutput(format: ReportFormat) throws {
    let workspace = try RenderTests.played()
    let process = Process()
    process.executableURL = Workspace.program
    process.arguments = ["render", "--report", "\(format.rawValue)=-"]
    process.currentDirectoryURL = workspace.folder
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: "/dev/full"))
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 3)
    #expect(String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).contains("No space left on device"))
  }

  @Test("names files as the CI system does, whatever path the scenarios were given by", arguments: [[:], ["CI_PROJECT_DIR": ".."], ["GITHUB_WORKSPACE": ".."]])
  func paths(variables: [String: String]) throws {
    let workspace = try Workspace(scenarios: ["wrong": RunTests.passing.replacing("status: 401", with: "status: 403")])
    let root = workspace.folder.resolvingSymlinksInPath()
    let environment = variables.mapValues { _ in root.deletingLastPathComponent().path }
    let expected = environment.isEmpty ? "Scenarios/area/wrong.yaml" : "\(root.lastPathComponent)/Scenarios/area/wrong.yaml"
    for path in ["\(root.path)/Scenarios", "./Scenarios", "Scenarios/../Scenarios/"] {
      _ = try workspace.conform("run", path, environment: environment)
      let outcome = try workspace.conform("render", "--report", "github", "--report", "gitlab", "--report", "ctrf", "--report", "junit-extended", environment: environment)
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("::error file=\(expected),line=14,endLine=14,"), "\(outcome.output)")
      #expect(try workspace.read("Reports/gl-code-quality.json").contains(#""path": "\#(expected)""#))
      #expect(try workspace.read("Reports/ctrf.json").contains(#""filePath": "\#(expected)""#))
      #expect(try workspace.read("Reports/junit-extended.xml").contains(#"file="\#(expected)""#))
    }
  }
}
