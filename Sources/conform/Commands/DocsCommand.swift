// conform docs: the expected behaviour as a document, and what a service declares and meets of it.

public import ArgumentParser
public import ConformanceModel
import Reporting
import RunEvents
import ScenarioFiles

struct DocsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "docs",
    abstract: "Writes the expected behaviour as a document: behaviour.md and behaviour.html.",
    discussion: "With --target it writes what a service declares, and what of it a run verified, for its users: "
      + "conformance.md and conformance.html.")

  @OptionGroup var packs: PackOptions

  private var paths: [String] { packs.paths }

  @Option(name: .shortAndLong, help: "The folder to write to.")
  var output = "Reports"

  @Option(name: .long, help: "A run log, whose results and exchanges the document then shows.")
  var log: String?

  @Option(help: "A target file: the document is about its service.")
  var target: String?

  @Option(help: "With --target: the documents to judge by. Default: that of the target file.")
  var profile: Profile?

  @Option(help: "Also list what changed in the requirements since this version of the pack.")
  var since: PackVersion?

  func validate() throws {
    if profile != nil, target == nil { throw ValidationError("--profile needs --target") }
    if since != nil, target != nil { throw ValidationError("--since is about the pack; use it without --target") }
    let inputs = KeptFiles(Library.inputFiles(paths) + [log, target].compactMap(\.self))
    for name in names { try inputs.check(Path.join(output, name), "--output") }
  }

  private var names: [String] {
    let name = target == nil ? "behaviour" : "conformance"
    return ["\(name).md", "\(name).html"]
  }

  func run() throws {
    let library = try PackFiles.library(paths)
    let described = try target.map { try PackFiles.target($0) }
    do {
      let document = try BehaviourDocument(
        version: library.packVersion, areas: library.suites, requirements: library.requirements,
        scenarios: library.scenarios,
        invariants: library.invariants, log: try log.map { try RunLog(path: $0) }, changes: try changes(library))
      if let described {
        let statement = try ConformanceStatement(document, target: described, profile: profile ?? described.profile)
        try write([statement.markdown(), statement.html()])
      } else {
        try write([document.markdown(), document.html()])
      }
    } catch let error as ReportError {
      Output.error(error.description)
      throw ExitStatus.usageError.exitCode
    }
  }

  private func changes(_ library: Library) throws -> BehaviourDocument.Changes? {
    guard let since else { return nil }
    guard let changes = library.changes else {
      throw StartError(.usageError, "the pack has no record of changes: its requirements.yaml has no key 'changes'")
    }
    guard let list = changes.since(since) else {
      throw StartError(
        .usageError, "the record of changes starts with version \(changes.start): what changed before is not known")
    }
    return BehaviourDocument.Changes(since: since, list: list)
  }

  private func write(_ texts: [String]) throws {
    for (name, text) in zip(names, texts) { try write(text, to: name) }
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

extension PackVersion: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
