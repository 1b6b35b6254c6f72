// One use of a fragment: what the names in its file mean in the scenario.

import ConformanceModel
import YAML

/// A fragment at one place of a scenario. Its parameters have values, and what its steps save has names of its own.
final class Fragment {
  let path: String
  /// What the names that its steps save are in the scenario.
  let names: FragmentNames
  /// The values of the parameters, at their places: in the file that uses the fragment, or the default.
  let arguments: [String: YAMLReader]
  /// The steps that use it, from the nearest to that of the scenario.
  let usedAt: [Place]
  /// The files that are being read, from this one to the scenario's.
  let chain: [String]

  init(
    path: String, names: FragmentNames, arguments: [String: YAMLReader], use: YAMLReader
  ) {
    self.path = path
    self.names = names
    self.arguments = arguments
    usedAt = Fragment.usedAt(use)
    chain = [path] + (use.file.fragment?.chain ?? [use.file.path])
  }

  static func usedAt(_ use: YAMLReader) -> [Place] { [use.place] + (use.file.fragment?.usedAt ?? []) }

  /// The value of a parameter, if a node is a reference to it and nothing else.
  func argument(_ node: Node) -> YAMLReader? {
    guard let text = node.text, text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
    return arguments[text.dropFirst(2).dropLast().split(separator: " ").joined()]
  }
}

/// The files that one scenario uses: fragments and rows.
final class UsedFiles {
  /// The folder of requirements.yaml, below which fragments are found as well.
  let root: String?
  /// What the files say, in the order of their uses.
  private(set) var digests: [String] = []
  private var counts: [String: Int] = [:]

  /// More would be a scenario that nobody can read, or fragments that multiply.
  static let maxUses = 1000

  init(root: String?) { self.root = root }

  func add(_ digest: String) { digests.append(digest) }

  var isFull: Bool { digests.count >= UsedFiles.maxUses }

  /// `new-token`, and `new-token-2` for the second use.
  func prefix(_ path: String, in outer: Fragment?) -> String {
    let stem = Path.stem(of: path).split(separator: ".").joined(separator: "-")
    let name = (outer.map { "\($0.names.prefix)." } ?? "") + stem
    counts[name, default: 0] += 1
    return counts[name] == 1 ? name : "\(name)-\(counts[name] ?? 0)"
  }
}
