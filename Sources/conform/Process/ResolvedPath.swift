// Where a path leads, so that two spellings of one file are known as one.

import ConformanceModel
import Foundation

/// The place of a file that is to be written; it need not be there yet, nor its folder.
struct ResolvedPath: Hashable {
  private let path: String

  init(_ path: String) { self.path = path == "-" ? path : ResolvedPath.resolved(path) }

  /// The first of several paths that leads where a former one leads.
  static func firstRepeated(_ paths: [String]) -> String? {
    var seen: Set<ResolvedPath> = []
    return paths.first { !seen.insert(ResolvedPath($0)).inserted }
  }

  /// Links are followed as far as they are there.
  private static func resolved(_ path: String) -> String {
    if let real = realpath(path.isEmpty ? "." : path, nil) {
      defer { free(real) }
      return String(cString: real)
    }
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let name = trimmed.split(separator: "/").last.map(String.init) ?? trimmed
    return Path.join(resolved(Path.folder(of: trimmed)), name)
  }
}
