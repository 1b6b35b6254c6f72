// Other spellings of the same JSON text.

import JSONValue

/// A way to write a JSON text so that it has other bytes and the same value (RFC 8259).
public enum JSONSpelling: String, Sendable, Hashable, CaseIterable {
  /// No white space between tokens.
  case compact
  /// White space of each kind around each structural character (section 2).
  case spaced
  /// The members of each object in reverse order (section 4).
  case reversedMembers = "reversed-members"
  /// The letters of texts and of names of members as escapes (section 7).
  case escapedTexts = "escaped-texts"

  /// The text in this spelling.
  ///
  /// - Parameter kept: A text whose strings stay as they are, since it is searched for as bytes.
  /// - Returns: `nil` if it is not JSON, or if it is in this spelling already.
  public func apply(to bytes: [UInt8], keeping kept: String) -> [UInt8]? {
    guard let json = try? JSON(parsing: bytes) else { return nil }
    let spelled =
      switch self {
      case .compact: JSONSpelling.respaced(bytes) { [$0] }
      case .spaced: JSONSpelling.respaced(bytes) { JSONSpelling.space + [$0] + JSONSpelling.space.reversed() }
      case .reversedMembers: JSONSpelling.reversed(json).compactBytes
      case .escapedTexts: JSONSpelling.escaped(bytes, keeping: Array(kept.utf8))
      }
    // members in another order make the text compact, too
    let former = self == .reversedMembers ? json.compactBytes : bytes
    return spelled == former ? nil : spelled
  }

  private static let space = Array(" \t\r\n".utf8)

  /// The text without white space between its tokens, with each structural character as `write` has it.
  private static func respaced(_ bytes: [UInt8], _ write: (UInt8) -> [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    eachPart(of: bytes) { part in
      switch part {
      case .string(let string): result += string
      case .other(let byte):
        if "{}[]:,".utf8.contains(byte) {
          result += write(byte)
        } else if !space.contains(byte) {
          result.append(byte)
        }
      }
    }
    return result
  }

  /// Objects in which a name occurs twice stay as they are: readers differ in which of its values they take.
  private static func reversed(_ json: JSON) -> JSON {
    switch json {
    case .array(let items): return .array(items.map(reversed))
    case .object(let members):
      let inner = members.map { JSON.Member($0.name, reversed($0.value)) }
      return .object(Set(members.map(\.name)).count == members.count ? inner.reversed() : inner)
    default: return json
    }
  }

  private static func escaped(_ bytes: [UInt8], keeping kept: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    eachPart(of: bytes) { part in
      switch part {
      case .other(let byte): result.append(byte)
      case .string(let string): result += !kept.isEmpty && string.contains(kept) ? Array(string) : escaped(string)
      }
    }
    return result
  }

  /// A string literal with its letters as escapes. What is escaped already stays.
  private static func escaped(_ string: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var rest = string
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\\"):
        let length = rest.first == UInt8(ascii: "u") ? 5 : 1
        result += [byte] + rest.prefix(length)
        rest = rest.dropFirst(length)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
        result += "\\u00\(Hex.digits(byte))".utf8
      default: result.append(byte)
      }
    }
    return result
  }

  private enum Part {
    /// A string with its quotation marks.
    case string(ArraySlice<UInt8>)
    /// A byte between strings.
    case other(UInt8)
  }

  private static func eachPart(of bytes: [UInt8], _ body: (Part) -> Void) {
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "\"") else {
        body(.other(bytes[index]))
        index += 1
        continue
      }
      var end = index + 1
      while end < bytes.count, bytes[end] != UInt8(ascii: "\"") { end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1 }
      end = min(end + 1, bytes.count)
      body(.string(bytes[index..<end]))
      index = end
    }
  }
}
