// A node of a YAML document with its file: reads typed values, and reports an error if the type is wrong.

import ConformanceModel
import JSONValue
import Yams

struct YAMLReader {
  let node: Node
  let file: SourceFile
  /// The place of the key of this value; errors about an empty value point to it.
  var keyPlace: Place?

  init(node: Node, file: SourceFile, keyPlace: Place? = nil) {
    self.node = node
    self.file = file
    self.keyPlace = keyPlace
  }

  var place: Place {
    guard let mark = node.mark else { return keyPlace ?? Place(file: file.path, line: 1, column: 1) }
    return Place(file: file.path, line: mark.line, column: mark.column)
  }

  func diagnostic(_ message: String) {
    var length = 1
    if case .scalar(let scalar) = node { length = max(1, scalar.string.prefix { $0 != "\n" }.count) }
    file.add(message, at: place, length: length)
  }

  /// Calls `body` for every text in the value that is no key.
  func eachText(depth: Int = 0, _ body: (String) -> Void) {
    guard depth < 100, file.visit() else { return }
    switch node {
    case .scalar(let scalar): body(scalar.string)
    case .sequence(let sequence):
      for item in sequence { YAMLReader(node: item, file: file).eachText(depth: depth + 1, body) }
    case .mapping(let mapping):
      for (_, value) in mapping { YAMLReader(node: value, file: file).eachText(depth: depth + 1, body) }
    case .alias: break
    }
  }

  /// The type of the value, for messages.
  var kind: String {
    switch node {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar:
      switch scalar {
      case .null: "null"
      case .bool: "a boolean"
      case .number: "a number"
      default: "text"
      }
    case .alias: "an alias"
    }
  }

  /// The value of a scalar by the rules of YAML 1.2's core schema; `nil` for mappings and lists.
  var scalar: JSON? {
    guard case .scalar(let scalar) = node else { return nil }
    guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
    switch scalar.string {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default: return YAMLReader.isNumber(scalar.string) ? .number(scalar.string) : .string(scalar.string)
    }
  }

  /// The grammar of JSON numbers (RFC 8259 section 6); anything else is text.
  static func isNumber(_ text: String) -> Bool {
    guard let first = text.utf8.first, first == 0x2D || (0x30...0x39).contains(first), text.utf8.count < 400 else {
      return false
    }
    guard case .number = try? JSON(parsing: text) else { return false }
    return true
  }

  var isNull: Bool { scalar == .null }

  /// Whether it is a list or a mapping that contains nothing.
  var isEmptyCollection: Bool {
    switch node {
    case .mapping(let mapping): mapping.isEmpty
    case .sequence(let sequence): sequence.isEmpty
    case .scalar, .alias: false
    }
  }

  /// Reports that the value has another type than the expected one.
  private func expected(_ type: String, _ what: String) {
    diagnostic(isNull ? "\(what) is empty; expected \(type)" : "\(what) must be \(type), not \(kind)")
  }

  /// The text of a scalar as it is written. A mapping, a list and null are errors.
  func text(_ what: String) -> String? {
    guard case .scalar(let scalar) = node, !isNull else {
      expected("text", what)
      return nil
    }
    return scalar.string
  }

  func integer(_ what: String, in range: ClosedRange<Int>) -> Int? {
    guard case .number(let digits) = scalar, let value = Int(digits), range.contains(value) else {
      diagnostic("\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return value
  }

  func boolean(_ what: String) -> Bool? {
    guard case .bool(let value) = scalar else {
      expected("true or false", what)
      return nil
    }
    return value
  }

  /// One of a fixed set of words.
  func word<Word: RawRepresentable & CaseIterable>(_ what: String, _: Word.Type) -> Word?
  where Word.RawValue == String {
    guard let text = text(what) else { return nil }
    if let word = Word(rawValue: text) { return word }
    let hint = Suggestion.text(for: text, among: Word.allCases.map(\.rawValue))
    diagnostic("unknown \(what) '\(text.prefix(60))'\(hint)")
    return nil
  }

  func list(_ what: String) -> [YAMLReader]? {
    guard case .sequence(let sequence) = node else {
      expected("a list", what)
      return nil
    }
    guard file.visit() else { return nil }
    return sequence.map { YAMLReader(node: $0, file: file, keyPlace: place) }
  }

  /// A list; a single value counts as a list of one item.
  func oneOrMore(_ what: String) -> [YAMLReader]? {
    if case .sequence = node { return list(what) }
    return [self]
  }

  /// The members of a mapping, in the order of the file.
  func members(_ what: String) -> [(name: String, key: YAMLReader, value: YAMLReader)]? {
    guard case .mapping(let mapping) = node else {
      expected("a mapping", what)
      return nil
    }
    guard file.visit() else { return nil }
    var members: [(String, YAMLReader, YAMLReader)] = []
    for (key, value) in mapping {
      let keyReader = YAMLReader(node: key, file: file)
      guard case .scalar(let scalar) = key else {
        keyReader.diagnostic("a key must be text, not \(keyReader.kind)")
        continue
      }
      if scalar.string == "<<", scalar.style == .plain {
        keyReader.diagnostic("merge keys (<<) are not part of YAML 1.2; write the keys here, or alias the whole value")
        continue
      }
      members.append((scalar.string, keyReader, YAMLReader(node: value, file: file, keyPlace: keyReader.place)))
    }
    return members
  }

  /// The members of a mapping whose keys are known; unknown and missing keys are errors.
  func fields(_ what: String, _ keywords: [Keyword], required: [String] = []) -> [String: YAMLReader]? {
    guard let members = members(what) else { return nil }
    var fields: [String: YAMLReader] = [:]
    for (name, key, value) in members {
      guard keywords.contains(where: { $0.name == name }) else {
        key.diagnostic(
          "unknown key '\(name.prefix(60))' in \(what)\(Suggestion.text(for: name, among: keywords.map(\.name)))")
        continue
      }
      fields[name] = value
    }
    for name in required where fields[name] == nil { diagnostic("missing key '\(name)' in \(what)") }
    return fields
  }
}
