// Paths for CI systems: relative to the root of the repository.

import ConformanceModel
import Glibc

/// The root of the repository and the working directory.
struct RepositoryPaths {
  private let root: [Substring]
  private let working: [Substring]

  /// - Parameters:
  ///   - root: The root of the repository; `nil` if unknown: the working directory is used then.
  ///   - working: The working directory of the program.
  init(root: String?, working: String) {
    self.working = RepositoryPaths.parts(working[...], in: [])
    self.root = root.map { RepositoryPaths.parts($0[...], in: []) } ?? self.working
  }

  /// From the variables of GitHub Actions and GitLab, or else the working directory.
  static var current: RepositoryPaths {
    let variables: [String] = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"]
    let root = variables.lazy.compactMap { name in getenv(name).map { String(cString: $0) } }.first {
      $0.hasPrefix("/")
    }
    let working = getcwd(nil, 0)
    defer { free(working) }
    return RepositoryPaths(root: root, working: working.map { String(cString: $0) } ?? "/")
  }

  /// The path relative to the root, without `./`. A path outside the repository is returned unchanged.
  func relative(_ path: String) -> String {
    let isAbsolute = path.utf8.first == UInt8(ascii: "/")
    let parts = RepositoryPaths.parts(path[...], in: isAbsolute ? [] : working)
    guard parts.count > root.count, parts.starts(with: root) else { return path }
    return parts.dropFirst(root.count).joined(separator: "/")
  }

  /// The place in a file of the repository, its path relative to the root; or the start of the target file, if the
  /// place is in the built-in pack or elsewhere outside; `nil` if that is outside, too.
  func place(_ place: Place, orTarget target: String) -> Place? {
    if let path = inside(place.file) { return Place(file: path, line: place.line, column: place.column) }
    return inside(target).map { Place(file: $0, line: 1, column: 1) }
  }

  /// The path relative to the root, if it is inside.
  private func inside(_ path: String) -> String? {
    // a folder of this name is reached as `./builtin`
    guard !path.isEmpty, !path.utf8.starts(with: "builtin/".utf8) else { return nil }
    let relative = relative(path)
    return relative.hasPrefix("/") || relative.hasPrefix("../") ? nil : relative
  }

  /// The names of a path, without `.` and `..`. The file system is not read.
  private static func parts(_ path: Substring, in folder: [Substring]) -> [Substring] {
    var parts = folder
    for name in path.split(separator: "/") where name != "." {
      if name == ".." { _ = parts.popLast() } else { parts.append(name) }
    }
    return parts
  }
}
