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

  /// A string literal.
  public static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { source in escape(source) { bytes.append(contentsOf: $0) } }
    bytes.append(UInt8(ascii: "\""))
  }

  /// The inside of a string literal: control characters, U+2028 and U+2029 are escaped, so that a line of the log stays
  /// one line for every reader.
  ///
  /// - Parameter take: Appends a piece of it. The pieces are in their order; a text without escapes is one piece.
  public static func escape(_ source: UnsafeBufferPointer<UInt8>, _ take: (UnsafeBufferPointer<UInt8>) -> Void) {
    var start = 0
    var next = 0
    while true {
      let index = ByteBlocks.first(in: source, from: next) { block in
        ByteBlocks.has(below: 0x20, in: block) | ByteBlocks.has(0x22, in: block) | ByteBlocks.has(0x5C, in: block)
          | ByteBlocks.has(from: 0x7F, in: block)
      }
      guard index < source.count else { break }
      next = index + 1
      var length = 1
      var escaped: String
      switch source[index] {
      // the character itself follows with the rest of the text
      case 0x22, 0x5C: (escaped, length) = ("\\", 0)
      case 0x0A: escaped = "\\n"
      case 0x0D: escaped = "\\r"
      case 0x09: escaped = "\\t"
      // U+2028 and U+2029 (E2 80 A8, E2 80 A9)
      case 0xE2:
        guard index + 2 < source.count, source[index + 1] == 0x80, source[index + 2] | 1 == 0xA9 else { continue }
        (escaped, length) = (source[index + 2] == 0xA8 ? "\\u2028" : "\\u2029", 3)
      case 0x80...: continue
      case let byte:
        let digits = String(byte, radix: 16)
        escaped = "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
      take(UnsafeBufferPointer(rebasing: source[start..<index]))
      escaped.withUTF8(take)
      start = index + length
    }
    take(UnsafeBufferPointer(rebasing: source[start...]))
  }
}
