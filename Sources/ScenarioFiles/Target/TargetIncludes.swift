// Target files that include others.

import ConformanceModel
import YAML

/// Reads a target file together with those that it includes.
struct TargetIncludes {
  /// How deep files can include others.
  static let maxDepth = 10
  static let maxFiles = 100

  /// The included files, in the order in which they are read.
  private(set) var files: [SourceFile] = []
  /// Each file that could be read, without those that it includes.
  private(set) var roots: [YAMLReader] = []

  /// The whole of a file and those that it includes; `nil` after an error that prevents reading it.
  mutating func read(_ file: SourceFile) -> YAMLReader? { read(file, within: []) }

  /// A file and those that it includes, read for another purpose than to load them.
  init(reading path: String) {
    let file = SourceFile(path: path)
    file.variables = FileVariables(TargetLoader().scope, value: FileVariables.ofProcess)
    _ = read(file)
  }

  init() {}

  private mutating func read(_ file: SourceFile, within chain: [String]) -> YAMLReader? {
    guard var root = file.parse() else { return nil }
    roots.append(root)
    guard root.has("include"), let entry = root.members("a target")?.first(where: { $0.name == "include" })?.value
    else { return root }
    let chain = chain + [file.path]
    var included: [YAMLReader] = []
    for item in entry.oneOrMore("include") ?? [] {
      guard let path = path(item, within: chain) else { continue }
      let other = SourceFile(path: path)
      other.usedAt = [item.place] + file.usedAt
      other.variables = file.variables
      files.append(other)
      guard let reader = read(other, within: chain) else { continue }
      if reader.node.kind == .mapping {
        included.append(reader)
      } else {
        reader.expected("a mapping", "an included file")
      }
    }
    // the last one wins
    for reader in included.reversed() { root.add(reader) }
    return root
  }

  private func path(_ item: YAMLReader, within chain: [String]) -> String? {
    guard let name = item.text("the path of a file") else { return nil }
    let path = item.file.neighbour(name)
    let names = (chain + [path]).joined(separator: " includes ")
    if let identity = FileIdentity(path), chain.contains(where: { FileIdentity($0) == identity }) {
      item.diagnostic("the files include each other: \(names)")
      return nil
    }
    guard chain.count <= TargetIncludes.maxDepth else {
      item.diagnostic("more than \(TargetIncludes.maxDepth) files include the next one: \(names)")
      return nil
    }
    guard files.count < TargetIncludes.maxFiles else {
      item.diagnostic("more than \(TargetIncludes.maxFiles) files are included")
      return nil
    }
    return path
  }
}
