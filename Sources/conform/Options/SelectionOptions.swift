// Which scenarios, and against which target: the arguments that run, check and list share.

public import ArgumentParser
public import ConformanceModel
import Execution
import Reporting
import ScenarioFiles

struct SelectionOptions: ParsableArguments {
  @OptionGroup var packs: PackOptions

  @Option(name: .long, help: "The target file. Default: targets/reference.yaml of the pack.")
  var target: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Only scenarios with this tag, or whose tags meet a condition; may be given several times.",
      discussion: "A condition has 'and', 'or', 'not' and parentheses: --tag 'expiry and not (big or brute-force)'.",
      valueName: "tag|condition"))
  var tag: [String] = []

  @Option(
    name: .customLong("exclude-tag"),
    help: ArgumentHelp(
      "No scenarios with this tag, or whose tags meet this condition; may be given several times.",
      valueName: "tag|condition"))
  var excludedTag: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Only scenarios that cover a requirement of this document; may be given several times.",
      discussion:
        "'RFC 6749', or a section with its subsections: 'RFC 6749 section 5'. See conform list --requirements.",
      valueName: "document"))
  var source: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Only the scenario or case with this id, or what covers this requirement; may be given several times.",
      discussion: """
        Ids are those that conform prints: blank-payload, or 'blank-payload/no bytes' for one case. In a pattern, * is \
        any text, ? one character, and [a-z] one of a set: --only 'token-*'.
        """,
      valueName: "id|pattern"))
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
  /// - Parameters:
  ///   - readsAll: Files that are not selected are read as well, so that their mistakes are reported.
  ///   - failed: Only these cases of what is selected.
  /// - Throws: `StartError`.
  func load(
    readsAll: Bool = true, failed: FailedCases? = nil
  ) throws(StartError) -> (plan: Plan, library: Library) {
    if let file = packs.files.first(where: Target.isFile) {
      throw StartError(.usageError, "\(file) is a target file, not a scenario; write --target \(Shell.word(file))")
    }
    if !readsAll, failed == nil, let selected = try loadNamed() { return selected }
    let (library, target) = try PackFiles.load(paths, target: targetPath)
    var selected = try select(library)
    if let failed {
      try failed.check(target)
      selected = selected.compactMap(failed.part)
      guard !selected.isEmpty else {
        let count = failed.ids.count
        let cases =
          count == 1 ? "the case that failed is not selected" : "none of the \(count) cases that failed is selected"
        var error = StartError(.incomplete, "nothing to run again: \(cases)")
        error.keepsLog = true
        throw error
      }
    }
    return (plan(selected, library, target), library)
  }

  /// Reads only the files that are named after the scenarios of `--only`.
  ///
  /// - Returns: `nil` if these files may not be all that is selected: the id of a scenario can be another than the name
  ///   of its file, and the id of a requirement selects all scenarios that cover it.
  private func loadNamed() throws(StartError) -> (plan: Plan, library: Library)? {
    guard !only.isEmpty, tag.isEmpty, excludedTag.isEmpty, source.isEmpty else { return nil }
    let names = Set(only.map(NameSelection.scenario(of:)))
    let (library, target) = try PackFiles.load(paths, named: names, target: targetPath)
    let ids = Set(library.scenarios.map(\.id))
    guard names.isSubset(of: ids), Set(library.requirements.map(\.id)).isDisjoint(with: only) else { return nil }
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
  var isWhole: Bool { tag.isEmpty && excludedTag.isEmpty && source.isEmpty && only.isEmpty && namesWholePack }

  /// A whole pack is named, not a part of one.
  var namesWholePack: Bool { paths.contains(where: Library.isPack) }

  private func select(_ library: Library) throws(StartError) -> [Scenario] {
    let tags = TagSelection(library)
    let wanted = try tag.map { text throws(StartError) in try tags.condition(text, of: "--tag", mustExist: true) }
    let unwanted = try excludedTag.map { text throws(StartError) in
      try tags.condition(text, of: "--exclude-tag", mustExist: false)
    }
    let sources = try SourceSelection(source, library)
    let names = try NameSelection(only, library)
    let chosen = library.scenarios.filter { scenario in
      let own = Set(scenario.tags)
      return (wanted.isEmpty || wanted.contains { $0.matches(own) }) && !unwanted.contains { $0.matches(own) }
        && sources.includes(scenario)
    }.compactMap(names.part)
    guard !chosen.isEmpty else {
      throw StartError(
        .usageError,
        library.scenarios.isEmpty
          ? "nothing to run: \(paths.joined(separator: ", ")) contains no scenario"
          : "nothing to run: none of the \(library.scenarios.count.counted("scenario")) is selected; "
            + "check --tag, --exclude-tag, --source and --only")
    }
    return chosen
  }
}

extension Profile: ExpressibleByArgument {
  // the argument parser asks for them several times, and would ask each value how it is printed
  public static var allValueStrings: [String] { allCases.map(\.rawValue) }
  public static var allValueDescriptions: [String: String] { [:] }
}
