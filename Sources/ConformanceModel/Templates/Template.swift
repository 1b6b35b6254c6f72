// Values with references: `${erp.secret|drop-last}` is resolved after parsing, on typed values, never in the YAML text.

public import JSONValue

/// A value whose strings may contain references to other values.
public indirect enum Template: Sendable, Hashable {
  /// A value without references.
  case literal(JSON)
  /// The whole value is one reference; the resolved value keeps its type.
  case reference(Reference)
  /// Text that contains references; each is resolved to text.
  case text([Segment])
  case array([Template])
  case object([Member])

  public enum Segment: Sendable, Hashable {
    case literal(String)
    case reference(Reference)
  }

  public struct Member: Sendable, Hashable {
    public var name: String
    public var value: Template

    public init(_ name: String, _ value: Template) {
      self.name = name
      self.value = value
    }
  }

  /// The text of a plain literal string.
  public var literalText: String? {
    if case .literal(let json) = self { json.string } else { nil }
  }
}

/// `${name.member.member|filter|filter}`.
public struct Reference: Sendable, Hashable, CustomStringConvertible {
  public var path: [String]
  public var filters: [Filter]

  public init(path: [String], filters: [Filter] = []) {
    self.path = path
    self.filters = filters
  }

  /// The variable.
  public var name: String { path[0] }

  public var description: String {
    "${" + path.joined(separator: ".") + filters.map { "|\($0)" }.joined() + "}"
  }
}

/// Why a text with `${…}` cannot be parsed, and the offset of the error in characters.
public struct TemplateError: Error, Sendable, Hashable {
  public var message: String
  public var offset: Int
}

extension Template {
  /// Parses the references in a text. `$${` is an escaped `${`.
  ///
  /// - Throws: `TemplateError` if a reference has no end, no valid name or an unknown filter.
  public init(parsing text: String) throws(TemplateError) {
    guard text.contains("${") else {
      self = .literal(.string(text))
      return
    }
    var segments: [Segment] = []
    var literal = ""
    let characters = Array(text)
    var index = 0
    while index < characters.count {
      if characters[index...].starts(with: "$${") {
        literal += "${"
        index += 3
      } else if characters[index...].starts(with: "${") {
        guard let end = characters[index...].firstIndex(of: "}") else {
          throw TemplateError(message: "'${' without '}'", offset: index)
        }
        if !literal.isEmpty { segments.append(.literal(literal)) }
        literal = ""
        segments.append(.reference(try Reference(parsing: String(characters[index + 2..<end]), offset: index + 2)))
        index = end + 1
      } else {
        literal.append(characters[index])
        index += 1
      }
    }
    if !literal.isEmpty { segments.append(.literal(literal)) }
    if segments.count == 1, case .reference(let reference) = segments[0] {
      self = .reference(reference)
    } else if segments.allSatisfy({ if case .literal = $0 { true } else { false } }) {
      self = .literal(.string(literal))
    } else {
      self = .text(segments)
    }
  }

  /// All references in it, in order.
  public var references: [Reference] {
    switch self {
    case .literal: []
    case .reference(let reference): [reference]
    case .text(let segments): segments.compactMap { if case .reference(let reference) = $0 { reference } else { nil } }
    case .array(let items): items.flatMap(\.references)
    case .object(let members): members.flatMap(\.value.references)
    }
  }
}

extension Reference {
  init(parsing text: String, offset: Int) throws(TemplateError) {
    let parts = text.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmed }
    path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard path.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isLetter || $0.isNumber || "-_".contains($0) } }) else {
      throw TemplateError(message: "'\(parts[0].prefix(60))' is not a variable name", offset: offset)
    }
    var filters: [Filter] = []
    for part in parts.dropFirst() {
      guard let filter = Filter(parsing: String(part)) else {
        throw TemplateError(
          message: "unknown filter '\(part.prefix(60))'; expected one of: \(Filter.names.joined(separator: ", "))",
          offset: offset)
      }
      filters.append(filter)
    }
    self.filters = filters
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
