// Finds the files of a pack. Everything that looks like one of its files is read or refused, never ignored.

import BuiltInPack
import ConformanceModel
import Glibc

/// A scenario file, and its suite in the pack.
struct ScenarioPath: Sendable {
  var path: String
  /// The folder of the file below the root of the pack.
  var suite: String
  var requirementsFile: String?

  /// The name of the file without its extension: the id of its scenario, unless the file has another.
  var stem: String { Path.stem(of: path) }

  init(_ path: String) {
    self.path = path
    // the root of the pack is the nearest folder above with requirements.yaml
    var folder = Path.folder(of: path)
    var below: [String] = []
    for _ in 0...PackFolder.maxDepth {
      let candidate = Path.join(folder, "requirements.yaml")
      if FileEntry(candidate) != nil {
        (suite, requirementsFile) = (below.last ?? "scenarios", candidate)
        return
      }
      let name = Path.name(of: folder)
      guard folder != ".", folder != "/", name != ".." else { break }
      below.append(name)
      folder = Path.folder(of: folder)
    }
    suite = below.first ?? "scenarios"
  }

  /// A file in the same folder.
  fileprivate func sibling(_ path: String) -> ScenarioPath {
    var sibling = self
    sibling.path = path
    return sibling
  }
}

/// What a path leads to.
enum FileEntry {
  case file, folder
  /// A named pipe, a socket or a device.
  case special
  /// A link whose target is missing or cannot be reached, with the reason.
  case dangling(reason: String)

  /// `nil` if there is nothing at the path.
  init?(_ path: String) {
    if BuiltInPack.contains(path) {
      if BuiltInPack.file(path) != nil {
        self = .file
      } else if BuiltInPack.names(in: path) != nil {
        self = .folder
      } else {
        return nil
      }
      return
    }
    var info = stat()
    if stat(path, &info) != 0 {
      let reason = String(cString: strerror(errno))
      guard lstat(path, &info) == 0 else { return nil }
      self = .dangling(reason: reason)
      return
    }
    switch info.st_mode & S_IFMT {
    case S_IFDIR: self = .folder
    case S_IFREG: self = .file
    default: self = .special
    }
  }
}

/// Walks a folder of a pack.
struct PackFolder {
  static let maxDepth = 16

  /// The scenario files, in the order of their paths.
  private(set) var scenarios: [ScenarioPath] = []
  /// The fragments, which scenarios use.
  private(set) var fragments: [String] = []
  /// The JSON files, which can have rows of scenarios.
  private(set) var data: [String] = []
  /// The files requirements.yaml below the folder.
  private(set) var requirementsFiles: [String] = []
  private(set) var diagnostics: [Diagnostic] = []
  private var visited: Set<FileIdentity> = []

  /// Finds the scenario files at a path: the file itself, or all below a folder.
  init(_ path: String) {
    switch FileEntry(path) {
    case nil: refuse(path, "cannot be read: \(String(cString: strerror(ENOENT)))")
    case .folder: walk(path, depth: 0)
    case .file where PackFolder.isFragment(path): refuse(path, PackFolder.noScenario)
    // other kinds are refused when the file is read
    default: scenarios.append(ScenarioPath(path))
    }
  }

  /// The YAML files of a folder of targets, except those of expected deviations.
  static func targetFiles(in folder: String) throws(Diagnostics) -> [String] {
    guard FileEntry(folder) != nil else { return [] }
    let refused = { (path: String, message: String) in
      Diagnostic(place: Place(file: path, line: 1, column: 1), message: message)
    }
    var paths: [String] = []
    var diagnostics: [Diagnostic] = []
    switch entries(folder) {
    case .failure(let error): diagnostics.append(refused(folder, error.reason))
    case .success(let names):
      for name in names where isYAML(name) && !isExpected(name) {
        let path = "\(folder)/\(name)"
        if case .dangling(let reason) = FileEntry(path) {
          diagnostics.append(refused(path, brokenLink(reason)))
        } else {
          paths.append(path)
        }
      }
    }
    guard diagnostics.isEmpty else { throw Diagnostics(diagnostics) }
    return paths
  }

  /// Whether a file name is that of a list of expected deviations.
  private static func isExpected(_ name: String) -> Bool {
    [".expected.yaml", ".expected.yml"].contains(where: name.lowercased().hasSuffix)
  }

  private static func brokenLink(_ reason: String) -> String { "is a broken link: \(reason); repair or remove it" }

  /// Whether a file name has the extension of YAML files, in upper or lower case.
  static func isYAML(_ name: String) -> Bool {
    // the usual ones first: a pack has hundreds of files
    if name.hasSuffix(".yaml") { return true }
    let name = name.lowercased()
    return name.hasSuffix(".yaml") || name.hasSuffix(".yml")
  }

  /// Reports files of a pack's root that are named nearly like requirements.yaml or invariants.yaml.
  static func misnamed(inRootOf requirementsFile: String) -> [Diagnostic] {
    let folder = Path.folder(of: requirementsFile)
    guard case .success(let names) = entries(folder) else { return [] }
    return names.compactMap { name in reservedName(name).flatMap { misnamed(Path.join(folder, name), $0) } }
  }

  /// Whether a file is one of those that scenarios use: a YAML file below a folder `fragments`.
  static func isFragment(_ path: String) -> Bool {
    isYAML(path) && holdsFragments(Path.folder(of: path))
  }

  private static func holdsFragments(_ folder: String) -> Bool {
    folder.split(separator: "/").contains { $0 == FragmentHead.folder }
  }

  private static let noScenario = "is a fragment, which scenarios use; name one of these"

  private mutating func walk(_ folder: String, depth: Int) {
    guard let identity = FileIdentity(folder), visited.insert(identity).inserted else { return }
    guard depth <= PackFolder.maxDepth else {
      return refuse(folder, "is more than \(PackFolder.maxDepth) folders deep; move it up")
    }
    let names: [String]
    switch PackFolder.entries(folder) {
    case .success(let found): names = found
    case .failure(let error): return refuse(folder, error.reason)
    }
    let requirementsFile = Path.join(folder, "requirements.yaml")
    let isRoot = FileEntry(requirementsFile) != nil
    if isRoot { requirementsFiles.append(requirementsFile) }
    let holdsFragments = PackFolder.holdsFragments(folder)
    var first: ScenarioPath?
    for name in names {
      let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
      switch FileEntry(path) {
      case nil: refuse(path, "cannot be read; its name is not valid UTF-8")
      // reported when the pack reads these files
      case .dangling where isRoot && PackFolder.reservedName(name) == name: break
      case .dangling(let reason): refuse(path, PackFolder.brokenLink(reason))
      case .folder where isRoot && ["schema", "targets"].contains(name): checkReserved(path, name, depth: depth + 1)
      case .folder: walk(path, depth: depth + 1)
      // what is not a regular file is refused when it is read
      case .file where PackFolder.isYAML(name), .special where PackFolder.isYAML(name):
        if holdsFragments { fragments.append(path) } else { add(path, name, isRoot: isRoot, &first) }
      case .file where name.hasSuffix(".json"): data.append(path)
      case .file, .special: break
      }
    }
  }

  /// - Parameter first: The first scenario of the folder: all are in the same suite.
  private mutating func add(_ path: String, _ name: String, isRoot: Bool, _ first: inout ScenarioPath?) {
    guard let reserved = PackFolder.reservedName(name) else {
      let scenario = first?.sibling(path) ?? ScenarioPath(path)
      first = scenario
      return scenarios.append(scenario)
    }
    if let diagnostic = PackFolder.misnamed(path, reserved) {
      // in the root of a pack it is reported with the pack
      if !isRoot { diagnostics.append(diagnostic) }
    } else if !isRoot {
      refuse(path, "must be in the folder of requirements.yaml; here it has no effect")
    }
  }

  /// `requirements.yaml` or `invariants.yaml`, for a name that differs from it only in case or extension.
  private static func reservedName(_ name: String) -> String? {
    guard let letter = name.utf8.first, "rRiI".utf8.contains(letter), isYAML(name) else { return nil }
    let stem = name.lowercased().split(separator: ".").dropLast().joined(separator: ".")
    return ["requirements", "invariants"].contains(stem) ? "\(stem).yaml" : nil
  }

  private static func misnamed(_ path: String, _ reserved: String) -> Diagnostic? {
    guard Path.name(of: path) != reserved else { return nil }
    return Diagnostic(place: Place(file: path, line: 1, column: 1), message: "must be named \(reserved)")
  }

  /// Refuses scenarios in a folder of the root that is not a suite. Target files have no steps.
  private mutating func checkReserved(_ folder: String, _ name: String, depth: Int) {
    guard depth <= PackFolder.maxDepth, case .success(let names) = PackFolder.entries(folder) else { return }
    for file in names {
      let path = folder + "/" + file
      switch FileEntry(path) {
      case .folder: checkReserved(path, name, depth: depth + 1)
      case .file where PackFolder.isYAML(file) && (name == "schema" || SourceFile(path: path).hasSteps):
        refuse(path, "is not read, because the folder '\(name)' is not a suite; move it to another folder")
      case .dangling, .special, .file, nil: break
      }
    }
  }

  private mutating func refuse(_ path: String, _ message: String) {
    diagnostics.append(Diagnostic(place: Place(file: path, line: 1, column: 1), message: message))
  }

  /// The names in a folder, sorted, except hidden ones.
  private static func entries(_ folder: String) -> Result<[String], SourceFile.Unreadable> {
    if BuiltInPack.contains(folder) { return .success(BuiltInPack.names(in: folder) ?? []) }
    let unreadable = { SourceFile.Unreadable(reason: "cannot be read: \(String(cString: strerror(errno)))") }
    guard let handle = opendir(folder) else { return .failure(unreadable()) }
    defer { closedir(handle) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { return .failure(unreadable()) }
    return .success(names.sorted())
  }
}
