// Files that a command reads, and must not overwrite.

import ArgumentParser
import ConformanceModel
import ScenarioFiles

enum KeptFiles {
  /// Refuses to write a file that is read.
  ///
  /// - Parameters:
  ///   - path: The file to write; links are followed.
  ///   - option: What names it.
  static func check(_ path: String, _ option: String, isNone inputs: [String]) throws {
    let resolved = ResolvedPath(path)
    guard let input = inputs.first(where: { ResolvedPath($0) == resolved }) else { return }
    throw ValidationError("\(option) would overwrite \(input), which is read; name another place")
  }
}
