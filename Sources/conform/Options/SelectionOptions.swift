// Which scenarios, and against which target: the arguments that run, check and list share.

public import ArgumentParser
public import ConformanceModel
import Execution
import ScenarioFiles

struct SelectionOptions: ParsableArguments {
  @OptionGroup var packs: PackOptions

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

  @Option(
    name: .long,
    help: "The documents to judge by: patchworks, or oauth for the RFCs alone. Default: that of the target file.")
  var profile: Profile?

  @Flag(
    name: .customLong("allow-destructive"),
    help: "On a live target, also run scenarios that leave something behind.")
  var allowsSideEffects = false

  var paths: [String] { packs.paths }

  var targetPath: String { target ?? PackFiles.referenceTarget(of: paths) }

  /// The files, loaded and selected.
  ///
  /// - Parameter readsAll: Files that are not selected are read as well, so that their mistakes are reported.
  /// - Throws: `StartError`.
  func load(readsAll: Bool = true) throws(StartError) -> (plan: Plan, library: Library) {
    if !readsAll, let selected = try loadNamed() { return selected }
    let (library, target) = try PackFiles.load(paths, target: targetPath)
    return (plan(try select(library), library, target), library)
  }

  /// Reads only the files that have the ids of `--only` as their names.
  ///
  /// - Returns: `nil` if these files may not be all that is selected: the id of a scenario can be another than the name
  ///   of its file, and the id of a requirement selects all scenarios that cover it.
  private func loadNamed() throws(StartError) -> (plan: Plan, library: Library)? {
    guard !only.isEmpty, tag.isEmpty, excludedTag.isEmpty else { return nil }
    let (library, target) = try PackFiles.load(paths, named: Set(only), target: targetPath)
    let ids = Set(library.scenarios.map(\.id))
    let requirements = Set(library.requirements.map(\.id))
    guard only.allSatisfy({ ids.contains($0) && !requirements.contains($0) }) else { return nil }
    return (plan(try select(library), library, target), library)
  }

  private func plan(_ scenarios: [Scenario], _ library: Library, _ target: Target) -> Plan {
    var target = target
    if let profile { target.profile = profile }
    return Plan(
      scenarios: scenarios, requirements: library.requirements, invariants: library.invariants, target: target,
      allowsSideEffects: allowsSideEffects)
  }

  /// All scenarios of a pack are selected.
  var isWhole: Bool { tag.isEmpty && excludedTag.isEmpty && only.isEmpty && namesWholePack }

  /// A whole pack is named, not a part of one.
  var namesWholePack: Bool { paths.contains(where: Library.isPack) }

  private func select(_ library: Library) throws(StartError) -> [Scenario] {
    for id in only where !library.scenarios.contains(where: { $0.id == id || $0.covers.contains(id) }) {
      let near = SelectionOptions.nearest(id, library.scenarios.map(\.id))
      throw StartError(
        .usageError, "--only \(id): no scenario has this id, and none covers a requirement with this id\(near)")
    }
    for tag in tag where !library.scenarios.contains(where: { $0.tags.contains(tag) }) {
      let near = SelectionOptions.nearest(tag, Set(library.scenarios.flatMap(\.tags)).sorted())
      throw StartError(.usageError, "--tag \(tag): no scenario has this tag\(near)")
    }
    let chosen = library.scenarios.filter { scenario in
      (tag.isEmpty || !Set(scenario.tags).isDisjoint(with: tag)) && Set(scenario.tags).isDisjoint(with: excludedTag)
        && (only.isEmpty || only.contains(scenario.id) || !Set(scenario.covers).isDisjoint(with: only))
    }
    guard !chosen.isEmpty else {
      throw StartError(
        .usageError,
        library.scenarios.isEmpty
          ? "nothing to run: \(paths.joined(separator: ", ")) contains no scenario"
          : "nothing to run: none of the \(library.scenarios.count.counted("scenario")) is selected; "
            + "check --tag, --exclude-tag and --only")
    }
    return chosen
  }

  private static func nearest(_ id: String, _ ids: [String]) -> String {
    let near = ids.filter { $0.contains(id) || id.contains($0) }.prefix(3)
    return near.isEmpty ? "; 'conform list' shows all" : "; similar: \(near.joined(separator: ", "))"
  }
}

extension Profile: ExpressibleByArgument {}
