// Mutations that keep a text well-formed, or nearly so, and thus reach the code behind the parser.

import ConformanceModel
import JSONValue

extension Mutator {
  // MARK: YAML

  /// Changes values, anchors, aliases and indentation.
  mutating func mutateYAML(_ bytes: inout [UInt8]) {
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
    let number = below(lines.count)
    guard lines.indices.contains(number) else { return }
    let line = lines[number]
    let start = value(of: line)
    switch below(10) {
    case 0: lines[number].replaceSubrange(start..., with: yamlValue())
    case 1: lines[number].insert(contentsOf: "&a\(below(3)) ".utf8, at: start)
    case 2: lines[number].replaceSubrange(start..., with: "*a\(below(3))".utf8)
    case 3: lines[number].insert(contentsOf: "  ".utf8, at: 0)
    case 4: lines[number].removeFirst(min(2, line.prefix { $0 == 0x20 }.count))
    case 5: lines.insert(indent(of: line) + [UInt8]("<<: *a\(below(3))".utf8), at: number)
    case 6:
      lines.insert(
        indent(of: line) + [UInt8]("? *a\(below(3))\n".utf8) + indent(of: line) + [UInt8](": x".utf8), at: number)
    case 7: lines.insert(indent(of: line) + key() + yamlValue(), at: number)
    case 8: lines[number].replaceSubrange(start..., with: value(from: corpus[below(corpus.count)]))
    default: lines[number].insert(contentsOf: token(), at: start)
    }
    bytes = Array(lines.joined(separator: [0x0A]))
  }

  /// The offset after `key: ` or `- `.
  private func value(of line: [UInt8]) -> Int {
    line.indices.last {
      $0 >= 1 && line[$0] == 0x20 && (line[$0 - 1] == UInt8(ascii: ":") || line[$0 - 1] == UInt8(ascii: "-"))
    }.map { $0 + 1 } ?? line.count
  }

  private func indent(of line: [UInt8]) -> [UInt8] {
    Array(line.prefix { $0 == 0x20 || $0 == UInt8(ascii: "-") }.map { _ in 0x20 })
  }

  private mutating func key() -> [UInt8] {
    tokens.isEmpty ? Array("key: ".utf8) : Array("\(tokens[below(tokens.count)].prefix { $0 != ":" }): ".utf8)
  }

  private mutating func value(from other: [UInt8]) -> [UInt8] {
    let lines = other.split(separator: 0x0A).map { Array($0) }
    guard !lines.isEmpty else { return [] }
    let line = lines[below(lines.count)]
    return Array(line[value(of: line)...])
  }

  private mutating func yamlValue() -> [UInt8] {
    switch below(5) {
    case 0: Array("[\(String(repeating: "*a0, ", count: below(9)))]".utf8)
    case 1: token()
    case 2: Array(Tokens.yaml[below(Tokens.yaml.count)].utf8)
    case 3: [UInt8]("{".utf8) + key() + token() + [UInt8]("}".utf8)
    default: value(from: corpus[below(corpus.count)])
    }
  }

  // MARK: JSON

  mutating func mutateJSON(_ bytes: inout [UInt8]) {
    guard let json = try? JSON(parsing: bytes) else { return }
    var place = below(size(json))
    bytes = mutated(json, at: &place).compactBytes
  }

  mutating func mutateJSONLine(_ bytes: inout [UInt8]) {
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
    let number = below(lines.count)
    guard lines.indices.contains(number) else { return }
    mutateJSON(&lines[number])
    bytes = Array(lines.joined(separator: [0x0A]))
  }

  private func size(_ json: JSON) -> Int {
    switch json {
    case .array(let items): items.reduce(1) { $0 + size($1) }
    case .object(let members): members.reduce(1) { $0 + size($1.value) }
    default: 1
    }
  }

  /// The value with another one at one place; places count in the order of the text.
  private mutating func mutated(_ json: JSON, at place: inout Int) -> JSON {
    place -= 1
    if place < 0 {
      place = .max
      return other(json)
    }
    switch json {
    case .array(let items):
      var changed: [JSON] = []
      for item in items { changed.append(mutated(item, at: &place)) }
      return .array(changed)
    case .object(let members):
      var changed: [JSON.Member] = []
      for member in members { changed.append(.init(member.name, mutated(member.value, at: &place))) }
      return .object(changed)
    default: return json
    }
  }

  private mutating func other(_ json: JSON) -> JSON {
    switch (json, below(4)) {
    case (.object(var members), 0...2) where !members.isEmpty:
      let one = below(members.count)
      switch below(3) {
      case 0: members.remove(at: one)
      case 1: members.append(members[one])
      default: members[one].name = String(decoding: token(), as: UTF8.self)
      }
      return .object(members)
    case (.array(let items), 0...2) where !items.isEmpty:
      return below(2) == 0 ? .array(items + [items[below(items.count)]]) : .array(Array(items.dropFirst()))
    case (.string(let text), 0...1): return .string(text + String(decoding: token(), as: UTF8.self))
    case (.string, 2): return .string(String(decoding: token(), as: UTF8.self))
    case (.number, 0...2): return .number(Tokens.numbers.filter { (try? JSON(parsing: $0)) != nil }[below(12)])
    default:
      let values: [JSON] = [
        .null, .bool(true), .bool(false), .number("0"), .number("-1"), "", "x", [], [:], ["a"], ["a": 1],
      ]
      return values[below(values.count)]
    }
  }
}
