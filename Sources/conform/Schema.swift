import ArgumentParser
import Conformance
import Foundation
import ScenarioFiles

struct Schema: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Writes the JSON Schemas of scenario, target and requirement files, for editors.")

  @Option(name: .shortAndLong, help: "The folder to write them to.")
  var output = "Scenarios/schema"

  func run() throws {
    for (file, schema) in Schemas.all {
      let path = "\(output)/\(file)"
      do {
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        try Data((schema.indented + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
      } catch {
        Output.complain("\(path) cannot be written: \(error.localizedDescription)")
        throw Status.couldNotRun.exitCode
      }
      Output.write(path)
    }
  }
}
