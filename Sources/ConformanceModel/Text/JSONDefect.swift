// Texts that are almost JSON.

import JSONValue

/// A defect that makes a JSON text malformed (RFC 8259), though some parsers let it pass.
public enum JSONDefect: String, Sendable, Hashable, CaseIterable {
  /// Without its last bracket.
  case cutOff = "cut-off"
  /// A comma before its last bracket.
  case trailingComma = "trailing-comma"
  /// The value `NaN` (section 6).
  case notANumber = "not-a-number"
  /// A number with a leading zero (section 6).
  case leadingZero = "leading-zero"
  /// A string in single quotes (section 7).
  case singleQuotes = "single-quotes"
  /// A string without quotation marks (section 7).
  case noQuotes = "no-quotes"
  /// A control character in a string that is not escaped (section 7).
  case controlCharacter = "control-character"
  /// A comment before its last bracket.
  case comment
  /// A second JSON text after it (section 2).
  case secondText = "second-text"
  /// A byte that is not UTF-8 in a string (section 8.1).
  case notUTF8 = "not-utf8"

  /// The text with this defect, which is in a further member or element, so that the others stay as they are.
  ///
  /// - Returns: `nil` if it is neither an object nor an array.
  public func apply(to bytes: [UInt8]) -> [UInt8]? {
    guard let json = try? JSON(parsing: bytes), let end = bytes.lastIndex(where: { !Self.space.contains($0) }) else {
      return nil
    }
    let isObject: Bool
    let isEmpty: Bool
    switch json {
    case .object(let members): (isObject, isEmpty) = (true, members.isEmpty)
    case .array(let items): (isObject, isEmpty) = (false, items.isEmpty)
    default: return nil
    }
    func entry(_ value: [UInt8], name: String = "\"conform\"") -> [UInt8] {
      (isEmpty ? [] : [UInt8(ascii: ",")]) + (isObject ? Array("\(name):".utf8) : []) + value
    }
    let text = bytes[..<end]
    let bracket = bytes[end]
    return switch self {
    case .cutOff: Array(text)
    case .trailingComma: text + [UInt8(ascii: ","), bracket]
    case .notANumber: text + entry(Array("NaN".utf8)) + [bracket]
    case .leadingZero: text + entry(Array("01".utf8)) + [bracket]
    case .singleQuotes: text + entry(Array("'1'".utf8)) + [bracket]
    case .noQuotes: text + entry(Array((isObject ? "1" : "conform").utf8), name: "conform") + [bracket]
    case .controlCharacter: text + entry(Array("\"\u{1}\"".utf8)) + [bracket]
    case .comment: text + Array("/* conform */".utf8) + [bracket]
    case .secondText: bytes + Array("{}".utf8)
    case .notUTF8: text + entry([UInt8(ascii: "\""), 0xFF, UInt8(ascii: "\"")]) + [bracket]
    }
  }

  private static let space = Array(" \t\r\n".utf8)
}
