// Reads scalars.

import ConformanceModel
import JSONValue
import YAML

extension YAMLReader {
  /// The type of the value, for messages.
  var kind: String {
    switch scalar {
    case nil: node.kind == .mapping ? "a mapping" : "a list"
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    default: "text"
    }
  }

  /// The value of a scalar by the rules of YAML 1.2's core schema; `nil` for mappings and lists.
  var scalar: JSON? {
    guard let text = node.text else { return nil }
    guard node.isPlain else { return .string(text) }
    switch text.utf8.first {
    // the first letters of all that is not text
    case nil, UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"):
      return YAMLReader.isNull(text) ? .null : .string(text)
    case UInt8(ascii: "t"), UInt8(ascii: "T"):
      return ["true", "True", "TRUE"].contains(text) ? .bool(true) : .string(text)
    case UInt8(ascii: "f"), UInt8(ascii: "F"):
      return ["false", "False", "FALSE"].contains(text) ? .bool(false) : .string(text)
    case UInt8(ascii: "-")?, (UInt8(ascii: "0")...UInt8(ascii: "9"))?:
      return YAMLReader.isNumber(text) ? .number(text) : .string(text)
    default: return .string(text)
    }
  }

  private static func isNull(_ text: String) -> Bool {
    text.utf8.count <= 4 && ["", "~", "null", "Null", "NULL"].contains(text)
  }

  var isNull: Bool { node.isPlain && YAMLReader.isNull(node.text ?? "") }

  /// The grammar of JSON numbers (RFC 8259 section 6); anything else is text.
  static func isNumber(_ text: String) -> Bool {
    guard text.utf8.count < 400 else { return false }
    var rest = text.utf8[...]
    func skip(_ byte: Unicode.Scalar, or other: Unicode.Scalar? = nil) -> Bool {
      guard let first = rest.first.map(Unicode.Scalar.init), first == byte || first == other else { return false }
      rest.removeFirst()
      return true
    }
    /// Skips digits, of which there must be one.
    func skipDigits() -> Bool {
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      rest = rest[digits.endIndex...]
      return !digits.isEmpty
    }
    _ = skip("-")
    guard skip("0") || skipDigits() else { return false }
    if skip("."), !skipDigits() { return false }
    if skip("e", or: "E") {
      _ = skip("+", or: "-")
      guard skipDigits() else { return false }
    }
    return rest.isEmpty
  }

  /// The text of a scalar as it is written. A mapping, a list and null are errors.
  func written(_ what: String) -> String? {
    guard let text = node.text, !isNull else {
      expected("text", what)
      return nil
    }
    return text
  }

  /// The same with the values of environment variables, if the file has them when it is read.
  func text(_ what: String) -> String? {
    guard let text = written(what) else { return nil }
    guard let variables = file.variables, text.utf8Contains("${") else { return text }
    return variables.expand(text, of: what, at: self)
  }

  /// The value of a scalar, or that of the environment variables in it.
  func value(_ what: String) -> JSON? {
    guard file.variables != nil, case .string(let text) = scalar, text.utf8Contains("${") else { return scalar }
    guard let text = self.text(what) else { return nil }
    switch text {
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: return YAMLReader.isNumber(text) ? .number(text) : .string(text)
    }
  }

  func integer(_ what: String, in range: ClosedRange<Int>) -> Int? {
    guard case .number(let digits) = value(what), let value = Int(digits), range.contains(value) else {
      diagnostic("\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return value
  }

  func boolean(_ what: String) -> Bool? {
    guard case .bool(let value) = value(what) else {
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
}
