// Which scenarios, and against what: the words that run, check and list share.

import ArgumentParser
import ConformanceModel
import Execution
import Glibc
import ScenarioFiles

struct SelectionOptions: ParsableArguments {
  @Argument(help: "Scenario files or folders.")
  var paths: [String] = ["Scenarios"]

  @Option(name: .long, help: "The target file. Default: targets/reference.yaml of the pack.")
  var target: String?

  @Option(name: .long, help: "Only scenarios with this tag; may be given several times.")
  var tag: [String] = []

  @Option(name: .customLong("exclude-tag"), help: "No scenarios with this tag; may be given several times.")
  var excludedTag: [String] = []

  @Option(
    name: .long,
    help: "Only the scenario with this id, or those that cover this requirement; may be given several times.")
  var only: [String] = []

  @Flag(
    name: .customLong("allow-destructive"), help: "Play scenarios that leave something behind at a live target too.")
  var allowsSideEffects = false

  /// The files, loaded and selected; says what is wrong and ends where they cannot be used.
  func load() throws -> (plan: Plan, library: Library) {
    let (library, target) = try SelectionOptions.load(paths, targetPath)
    let scenarios = try select(library)
    return (
      Plan(
        scenarios: scenarios, requirements: library.requirements, invariants: library.invariants, target: target,
        allowsSideEffects: allowsSideEffects), library
    )
  }

  /// Everything below these paths, without selection.
  static func plan(paths: [String], target path: String) throws -> Plan {
    let (library, target) = try load(paths, path)
    return Plan(
      scenarios: library.scenarios, requirements: library.requirements, invariants: library.invariants, target: target,
      allowsSideEffects: true)
  }

  static func target(_ path: String) throws -> Target {
    do throws(Diagnostics) { return try Target.load(path) } catch {
      report(error.list)
      throw Status.usageError.exitCode
    }
  }

  /// Ends where the environment lacks what the target file refers to: all that is missing in one go, before anything is sent.
  static func requireVariables(of target: Target) throws {
    let missing = target.variables.filter { getenv($0.name) == nil }
    guard !missing.isEmpty else { return }
    for variable in missing { Output.error("\(variable.place): the environment variable \(variable.name) is not set") }
    Output.error("set \(missing.count == 1 ? "it" : "them") and run again; nothing was sent")
    throw Status.usageError.exitCode
  }

  /// The scenarios and requirements below these paths, without a target.
  static func library(_ paths: [String]) throws -> Library {
    do throws(Diagnostics) { return try Library.load(paths) } catch {
      report(error.list)
      throw Status.usageError.exitCode
    }
  }

  private static func load(_ paths: [String], _ targetPath: String) throws -> (Library, Target) {
    var diagnostics: [Diagnostic] = []
    var library: Library?
    var target: Target?
    do throws(Diagnostics) { library = try Library.load(paths) } catch { diagnostics += error.list }
    do throws(Diagnostics) { target = try Target.load(targetPath) } catch { diagnostics += error.list }
    guard let library, let target, diagnostics.isEmpty else {
      report(diagnostics)
      throw Status.usageError.exitCode
    }
    return (library, target)
  }

  var targetPath: String { target ?? SelectionOptions.reference(of: paths) }

  /// The target file of the reference service in the pack.
  static func reference(of paths: [String]) -> String {
    let candidates = paths.map { $0.hasSuffix("/") ? "\($0)targets/reference.yaml" : "\($0)/targets/reference.yaml" }
    return candidates.first { access($0, F_OK) == 0 } ?? "Scenarios/targets/reference.yaml"
  }

  private func select(_ library: Library) throws -> [Scenario] {
    for id in only where !library.scenarios.contains(where: { $0.id == id || $0.covers.contains(id) }) {
      let near = SelectionOptions.nearest(id, library.scenarios.map(\.id))
      Output.error("no scenario is called '\(id)', and none covers a requirement of that name\(near)")
      throw Status.usageError.exitCode
    }
    let chosen = library.scenarios.filter { scenario in
      (tag.isEmpty || !Set(scenario.tags).isDisjoint(with: tag)) && Set(scenario.tags).isDisjoint(with: excludedTag)
        && (only.isEmpty || only.contains(scenario.id) || !Set(scenario.covers).isDisjoint(with: only))
    }
    guard !chosen.isEmpty else {
      Output.error(
        library.scenarios.isEmpty
          ? "nothing to play: there is no scenario in \(paths.joined(separator: ", "))"
          : "nothing to play: none of the \(library.scenarios.count) scenarios is selected; look at --tag, --exclude-tag and --only"
      )
      throw Status.usageError.exitCode
    }
    return chosen
  }

  private static func nearest(_ id: String, _ ids: [String]) -> String {
    let near = ids.filter { $0.contains(id) || id.contains($0) }.prefix(3)
    return near.isEmpty ? "; 'conform list' shows them all" : "; there is: \(near.joined(separator: ", "))"
  }

  static func report(_ diagnostics: [Diagnostic]) {
    for diagnostic in diagnostics { Output.error(diagnostic.description) }
    let files = Set(diagnostics.map(\.place.file)).count
    Output.error(
      "\(diagnostics.count) mistake\(diagnostics.count == 1 ? "" : "s") in \(files) file\(files == 1 ? "" : "s"); nothing was sent"
    )
  }
}
