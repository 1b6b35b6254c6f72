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
    guard Template.hasReference(text) else {
      self = .literal(.string(text))
      return
    }
    var segments: [Segment] = []
    var literal: [UInt8] = []
    func endLiteral() {
      if !literal.isEmpty { segments.append(.literal(String(decoding: literal, as: UTF8.self))) }
      literal = []
    }
    var rest = Array(text.utf8)[...]
    while let first = rest.first {
      if rest.starts(with: "$${".utf8) {
        literal += "${".utf8
        rest = rest.dropFirst(3)
      } else if rest.starts(with: "${".utf8) {
        let start = rest.dropFirst(2)
        guard let end = start.firstIndex(of: UInt8(ascii: "}")) else {
          throw TemplateError(message: "'${' without '}'", offset: Template.characters(of: text, upTo: rest.startIndex))
        }
        endLiteral()
        do throws(TemplateError) { segments.append(.reference(try Reference(parsing: start[..<end]))) } catch {
          let offset = Template.characters(of: text, upTo: start.startIndex)
          throw TemplateError(message: error.message, offset: offset)
        }
        rest = rest[(end + 1)...]
      } else {
        literal.append(first)
        rest = rest.dropFirst()
      }
    }
    if segments.isEmpty {
      self = .literal(.string(String(decoding: literal, as: UTF8.self)))
      return
    }
    endLiteral()
    if segments.count == 1, case .reference(let reference) = segments[0] {
      self = .reference(reference)
    } else {
      self = .text(segments)
    }
  }

  /// Whether `${` occurs: most texts have none.
  private static func hasReference(_ text: String) -> Bool {
    var isAfterDollar = false
    for byte in text.utf8 {
      if isAfterDollar, byte == UInt8(ascii: "{") { return true }
      isAfterDollar = byte == UInt8(ascii: "$")
    }
    return false
  }

  private static func characters(of text: String, upTo offset: Int) -> Int {
    String(decoding: text.utf8.prefix(offset), as: UTF8.self).count
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
  /// Parses what is between `${` and `}`, in UTF-8.
  ///
  /// - Throws: `TemplateError` with the offset 0.
  init(parsing text: ArraySlice<UInt8>) throws(TemplateError) {
    let parts = text.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false).map(Reference.trimmed)
    let names = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard names.allSatisfy(Reference.isName) else {
      let name = String(decoding: parts[0], as: UTF8.self)
      throw TemplateError(message: "'\(name.prefix(60))' is not a variable name", offset: 0)
    }
    path = names.map { String(decoding: $0, as: UTF8.self) }
    filters = []
    for part in parts.dropFirst() {
      let text = String(decoding: part, as: UTF8.self)
      guard let filter = Filter(parsing: text) else {
        throw TemplateError(
          message: "unknown filter '\(text.prefix(60))'; expected one of: \(Filter.names.joined(separator: ", "))",
          offset: 0)
      }
      filters.append(filter)
    }
  }

  /// Without spaces at both ends.
  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let text = text.drop { $0 == UInt8(ascii: " ") }
    let last = text.lastIndex { $0 != UInt8(ascii: " ") }
    return last.map { text[...$0] } ?? []
  }

  /// Whether a text consists of letters, numbers, `-` and `_`.
  private static func isName(_ text: ArraySlice<UInt8>) -> Bool {
    let isPlain = text.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    if isPlain { return !text.isEmpty }
    return String(decoding: text, as: UTF8.self).allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
  }
}
