// Finds scenario files in folders.

import ConformanceModel
import Foundation

/// A scenario file, and its suite in the pack.
struct ScenarioPath: Sendable {
  var path: String
  /// The folder of the file below the root of the pack.
  var suite: String
  var requirementsFile: String?

  /// Files and folders of a pack that are not scenarios.
  private static let others: Set<String> = ["requirements.yaml", "invariants.yaml", "targets", "schema"]

  /// The scenario files at a path: the file itself, or all below a folder, in the order of their names.
  static func find(_ path: String) throws(Diagnostic) -> [ScenarioPath] {
    let start = Place(file: path, line: 1, column: 1)
    var info = stat()
    guard stat(path, &info) == 0 else {
      throw Diagnostic(place: start, message: "cannot be read: \(String(cString: strerror(errno)))")
    }
    guard info.st_mode & S_IFMT == S_IFDIR else { return [located(path)] }
    var files: [String] = []
    var folders: Set<FileIdentity> = []
    try collect(path, into: &files, &folders, depth: 0)
    return files.map(located)
  }

  private static func collect(
    _ folder: String, into files: inout [String], _ folders: inout Set<FileIdentity>, depth: Int
  ) throws(Diagnostic) {
    // a link can lead to a folder that was read already, or to one above
    guard depth < 16, let identity = FileIdentity(folder), folders.insert(identity).inserted else { return }
    guard let handle = opendir(folder) else {
      throw Diagnostic(
        place: Place(file: folder, line: 1, column: 1), message: "cannot be read: \(String(cString: strerror(errno)))")
    }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix("."), !others.contains(name) { names.append(name) }
    }
    closedir(handle)
    for name in names.sorted() {
      let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
      var info = stat()
      guard stat(path, &info) == 0 else { continue }
      if info.st_mode & S_IFMT == S_IFDIR {
        try collect(path, into: &files, &folders, depth: depth + 1)
      } else if info.st_mode & S_IFMT == S_IFREG, [".yaml", ".yml"].contains(where: name.hasSuffix) {
        files.append(path)
      }
    }
  }

  /// Finds the root of the pack: the nearest folder above that contains requirements.yaml.
  private static func located(_ path: String) -> ScenarioPath {
    var folder = Path.folder(of: path)
    var below: [String] = []
    for _ in 0..<8 {
      let candidate = Path.join(folder, "requirements.yaml")
      if access(candidate, F_OK) == 0 {
        return ScenarioPath(path: path, suite: below.last ?? "scenarios", requirementsFile: candidate)
      }
      let name = Path.name(of: folder)
      guard folder != ".", folder != "/", name != ".." else { break }
      below.append(name)
      folder = Path.folder(of: folder)
    }
    return ScenarioPath(path: path, suite: below.first ?? "scenarios", requirementsFile: nil)
  }
}
