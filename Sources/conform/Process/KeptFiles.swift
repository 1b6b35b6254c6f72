// Files that a command reads, and must not overwrite.

import ArgumentParser

struct KeptFiles {
  private let files: [(name: String, path: ResolvedPath)]

  init(_ names: [String]) { files = names.map { ($0, ResolvedPath($0)) } }

  /// The file that writing to a path would overwrite, under any of its names; `nil` if it is none of them.
  func overwritten(by path: String) -> String? {
    let resolved = ResolvedPath(path)
    return files.first { $0.path == resolved }?.name
  }

  /// Refuses to write a file that is read.
  ///
  /// - Parameter writer: What would write it, as the message names it.
  func check(_ path: String, _ writer: String) throws {
    guard let name = overwritten(by: path) else { return }
    throw ValidationError("\(writer) would overwrite \(name), which is read; name another file")
  }
}
