// A node of a YAML document with its file: reads typed values and notes a mistake where they are something else.

import ConformanceModel
import JSONValue
import Yams

struct YAMLReader {
  let node: Node
  let file: SourceFile
  /// Where the key stands that leads here; mistakes about an empty value point there.
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

  /// What kind of value stands here, for messages.
  var kind: String {
    switch node {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar:
      switch scalar {
      case .null: "nothing"
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

  /// JSON's grammar of numbers; anything else that looks like one is text.
  static func isNumber(_ text: String) -> Bool {
    guard let first = text.utf8.first, first == 0x2D || (0x30...0x39).contains(first), text.utf8.count < 400 else {
      return false
    }
    guard case .number = try? JSON(parsing: text) else { return false }
    return true
  }

  var isNull: Bool { scalar == .null }

  /// The text of a scalar as it is written. A mapping, list or nothing is a mistake.
  func text(_ what: String) -> String? {
    guard case .scalar(let scalar) = node, !isNull else {
      diagnostic("\(what) must be text, not \(kind)")
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
      diagnostic("\(what) must be true or false, not \(kind)")
      return nil
    }
    return value
  }

  /// One of a closed set of words.
  func word<Word: RawRepresentable & CaseIterable>(_ what: String, _: Word.Type) -> Word?
  where Word.RawValue == String {
    guard let text = text(what) else { return nil }
    if let word = Word(rawValue: text) { return word }
    diagnostic("'\(text.prefix(60))' is no \(what)\(Suggestion.text(for: text, among: Word.allCases.map(\.rawValue)))")
    return nil
  }

  func list(_ what: String) -> [YAMLReader]? {
    guard case .sequence(let sequence) = node else {
      diagnostic("\(what) must be a list, not \(kind)")
      return nil
    }
    guard file.visit() else { return nil }
    return sequence.map { YAMLReader(node: $0, file: file, keyPlace: place) }
  }

  /// A list, or one value in place of a list with one item.
  func oneOrMore(_ what: String) -> [YAMLReader]? {
    if case .sequence = node { return list(what) }
    return [self]
  }

  /// The members of a mapping in their order.
  func members(_ what: String) -> [(name: String, key: YAMLReader, value: YAMLReader)]? {
    guard case .mapping(let mapping) = node else {
      diagnostic("\(what) must be a mapping, not \(kind)")
      return nil
    }
    guard file.visit() else { return nil }
    var members: [(String, YAMLReader, YAMLReader)] = []
    for (key, value) in mapping {
      let keyCursor = YAMLReader(node: key, file: file)
      guard case .scalar(let scalar) = key else {
        keyCursor.diagnostic("a key must be text, not \(keyCursor.kind)")
        continue
      }
      members.append((scalar.string, keyCursor, YAMLReader(node: value, file: file, keyPlace: keyCursor.place)))
    }
    return members
  }

  /// The members of a mapping whose keys are known; others are mistakes.
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
    for name in required where fields[name] == nil { diagnostic("\(what) needs '\(name)'") }
    return fields
  }
}
