// One use of a fragment: what the names in its file mean in the scenario.

import ConformanceModel
import YAML

/// A fragment at one place of a scenario. Its parameters have values, and what its steps save has names of its own.
final class Fragment {
  let path: String
  /// The names that its steps save begin with this in the scenario, except the outputs: no scenario has names with a dot.
  let prefix: String
  /// The values of the parameters, at their places: in the file that uses the fragment, or the default.
  let arguments: [String: YAMLReader]
  /// The names of the outputs in the scenario.
  let outputs: [String: String]
  /// The steps that use it, from the nearest to that of the scenario.
  let usedAt: [Place]
  /// The files that are being read, from this one to the scenario's.
  let chain: [String]

  init(
    path: String, prefix: String, arguments: [String: YAMLReader], outputs: [String: String], use: YAMLReader
  ) {
    self.path = path
    self.prefix = prefix
    self.arguments = arguments
    self.outputs = outputs
    usedAt = Fragment.usedAt(use)
    chain = [path] + (use.file.fragment?.chain ?? [use.file.path])
  }

  static func usedAt(_ use: YAMLReader) -> [Place] { [use.place] + (use.file.fragment?.usedAt ?? []) }

  /// The name in the scenario of one that the file has.
  func name(_ own: String) -> String { outputs[own] ?? "\(prefix).\(own)" }

  /// The name in the file of one in the scenario; `nil` if it is not one of the file's.
  func ownName(_ name: String) -> String? {
    if let output = outputs.first(where: { $0.value == name }) { return output.key }
    guard name.hasPrefix("\(prefix).") else { return nil }
    let own = name.dropFirst(prefix.count + 1)
    return own.contains(".") ? nil : String(own)
  }

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
    let name = (outer.map { "\($0.prefix)." } ?? "") + stem
    counts[name, default: 0] += 1
    return counts[name] == 1 ? name : "\(name)-\(counts[name] ?? 0)"
  }
}
