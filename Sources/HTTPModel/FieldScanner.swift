// Reads the value of a header field by the grammar of RFC 9110 section 5.6.

/// A position in a field value. Positions in messages count bytes from 1.
public struct FieldScanner {
  private let text: [UInt8]
  public private(set) var index = 0

  public init(_ text: String) { self.text = Array(text.utf8) }

  public var isAtEnd: Bool { index >= text.count }

  /// The next byte as text; `nil` at the end.
  public var next: Unicode.Scalar? { isAtEnd ? nil : Unicode.Scalar(text[index]) }

  /// Reads this character if it is the next one.
  public mutating func read(_ character: Unicode.Scalar) -> Bool {
    guard next == character else { return false }
    index += 1
    return true
  }

  /// Optional white space: spaces and tabs (section 5.6.3).
  public mutating func skipWhitespace() {
    while index < text.count, text[index] == 0x20 || text[index] == 0x09 { index += 1 }
  }

  /// A token (section 5.6.2); empty if there is none.
  public mutating func token() -> String {
    let start = index
    while index < text.count, text[index].isTokenCharacter { index += 1 }
    return String(decoding: text[start..<index], as: UTF8.self)
  }

  /// A quoted string (section 5.6.4) without its quotes and backslashes.
  ///
  /// - Returns: `nil`, and nothing is read, if no complete one begins here.
  public mutating func quotedString() -> String? {
    guard next == "\"" else { return nil }
    var value: [UInt8] = []
    var end = index + 1
    while end < text.count {
      let byte = text[end]
      switch byte {
      case UInt8(ascii: "\""):
        index = end + 1
        return String(decoding: value, as: UTF8.self)
      case UInt8(ascii: "\\"):
        end += 1
        guard end < text.count, FieldScanner.isText(text[end]) else { return nil }
        value.append(text[end])
      case let byte where FieldScanner.isText(byte): value.append(byte)
      default: return nil
      }
      end += 1
    }
    return nil
  }

  /// A run of the characters of token68 with its padding (section 11.2), if the list element ends after it.
  ///
  /// - Returns: `nil`, and nothing is read, if there is none.
  public mutating func token68() -> String? {
    var end = index
    while end < text.count, text[end].isToken68Character { end += 1 }
    guard end > index else { return nil }
    while end < text.count, text[end] == UInt8(ascii: "=") { end += 1 }
    var after = end
    while after < text.count, text[after] == 0x20 || text[after] == 0x09 { after += 1 }
    guard after == text.count || text[after] == UInt8(ascii: ",") else { return nil }
    defer { index = end }
    return String(decoding: text[index..<end], as: UTF8.self)
  }

  /// The next byte; `nil` at the end.
  var nextByte: UInt8? { isAtEnd ? nil : text[index] }

  mutating func skipByte() { if !isAtEnd { index += 1 } }

  /// What was read since an earlier position of the same text.
  func bytes(since earlier: FieldScanner) -> ArraySlice<UInt8> { text[earlier.index..<index] }

  public mutating func skipToComma() {
    while index < text.count, text[index] != UInt8(ascii: ",") { index += 1 }
  }

  /// Visible characters, spaces, tabs, and bytes beyond ASCII.
  private static func isText(_ byte: UInt8) -> Bool { byte == 0x09 || byte >= 0x20 && byte != 0x7F }
}

extension UInt8 {
  /// `tchar` of RFC 9110 section 5.6.2.
  package var isTokenCharacter: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    // each of !#$%&'*+-.^_`|~
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
  }

  /// A character of token68 (RFC 9110 section 11.2) other than its padding.
  package var isToken68Character: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "-._~+/".utf8.contains(self)
    }
  }
}
