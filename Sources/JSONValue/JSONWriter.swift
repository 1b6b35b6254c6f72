// Writes JSON: compact for the run log, indented for people.

extension JSON {
  /// One line without white space.
  public var compact: String { String(decoding: compactBytes, as: UTF8.self) }

  public var compactBytes: [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return bytes
  }

  /// Two spaces a level, members in their order.
  public var indented: String { indented(level: 0) }

  /// The same as a part of a larger text.
  ///
  /// - Parameter level: Its level of nesting there; the first line is not indented.
  public func indented(level: Int) -> String {
    var bytes: [UInt8] = []
    writeIndented(to: &bytes, level: level)
    return String(decoding: bytes, as: UTF8.self)
  }

  public func write(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let text): bytes.append(contentsOf: text.utf8)
    case .string(let text): JSON.write(text, to: &bytes)
    case .array(let items):
      bytes.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        item.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        JSON.write(member.name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private func writeIndented(to bytes: inout [UInt8], level: Int) {
    func newLine(_ level: Int) {
      bytes.append(UInt8(ascii: "\n"))
      for _ in 0..<level { bytes.append(contentsOf: "  ".utf8) }
    }
    switch self {
    case .array(let items) where !items.isEmpty:
      bytes.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        newLine(level + 1)
        item.writeIndented(to: &bytes, level: level + 1)
      }
      newLine(level)
      bytes.append(UInt8(ascii: "]"))
    case .object(let members) where !members.isEmpty:
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        newLine(level + 1)
        JSON.write(member.name, to: &bytes)
        bytes.append(contentsOf: ": ".utf8)
        member.value.writeIndented(to: &bytes, level: level + 1)
      }
      newLine(level)
      bytes.append(UInt8(ascii: "}"))
    default: write(to: &bytes)
    }
  }

  /// A string literal: control characters, U+2028 and U+2029 are escaped, so that a line of the log stays one line
  /// for every reader.
  public static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { source in
      var start = 0
      for index in 0..<source.count {
        let byte = source.baseAddress.unsafelyUnwrapped[index]
        // nearly all bytes are none of those below
        if byte &- 0x23 < 0x39 || byte &- 0x5D < 0x22 { continue }
        // 0xE2 opens U+2028 and U+2029 (E2 80 A8, E2 80 A9)
        guard byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F || byte == 0xE2 else { continue }
        let escaped: String
        var length = 1
        switch byte {
        case 0x22, 0x5C:
          // the character itself follows with the rest of the text
          bytes.append(contentsOf: UnsafeBufferPointer(rebasing: source[start..<index]))
          bytes.append(0x5C)
          start = index
          continue
        case 0x0A: escaped = "\\n"
        case 0x0D: escaped = "\\r"
        case 0x09: escaped = "\\t"
        case 0xE2:
          guard index + 2 < source.count, source[index + 1] == 0x80, source[index + 2] | 1 == 0xA9 else { continue }
          escaped = source[index + 2] == 0xA8 ? "\\u2028" : "\\u2029"
          length = 3
        default:
          let digits = String(byte, radix: 16)
          escaped = "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: source[start..<index]))
        bytes.append(contentsOf: escaped.utf8)
        start = index + length
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: source[start...]))
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
