// The keys of the YAML files. Loaders, schemas and guides all use them, so that they agree.

import ConformanceModel
import JSONValue

/// A key, what it means, and the JSON Schema of its value.
struct Keyword {
  let name: String
  let meaning: String
  let schema: JSON

  init(_ name: String, _ meaning: String, _ schema: JSON) {
    self.name = name
    self.meaning = meaning
    self.schema = schema
  }
}

/// Pieces of JSON Schema that keywords share.
enum Shape {
  static let text: JSON = ["type": "string"]
  /// A scalar that is read as text.
  static let scalar: JSON = ["type": ["string", "number", "boolean"]]
  static let any: JSON = true
  static let boolean: JSON = ["type": "boolean"]
  static let mapping: JSON = ["type": "object"]
  static func reference(_ name: String) -> JSON { ["$ref": .string("#/$defs/\(name)")] }
  static func list(_ items: JSON, atLeast: Int = 0) -> JSON {
    ["type": "array", "items": items, "minItems": .int(atLeast)]
  }
  static func oneOrMore(_ item: JSON) -> JSON { ["oneOf": [item, list(item, atLeast: 1)]] }
  static func integer(_ range: ClosedRange<Int>) -> JSON {
    ["type": "integer", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound)]
  }
  static func words(_ words: [String]) -> JSON { ["enum": .array(words.map { .string($0) })] }
  static func words<Word: RawRepresentable & CaseIterable>(_: Word.Type) -> JSON where Word.RawValue == String {
    words(Word.allCases.map(\.rawValue))
  }

  /// A mapping with only these keys.
  ///
  /// - Parameter ways: The keys of which it must have exactly one, if there are any.
  static func closed(
    _ keywords: [Keyword], required: [String] = [], atLeastOne: Bool = false, oneOf ways: [String] = []
  ) -> JSON {
    var members: [JSON.Member] = [
      .init("type", "object"),
      .init("additionalProperties", false),
      .init("properties", .object(keywords.map { .init($0.name, described($0)) })),
    ]
    if !required.isEmpty { members.append(.init("required", .array(required.map { .string($0) }))) }
    if !ways.isEmpty {
      members.append(.init("oneOf", .array(ways.map { ["required": [.string($0)]] })))
    }
    if atLeastOne { members.append(.init("minProperties", 1)) }
    return .object(members)
  }

  private static func described(_ keyword: Keyword) -> JSON {
    guard case .object(let members) = keyword.schema else {
      return ["description": .string(keyword.meaning)]
    }
    return .object([.init("description", .string(keyword.meaning))] + members)
  }
}
