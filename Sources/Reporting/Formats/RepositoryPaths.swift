// Paths as CI systems want them: relative to the folder of the repository.

import Glibc

/// Where the repository lies, and from where relative paths count.
struct RepositoryPaths {
  private let root: [Substring]
  private let working: [Substring]

  /// - Parameters:
  ///   - root: The repository's folder; that in which the program runs where it is not known.
  ///   - working: The folder in which the program runs.
  init(root: String?, working: String) {
    self.working = RepositoryPaths.parts(working[...], in: [])
    self.root = root.map { RepositoryPaths.parts($0[...], in: []) } ?? self.working
  }

  /// As GitHub Actions and GitLab tell it by their variables, else the folder in which the program runs.
  static var current: RepositoryPaths {
    let variables: [String] = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"]
    let root = variables.lazy.compactMap { name in getenv(name).map { String(cString: $0) } }.first {
      $0.hasPrefix("/")
    }
    let working = getcwd(nil, 0)
    defer { free(working) }
    return RepositoryPaths(root: root, working: working.map { String(cString: $0) } ?? "/")
  }

  /// The path without `./`, seen from the repository's folder; one that lies outside of it stays as it is.
  func relative(_ path: String) -> String {
    let isAbsolute = path.utf8.first == UInt8(ascii: "/")
    let parts = RepositoryPaths.parts(path[...], in: isAbsolute ? [] : working)
    guard parts.count > root.count, parts.starts(with: root) else { return path }
    return parts.dropFirst(root.count).joined(separator: "/")
  }

  /// The names of a path, without `.` and `..`. Nothing is looked up.
  private static func parts(_ path: Substring, in folder: [Substring]) -> [Substring] {
    var parts = folder
    for name in path.split(separator: "/") where name != "." {
      if name == ".." { _ = parts.popLast() } else { parts.append(name) }
    }
    return parts
  }
}
