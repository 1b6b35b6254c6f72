// conform docs: the expected behaviour as a document, rendered from the scenario files.

import ArgumentParser
import ConformanceModel
import Reporting
import RunEvents
import ScenarioFiles

struct DocsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "docs", abstract: "Writes the expected behaviour as a document: behaviour.md and behaviour.html.")

  @OptionGroup var packs: PackOptions

  private var paths: [String] { packs.paths }

  @Option(name: .shortAndLong, help: "The folder to write to.")
  var output = "Reports"

  @Option(name: .long, help: "A run log, whose results and exchanges the document then shows.")
  var log: String?

  func validate() throws {
    let inputs = KeptFiles(Library.inputFiles(paths) + [log].compactMap(\.self))
    for name in DocsCommand.names { try inputs.check(Path.join(output, name), "--output") }
  }

  private static let names = ["behaviour.md", "behaviour.html"]

  func run() throws {
    let library = try PackFiles.library(paths)
    do {
      let document = try BehaviourDocument(
        version: library.packVersion, areas: library.suites, requirements: library.requirements,
        scenarios: library.scenarios,
        invariants: library.invariants, log: try log.map { try RunLog(path: $0) })
      try write(document.markdown(), to: "behaviour.md")
      try write(document.html(), to: "behaviour.html")
    } catch let error as ReportError {
      Output.error(error.description)
      throw ExitStatus.usageError.exitCode
    }
  }

  private func write(_ text: String, to name: String) throws {
    let path = Path.join(output, name)
    do throws(ReportError) {
      try ReportFolder.make(output)
      try ReportFile.write(text, to: path)
      Output.write(path)
    } catch {
      Output.error("\(error.description); choose another folder with --output")
      throw ExitStatus.couldNotRun.exitCode
    }
  }
}
