// Names with values in a text that is not JSON: `"name": "VALUE"`, `name=VALUE&`, `<name>VALUE<`.

/// Goes through a text once: the values of many names can end at the same place, which is looked for once.
struct NamedValues {
  private let body: [UInt8]
  private var index = 0
  /// The next end of a quoted and of an unquoted value at or behind the last value.
  private var ends = (quoted: 0, unquoted: 0)

  /// Longer words, in bytes, are not names.
  private static let maxName = 64

  init(_ body: [UInt8]) { self.body = body }

  /// The next word that a separator and a value follow.
  mutating func next() -> (name: String, value: ArraySlice<UInt8>)? {
    while index < body.count {
      let start = index
      while index < body.count, NamedValues.isWordByte(body[index]) { index += 1 }
      let length = index - start
      if length == 0 { index += 1 }
      guard (1...NamedValues.maxName).contains(length), let value = value(after: index) else { continue }
      return (String(decoding: body[start..<start + length], as: UTF8.self), value)
    }
    return nil
  }

  /// Continues behind a value.
  mutating func skip(to end: Int) { index = max(index, end) }

  private mutating func value(after name: Int) -> ArraySlice<UInt8>? {
    var index = name
    func skip(_ isSkipped: (UInt8) -> Bool) {
      while index < body.count, isSkipped(body[index]) { index += 1 }
    }
    skip { NamedValues.isBlank($0) || NamedValues.isQuote($0) }
    guard index < body.count else { return nil }
    // attributes of an element: `<token xmlns="…">VALUE`
    let hasAttributes = isElement(name)
    if hasAttributes, let end = body[name...].prefix(NamedValues.maxTag).firstIndex(of: UInt8(ascii: ">")) {
      index = end
    }
    switch body[index] {
    case UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ">"): index += 1
    default: return nil
    }
    skip(NamedValues.isBlank)
    let isCharacterData = body[index...].starts(with: NamedValues.characterData)
    if isCharacterData { index += NamedValues.characterData.count }
    // these are not in the order of the text; the next tag ends them
    if isCharacterData || hasAttributes {
      return body[index...].prefix { !NamedValues.endsUnquoted($0) }
    }
    if index < body.count, NamedValues.isQuote(body[index]) {
      index += 1
      if ends.quoted < index { ends.quoted = body[index...].firstIndex(where: NamedValues.endsQuoted) ?? body.count }
      return body[index..<ends.quoted]
    }
    if ends.unquoted < index {
      ends.unquoted = body[index...].firstIndex(where: NamedValues.endsUnquoted) ?? body.count
    }
    return body[index..<ends.unquoted]
  }

  private static let characterData = Array("<![CDATA[".utf8)
  /// The longest tag, in bytes.
  private static let maxTag = 256

  /// Whether the word that ends at the index is the name of an element with attributes.
  private func isElement(_ end: Int) -> Bool {
    guard end < body.count, NamedValues.isBlank(body[end]) else { return false }
    let start = body[max(0, end - NamedValues.maxTag)..<end].lastIndex {
      !NamedValues.isWordByte($0) && $0 != UInt8(ascii: ":")
    }
    return start.map { body[$0] == UInt8(ascii: "<") } ?? false
  }

  private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

  /// White space, and the backslash in front of a quotation mark.
  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D || byte == UInt8(ascii: "\\")
  }

  private static func endsQuoted(_ byte: UInt8) -> Bool { isQuote(byte) || byte == 0x0A || byte == 0x0D }

  private static func endsUnquoted(_ byte: UInt8) -> Bool {
    if endsQuoted(byte) { return true }
    switch byte {
    case 0x09, 0x20, UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"):
      return true
    default: return false
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte >= 0x80
  }
}
