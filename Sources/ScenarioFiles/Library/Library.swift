// Loads all files of a pack at once, and reports all their errors.

public import ConformanceModel
import Dispatch

/// The requirements, invariants and scenarios of a pack, or of a part of it.
public struct Library: Sendable {
  /// Of the pack that is named first.
  public var packVersion: String?
  public var suites: [RequirementSuite]
  public var requirements: [Requirement]
  /// What changed in the requirements of the pack that is named first; `nil` if it has no record.
  public var changes: RequirementChanges?
  public var invariants: [Invariant]
  /// Sorted by suite and id.
  public var scenarios: [Scenario]

  /// Reads every scenario file in and below the paths, with the requirements and invariants of their packs.
  ///
  /// A scenario covers requirements of any pack that is read.
  ///
  /// - Parameters:
  ///   - names: Only files with these names, without their extension, are read; `nil` reads all.
  ///   - known: The ids of requirements of packs that are not read.
  /// - Throws: `Diagnostics` with all errors of all files that were read.
  public static func load(_ paths: [String], named names: Set<String>? = nil, knowing known: Set<String> = [])
    throws(Diagnostics) -> Library
  {
    var diagnostics: [Diagnostic] = []
    var found: [ScenarioPath] = []
    var namedRoots: [String] = []
    var fragments: [String] = []
    for path in paths {
      let folder = PackFolder(path)
      found += folder.scenarios
      namedRoots += folder.requirementsFiles
      fragments += folder.fragments
      diagnostics += folder.diagnostics
    }
    var spellings = Spellings()
    var seen: Set<String> = []
    if let names { found = found.filter { names.contains($0.stem) } }
    found = found.filter { seen.insert(spellings.first(of: $0.path)).inserted }
    for index in found.indices {
      found[index].requirementsFile = found[index].requirementsFile.map { spellings.first(of: $0) }
    }
    var versions: [String: String] = [:]
    var changes: [String: RequirementChanges] = [:]
    var requirements: [String: [Requirement]] = [:]
    var owners: [String: RequirementsLoader.Owner] = [:]
    var isBroken = false
    var suites: [RequirementSuite] = []
    let roots = Set(namedRoots.map { spellings.first(of: $0) }).union(found.compactMap(\.requirementsFile))
    let invariantFiles = InvariantFiles(besides: roots.sorted())
    for root in roots.sorted() {
      diagnostics += PackFolder.misnamed(inRootOf: root)
      let file = SourceFile(path: root)
      let loaded = RequirementsLoader(owners: owners).load(file)
      for requirement in loaded.requirements { owners[requirement.id] = .init(file: root, requirement: requirement) }
      requirements[root] = loaded.requirements
      versions[root] = loaded.version
      changes[root] = loaded.changes
      suites += loaded.suites.filter { suite in !suites.contains { $0.prefix == suite.prefix } }
      diagnostics += file.diagnostics
      // the ids are unknown then, and the cause is reported already
      if !file.diagnostics.isEmpty { isBroken = true }
    }
    let ids = isBroken ? nil : known.union(owners.keys)
    let loadedInvariants = invariantFiles.loaded()
    let invariants = loadedInvariants.flatMap(\.invariants)
    diagnostics += loadedInvariants.flatMap { $0.diagnostics(knowing: ids) }
    let loaded = inParallel(found) { path in
      let file = SourceFile(path: path.path)
      let loader = ScenarioLoader(requirements: ids, suite: path.suite, root: path.requirementsFile.map(Path.folder))
      return (path: path.path, scenario: loader.load(file), diagnostics: file.diagnostics, used: file.adopted)
    }
    // lists of rows are no scenarios
    let used = Set(loaded.flatMap(\.used).map { spellings.first(of: $0) })
    var scenarios: [Scenario] = []
    var places: [String: Place] = [:]
    for invariant in invariants {
      if let first = places[invariant.id] {
        diagnostics.append(
          Diagnostic(
            place: invariant.place,
            message: "duplicate id '\(invariant.id)'; \(first.file):\(first.line) has it already"))
      }
      places[invariant.id] = invariant.place
    }
    for (path, scenario, own, _) in loaded {
      if scenario == nil, used.contains(path) { continue }
      diagnostics += own
      guard let scenario else { continue }
      if let first = places[scenario.id] {
        diagnostics.append(
          Diagnostic(
            place: scenario.place,
            message: "duplicate id '\(scenario.id)'; \(first.file) has it already"))
      } else {
        places[scenario.id] = scenario.place
      }
      scenarios.append(scenario)
    }
    // also those that no scenario uses
    for path in names == nil ? Set(fragments).sorted() : [] {
      let file = SourceFile(path: path)
      _ = FragmentHead(file)
      diagnostics += file.diagnostics
    }
    guard diagnostics.isEmpty else { throw Diagnostics(merging: diagnostics) }
    var listed: Set<String> = []
    let all = requirements.keys.sorted().flatMap { requirements[$0] ?? [] }.filter { listed.insert($0.id).inserted }
    let ordered = namedRoots.map { spellings.first(of: $0) } + roots.sorted()
    return Library(
      packVersion: ordered.lazy.compactMap { versions[$0] }.first, suites: suites, requirements: all,
      changes: ordered.lazy.compactMap { changes[$0] }.first, invariants: invariants,
      scenarios: scenarios.sorted { ($0.suite, $0.id) < ($1.suite, $1.id) })
  }

  /// Maps the items on several threads, in order: parsing YAML takes most of the start-up time.
  private static func inParallel<Item: Sendable, Result: Sendable>(
    _ items: [Item], _ body: @Sendable (Item) -> Result
  ) -> [Result] {
    guard items.count > 8 else { return items.map(body) }
    let chunks = 16
    let results = Locked<[Int: [Result]]>([:])
    DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
      let part = items[items.count * chunk / chunks..<items.count * (chunk + 1) / chunks].map(body)
      results.withLock { $0[chunk] = part }
    }
    return results.withLock { all in (0..<chunks).flatMap { all[$0] ?? [] } }
  }
}

extension Library {
  /// Whether a folder is the root of a pack.
  public static func isPack(_ folder: String) -> Bool { hasFile(Path.join(folder, "requirements.yaml")) }

  /// Whether there is something at a path, on the disk or in the built-in pack.
  public static func hasFile(_ path: String) -> Bool { FileEntry(path) != nil }

  /// The version of the pack in a folder, without reading its scenarios; `nil` if there is none.
  public static func packVersion(in folder: String) -> String? {
    let path = Path.join(folder, "requirements.yaml")
    guard FileEntry(path) != nil else { return nil }
    return RequirementsLoader().load(SourceFile(path: path)).version
  }

  /// Every file that `load` reads for these paths, and the target files beside them, as far as they can be found.
  public static func inputFiles(_ paths: [String]) -> [String] {
    var files: [String] = []
    for path in paths {
      let folder = PackFolder(path)
      let roots = Set(folder.requirementsFiles + folder.scenarios.compactMap(\.requirementsFile)).sorted()
      files += folder.scenarios.map(\.path) + folder.fragments + folder.data + roots
      files += roots.map { Path.join(Path.folder(of: $0), "invariants.yaml") }
      files += (try? targetFiles(of: path)) ?? []
    }
    return files
  }

  /// The target files in the folder `targets` of a pack: all its YAML files except those of expected deviations, and
  /// except parts that others include.
  ///
  /// - Throws: `Diagnostics` if the folder or one of its links cannot be read.
  public static func targetFiles(of pack: String) throws(Diagnostics) -> [String] {
    let files = try PackFolder.targetFiles(in: pack.hasSuffix("/") ? "\(pack)targets" : "\(pack)/targets")
    let includes = files.map { TargetIncludes(reading: $0) }
    let included = Set(includes.flatMap(\.files).compactMap { FileIdentity($0.path) })
    // a part of targets is none itself
    let parts = Set(includes.flatMap(\.roots).filter { !$0.has("target") }.map(\.file.path))
    return files.filter { file in !parts.contains(file) || FileIdentity(file).map { !included.contains($0) } ?? true }
  }
}

extension Target {
  /// A target file and the files that it includes or names: expected deviations, payloads, keys and programs. Every text in it that
  /// is the path of a file counts, also in a file with mistakes.
  public static func inputFiles(_ path: String) -> [String] {
    let includes = TargetIncludes(reading: path)
    var files = [path] + includes.files.map(\.path)
    for root in includes.roots {
      root.eachText { text in
        guard !text.isEmpty, text.utf8.count < 4096, !text.utf8.contains(0) else { return }
        let text = root.file.variables?.expand(text) ?? text
        for candidate in [root.file.neighbour(text), text] {
          if case .file = FileEntry(candidate) { files.append(candidate) }
        }
      }
    }
    return files
  }

  /// Reads a target file.
  ///
  /// - Parameters:
  ///   - text: The content of a file that is not written yet; `nil` reads the file.
  ///   - variable: The value of an environment variable, for what has to be known when the file is read; `nil` takes those
  ///     of the process.
  /// - Throws: `Diagnostics` with all errors of the file.
  public static func load(
    _ path: String, text: String? = nil, variable: ((String) -> String?)? = nil
  ) throws(Diagnostics) -> Target {
    let file = SourceFile(path: path, text: text)
    let target = TargetLoader().load(file, variable: variable ?? FileVariables.ofProcess)
    guard let target, file.diagnostics.isEmpty else { throw Diagnostics(file.diagnostics) }
    return target
  }
}
