// A path with links resolved, so that two spellings of one file are equal.

import ConformanceModel
import Glibc

/// The path of a file that is to be written. Neither the file nor its folder need to exist.
struct ResolvedPath: Hashable {
  let path: String

  init(_ path: String) { self.path = path == "-" ? path : ResolvedPath.resolved(path) }

  /// The first path that names the same file as one before it.
  static func firstRepeated(_ paths: [String]) -> String? {
    var seen: Set<ResolvedPath> = []
    return paths.first { !seen.insert(ResolvedPath($0)).inserted }
  }

  /// Links are followed as far as the path exists.
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
