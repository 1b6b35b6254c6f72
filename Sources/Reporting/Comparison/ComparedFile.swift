// The files of one side of a comparison: named ones, those of a folder, and those that a pattern matches.

import ConformanceModel
import Files
import Glibc
import RunEvents

/// One file of a side.
struct ComparedFile {
  let path: String
  /// Relative to the folder that was searched, or the name of a file that was named itself: the same in both runs.
  let report: String
  /// It was named itself, not found in a folder.
  let isNamed: Bool

  static let maxFiles = 10_000
  private static let maxDepth = 32

  /// - Throws: `ReportError` if a name has no file.
  static func all(_ names: [String]) throws(ReportError) -> [ComparedFile] {
    var files: [ComparedFile] = []
    for name in names { files += try ComparedFile.files(name) }
    var seen: Set<String> = []
    return files.filter { seen.insert($0.path).inserted }
  }

  private static func files(_ name: String) throws(ReportError) -> [ComparedFile] {
    guard let kind = kind(name) else {
      let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard name.contains(where: { "*?[".contains($0) }) else {
        return [ComparedFile(path: name, report: name, isNamed: true)]
      }
      let start = parts.prefix { !$0.contains { "*?[".contains($0) } }
      let folder = start.isEmpty ? "." : start == [""] ? "/" : start.joined(separator: "/")
      let found = matches(parts.dropFirst(start.count), in: folder, below: "")
      guard !found.isEmpty else { throw ReportError(path: name, message: "no file matches this pattern") }
      return found.map { ComparedFile(path: start.isEmpty ? $0 : Path.join(folder, $0), report: $0, isNamed: false) }
    }
    guard kind == S_IFDIR else {
      let last = name.split(separator: "/").last.map(String.init) ?? name
      return [ComparedFile(path: name, report: last, isNamed: true)]
    }
    // the folder of a run has one log, from which its JUnit files were made
    let log = Path.join(name, "run.jsonl")
    if self.kind(log) == S_IFREG { return [ComparedFile(path: log, report: "run.jsonl", isNamed: true)] }
    let found = matches(["**", "*.xml"], in: name, below: "")
    guard !found.isEmpty else {
      throw ReportError(path: name, message: "is a folder without a run log (run.jsonl) and without a file *.xml")
    }
    return found.map { ComparedFile(path: Path.join(name, $0), report: $0, isNamed: false) }
  }

  /// The files below a folder that match the parts of a pattern; `**` is any number of folders.
  ///
  /// - Parameter prefix: The path of the folder, relative to that in which the search began.
  private static func matches(_ parts: ArraySlice<String>, in folder: String, below prefix: String, depth: Int = 0)
    -> [String]
  {
    guard let part = parts.first, depth < maxDepth else { return [] }
    let rest = parts.dropFirst()
    var found = part == "**" ? matches(rest, in: folder, below: prefix, depth: depth) : []
    let pattern = NamePattern(part)
    for name in names(in: folder) where found.count < maxFiles {
      let path = Path.join(folder, name), relative = prefix.isEmpty ? name : "\(prefix)/\(name)"
      if part == "**" {
        if kind(path) == S_IFDIR, !name.hasPrefix(".") {
          found += matches(parts, in: path, below: relative, depth: depth + 1)
        }
      } else if pattern.map({ $0.matches(name) && !name.hasPrefix(".") }) ?? (name == part) {
        if rest.isEmpty {
          if kind(path) == S_IFREG { found.append(relative) }
        } else {
          found += matches(rest, in: path, below: relative, depth: depth + 1)
        }
      }
    }
    return found
  }

  /// The names in a folder, in order, without `.` and `..`.
  private static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// The type of the file at a path; `nil` if there is none.
  private static func kind(_ path: String) -> mode_t? {
    var info = stat()
    return stat(path, &info) == 0 ? info.st_mode & S_IFMT : nil
  }
}
