// What can be said of a target file without loading it.

public import ConformanceModel
import Files
import YAML

extension Target {
  /// Whether a file is a target file, even one with mistakes: a mapping with the keys of targets, not of scenarios.
  public static func isFile(_ path: String) -> Bool {
    guard case .file = FileEntry(path), let root = SourceFile(path: path).parse()?.node else { return false }
    let keys = Set(root.members.compactMap(\.key.text))
    return !keys.contains("steps") && !keys.isDisjoint(with: ["base-url", "connectors", "include"])
  }

  /// The lines that the author of a file, or of those that it includes, still has to complete: their comments begin with TODO.
  public static func openTasks(in path: String) -> [Place] {
    let includes = TargetIncludes(reading: path)
    return ([path] + includes.files.map(\.path)).flatMap { path in
      (try? SourceFile.bytes(path)).map { openTasks(inText: String(decoding: $0, as: UTF8.self), of: path) } ?? []
    }
  }

  /// The same for the content of a file that is not written yet.
  public static func openTasks(inText text: String, of path: String) -> [Place] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
      guard let mark = line.firstRange(of: "# TODO") else { return nil }
      let column = line.unicodeScalars.distance(from: line.startIndex, to: mark.lowerBound) + 1
      return Place(file: path, line: index + 1, column: column)
    }
  }
}
