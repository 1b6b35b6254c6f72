// conform schema: writes the JSON Schemas of the files.

import ArgumentParser
import ConformanceModel
import JSONValue
import Reporting
import RunEvents
import ScenarioFiles

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Writes the JSON Schemas of the files: scenarios, targets and requirements, for editors; the run log.")

  @Option(name: .shortAndLong, help: "The folder to write them to.")
  var output = "Scenarios/schema"

  func run() throws {
    for (file, schema) in Schemas.all + [(RunLogSchema.file, RunLogSchema.schema)] {
      let path = "\(output)/\(file)"
      do throws(ReportError) {
        try ReportFolder.make(output)
        try ReportFile.write(schema.indented + "\n", to: path)
      } catch {
        Output.error("\(error.description); choose another folder with --output")
        throw ExitStatus.couldNotRun.exitCode
      }
      Output.write(path)
    }
  }
}
