// A node of a YAML document with its file: reads typed values, and reports an error if the type is wrong.

import ConformanceModel
import JSONValue
import YAML

struct YAMLReader {
  let node: Node
  let file: SourceFile
  private var keyMark: Mark?
  /// The file of the key, if the value is in another one: that of a parameter.
  private var keyFile: SourceFile?
  /// A key of the mapping that counts as missing, because something else reads it.
  private var hiddenKey: String?
  /// What other files say of the same mapping; `nil` is nothing.
  var below: Layers?

  /// - Parameter keyMark: The place of the key of this value.
  init(node: Node, file: SourceFile, keyMark: Mark? = nil) {
    self.node = node
    self.file = file
    self.keyMark = keyMark
  }

  /// A value inside of this one. In a fragment, a reference to a parameter is the value that the use gives it.
  func inner(_ node: Node, keyMark: Mark? = nil) -> YAMLReader {
    guard var argument = file.fragment?.argument(node) else {
      return YAMLReader(node: node, file: file, keyMark: keyMark)
    }
    argument.keyMark = keyMark
    argument.keyFile = file
    return argument
  }

  var place: Place { place(node.mark, file) }

  /// The place of the key of this value, or of the list that it is in.
  var keyPlace: Place? { keyMark.map { place($0, keyFile ?? file) } }

  private func place(_ mark: Mark, _ file: SourceFile) -> Place {
    Place(file: file.path, line: mark.line, column: mark.column)
  }

  func diagnostic(_ message: String) {
    let length = node.text.map { max(1, $0.prefix { $0 != "\n" }.count) } ?? 1
    file.add(message, at: place, length: length)
  }

  /// The same mapping without one key.
  func without(_ key: String) -> YAMLReader {
    var reader = self
    reader.hiddenKey = key
    return reader
  }

  /// Calls `body` for every text in the value that is no key.
  func eachText(depth: Int = 0, _ body: (String) -> Void) {
    guard depth < 100, file.visit() else { return }
    switch node.kind {
    case .scalar: node.text.map(body)
    case .sequence: for item in node.items { YAMLReader(node: item, file: file).eachText(depth: depth + 1, body) }
    case .mapping:
      for (_, value) in node.members { YAMLReader(node: value, file: file).eachText(depth: depth + 1, body) }
    }
  }

  /// Whether it is a list or a mapping that contains nothing.
  var isEmptyCollection: Bool {
    node.kind != .scalar && node.items.isEmpty && (below == nil ? node.members.isEmpty : layeredMembers.isEmpty)
  }

  /// Reports that the value has another type than the expected one.
  func expected(_ type: String, _ what: String) {
    diagnostic(isNull ? "\(what) is empty; expected \(type)" : "\(what) must be \(type), not \(kind)")
  }

  func list(_ what: String) -> [YAMLReader]? {
    guard node.kind == .sequence else {
      expected("a list", what)
      return nil
    }
    guard file.visit() else { return nil }
    return node.items.map { inner($0, keyMark: node.mark) }
  }

  /// A list; a single value counts as a list of one item.
  func oneOrMore(_ what: String) -> [YAMLReader]? { node.kind == .sequence ? list(what) : [self] }

  /// The members of a mapping, in the order of the file.
  func members(_ what: String) -> [(name: String, key: YAMLReader, value: YAMLReader)]? {
    // with the labels: each element of an array without them would be cast
    var members: [(name: String, key: YAMLReader, value: YAMLReader)] = []
    members.reserveCapacity(node.members.count)
    return eachMember(what, { members.append((name: $0, key: $1, value: $2)) }) ? members : nil
  }

  /// The members of a mapping whose keys are known; unknown and missing keys are errors.
  func fields(_ what: String, _ keywords: [Keyword], required: [String] = []) -> Fields? {
    var fields = Fields(capacity: node.members.count)
    let isMapping = eachMember(what) { name, key, value in
      if keywords.contains(where: { $0.name == name }) { return fields.append(name, value) }
      key.diagnostic("unknown key '\(name.prefix(60))' in \(what)\(advice(on: name, key, keywords))")
    }
    guard isMapping else { return nil }
    for name in required where !fields.contains(name) { diagnostic("missing key '\(name)' in \(what)") }
    return fields
  }

  /// What to do about an unknown key.
  private func advice(on name: String, _ key: YAMLReader, _ keywords: [Keyword]) -> String {
    let former = node.members.map { (name: $0.key.text ?? "", line: $0.key.mark.line) }.filter {
      key.file === file && $0.line <= key.place.line && $0.name != name
    }
    if let advice = Misplacement.advice(on: name, line: key.place.line, after: former, among: keywords) {
      return advice
    }
    let names = keywords.map(\.name)
    if Suggestion.nearest(to: name, among: names) == nil, let owner = Misplacement.owner(of: name, among: keywords) {
      return owner
    }
    return Suggestion.text(for: name, among: names)
  }

  /// Calls `body` for each member of a mapping.
  ///
  /// - Returns: `false` after an error that concerns the whole value.
  private func eachMember(_ what: String, _ body: (String, _ key: YAMLReader, _ value: YAMLReader) -> Void) -> Bool {
    guard node.kind == .mapping else {
      expected("a mapping", what)
      return false
    }
    guard file.visit() else { return false }
    func take(_ key: YAMLReader, _ value: @autoclosure () -> YAMLReader) {
      guard let name = key.node.text else { return key.diagnostic(SourceFile.complexKey(key.kind)) }
      if name != hiddenKey { body(name, key, value()) }
    }
    if below != nil {
      for (key, value) in layeredMembers { take(key, value) }
    } else {
      for (key, value) in node.members { take(inner(key), inner(value, keyMark: key.mark)) }
    }
    return true
  }
}
