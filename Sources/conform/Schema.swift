import ArgumentParser
import Conformance
import Foundation
import Reporting
import ScenarioFiles

struct Schema: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Writes the JSON Schemas of scenario, target and requirement files, for editors.")

  @Option(name: .shortAndLong, help: "The folder to write them to.")
  var output = "Scenarios/schema"

  func run() throws {
    for (file, schema) in Schemas.all {
      let path = "\(output)/\(file)"
      do throws(ReportError) {
        try ReportFolder.make(output)
        try ReportFile.write(schema.indented + "\n", to: path)
      } catch {
        Output.complain("\(error.description); choose another folder with --output")
        throw Status.couldNotRun.exitCode
      }
      Output.write(path)
    }
  }
}
