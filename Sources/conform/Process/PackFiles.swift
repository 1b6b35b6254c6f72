// Loads scenario and target files for all subcommands, and reports what is wrong in them.

import BuiltInPack
import ConformanceModel
import Dispatch
import Execution
import ScenarioFiles

enum PackFiles {
  /// The scenarios, and the target.
  ///
  /// - Parameter names: Only scenario files with these names are read; `nil` reads all.
  /// - Throws: `StartError` with all mistakes in the files.
  static func load(
    _ paths: [String], named names: Set<String>? = nil, knowing known: Set<String> = [], target path: String
  ) throws(StartError) -> (Library, Target) {
    let loadedTarget = Locked<Result<Target, Diagnostics>?>(nil)
    // Neither needs the other, and reading them takes most of the time before the first request. The library is read in
    // parallel itself, which it would not be inside a `concurrentPerform`. A global queue may have no thread besides this
    // one, which waits.
    let group = DispatchGroup()
    DispatchQueue(label: "conform-target-file").async(group: group) {
      let target = Result { () throws(Diagnostics) in try Target.load(path) }
      loadedTarget.withLock { $0 = target }
    }
    let loadedLibrary = Result { () throws(Diagnostics) in try Library.load(paths, named: names, knowing: known) }
    group.wait()
    let target = loadedTarget.withLock { $0 }
    guard case (.success(var library), .success(let target)) = (loadedLibrary, target) else {
      throw StartError(loadedLibrary.mistakes + (target?.mistakes ?? []))
    }
    // cases are selected by their names
    library.scenarios = library.scenarios.map { $0.filled(from: target) }
    try check(target, fits: library)
    return (library, target)
  }

  /// Refuses a target file that was written for other versions of the pack.
  private static func check(_ target: Target, fits library: Library) throws(StartError) {
    guard let versions = target.packVersions, let version = library.packVersion, !versions.contains(version) else {
      return
    }
    throw StartError(
      .usageError,
      "\(target.place.file): needs the pack in version \(versions), and this one has version \(version); "
        + "name another with --pack, or adapt the file and its key 'pack'")
  }

  /// A plan of everything below these paths, without selection.
  static func plan(_ paths: [String], target path: String) throws(StartError) -> Plan {
    let (library, target) = try load(paths, target: path)
    return Plan(
      scenarios: library.scenarios, requirements: library.requirements, invariants: library.invariants, target: target,
      allowsSideEffects: true)
  }

  static func target(_ path: String) throws(StartError) -> Target {
    do throws(Diagnostics) { return try Target.load(path) } catch { throw StartError(error.list) }
  }

  /// The scenarios and requirements below these paths, without a target.
  static func library(_ paths: [String]) throws(StartError) -> Library {
    do throws(Diagnostics) { return try Library.load(paths) } catch { throw StartError(error.list) }
  }

  /// The target file of the reference service in the pack.
  static func referenceTarget(of paths: [String]) -> String {
    (paths + [PackOptions.folder]).map { Path.join($0, "targets/reference.yaml") }.first(where: Library.hasFile)
      ?? Path.join(BuiltInPack.root, "targets/reference.yaml")
  }
}

extension Result where Failure == Diagnostics {
  fileprivate var mistakes: [Diagnostic] { if case .failure(let diagnostics) = self { diagnostics.list } else { [] } }
}

extension StartError {
  /// Mistakes in files.
  init(_ diagnostics: [Diagnostic]) {
    let files = Set(diagnostics.map(\.place.file)).count
    let count = "\(diagnostics.count.counted("mistake")) in \(files.counted("file")); nothing was sent"
    self.init(
      .usageError, diagnostics.map { Message(text: $0.message, place: $0.place) },
      lines: diagnostics.map(\.description) + [count])
  }
}
