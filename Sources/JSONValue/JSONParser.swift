// Reads JSON strictly, in one pass over the bytes, with the position of each error.

/// What is wrong in a JSON text, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  public var message: String
  /// Bytes from the start of the text.
  public var offset: Int

  public var description: String { "\(message) at byte \(offset)" }
}

extension JSON {
  /// How deep arrays and objects may nest; deeper texts are refused rather than risking the stack.
  public static let maximumDepth = 512

  /// How many items and members a text may have in all: each takes many times the memory of its one or two bytes.
  public static let maximumValues = 200_000

  /// Reads one JSON text (RFC 8259), nothing before or after it but white space.
  ///
  /// - Throws: `JSONError` for anything the grammar does not allow: also a byte order mark, invalid UTF-8,
  ///   lone surrogates, more than `maximumDepth` levels and more than `maximumValues` values.
  public init(parsing bytes: [UInt8]) throws(JSONError) {
    self = try bytes.withUnsafeBufferPointerTyped { (buffer) throws(JSONError) in
      var parser = JSONParser(buffer)
      return try parser.document()
    }
  }

  public init(parsing text: String) throws(JSONError) { try self.init(parsing: Array(text.utf8)) }
}

extension [UInt8] {
  fileprivate func withUnsafeBufferPointerTyped<R>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(JSONError) -> R
  ) throws(JSONError) -> R {
    let result: Result<R, JSONError> = withUnsafeBufferPointer { buffer in
      do throws(JSONError) { return .success(try body(buffer)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}

private struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  var index = 0
  var values = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func document() throws(JSONError) -> JSON {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw fail("a byte order mark") }
    let value = try value(depth: 0)
    skipSpace()
    guard index == bytes.count else { throw fail("text after the value") }
    return value
  }

  func fail(_ message: String, at offset: Int? = nil) -> JSONError {
    JSONError(message: message, offset: offset ?? index)
  }

  var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  mutating func skipSpace() {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      default: return
      }
    }
  }

  mutating func value(depth: Int) throws(JSONError) -> JSON {
    skipSpace()
    values += 1
    if values > JSON.maximumValues { throw fail("more than \(JSON.maximumValues) values") }
    if depth == JSON.maximumDepth, peek == UInt8(ascii: "{") || peek == UInt8(ascii: "[") {
      throw fail("more than \(JSON.maximumDepth) levels of nesting")
    }
    switch peek {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw fail("the text ends where a value is expected")
    case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte): return try number()
    default: throw fail("a character that starts no value")
    }
  }

  mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    let length = word.utf8CodeUnitCount
    guard index + length <= bytes.count,
      (0..<length).allSatisfy({ bytes[index + $0] == word.utf8Start[$0] })
    else { throw fail("a word that is not true, false or null") }
    index += length
    return value
  }

  mutating func object(depth: Int) throws(JSONError) -> JSON {
    index += 1
    var members: [JSON.Member] = []
    skipSpace()
    if peek == UInt8(ascii: "}") {
      index += 1
      return .object(members)
    }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw fail("a member's name is expected") }
      let name = try string()
      skipSpace()
      guard peek == UInt8(ascii: ":") else { throw fail("':' is expected") }
      index += 1
      members.append(JSON.Member(name, try value(depth: depth + 1)))
      skipSpace()
      switch peek {
      case UInt8(ascii: ","): index += 1
      case UInt8(ascii: "}"):
        index += 1
        return .object(members)
      default: throw fail("',' or '}' is expected")
      }
    }
  }

  mutating func array(depth: Int) throws(JSONError) -> JSON {
    index += 1
    var items: [JSON] = []
    skipSpace()
    if peek == UInt8(ascii: "]") {
      index += 1
      return .array(items)
    }
    while true {
      items.append(try value(depth: depth + 1))
      skipSpace()
      switch peek {
      case UInt8(ascii: ","): index += 1
      case UInt8(ascii: "]"):
        index += 1
        return .array(items)
      default: throw fail("',' or ']' is expected")
      }
    }
  }

  mutating func number() throws(JSONError) -> JSON {
    let start = index
    func digits(_ parser: inout JSONParser) throws(JSONError) {
      let first = parser.index
      while let byte = parser.peek, byte >= 0x30, byte <= 0x39 { parser.index += 1 }
      if parser.index == first { throw parser.fail("a digit is expected") }
    }
    if peek == UInt8(ascii: "-") { index += 1 }
    if peek == UInt8(ascii: "0") { index += 1 } else { try digits(&self) }
    if peek == UInt8(ascii: ".") {
      index += 1
      try digits(&self)
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      index += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { index += 1 }
      try digits(&self)
    }
    return .number(String(decoding: bytes[start..<index], as: UTF8.self))
  }

  mutating func string() throws(JSONError) -> String {
    let open = index
    index += 1
    let start = index
    while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\") {
      if bytes[index] < 0x20 { throw fail("a control character in a string") }
      index += 1
    }
    if peek == UInt8(ascii: "\"") {
      defer { index += 1 }
      return try text(UnsafeBufferPointer(rebasing: bytes[start..<index]), at: open)
    }
    return try stringWithEscapes(from: start, open: open)
  }

  private mutating func stringWithEscapes(from start: Int, open: Int) throws(JSONError) -> String {
    var unescaped = Array(bytes[start..<index])
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return try unescaped.withUnsafeBufferPointerTyped { (buffer) throws(JSONError) in try text(buffer, at: open) }
      case UInt8(ascii: "\\"):
        index += 1
        try escape(into: &unescaped)
      case 0..<0x20: throw fail("a control character in a string")
      default:
        unescaped.append(byte)
        index += 1
      }
    }
    throw fail("a string without end", at: open)
  }

  private mutating func escape(into unescaped: inout [UInt8]) throws(JSONError) {
    guard let byte = peek else { throw fail("a string without end") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(byte)
    case UInt8(ascii: "b"): unescaped.append(8)
    case UInt8(ascii: "f"): unescaped.append(12)
    case UInt8(ascii: "n"): unescaped.append(10)
    case UInt8(ascii: "r"): unescaped.append(13)
    case UInt8(ascii: "t"): unescaped.append(9)
    case UInt8(ascii: "u"):
      var scalar = UInt32(try hex4())
      if (0xD800..<0xDC00).contains(scalar) {
        guard peek == UInt8(ascii: "\\"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "u") else {
          throw fail("a lone surrogate")
        }
        index += 2
        let low = UInt32(try hex4())
        guard (0xDC00..<0xE000).contains(low) else { throw fail("a lone surrogate") }
        scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let unicode = Unicode.Scalar(scalar) else { throw fail("a lone surrogate") }
      unescaped.append(contentsOf: UTF8.encode(unicode) ?? UTF8.encodedReplacementCharacter)
    default: throw fail("an escape that JSON does not know", at: index - 1)
    }
  }

  private mutating func hex4() throws(JSONError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fail("four hexadecimal digits are expected")
      }
      value = value << 4 | UInt16(digit)
      index += 1
    }
    return value
  }

  private func text(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) throws(JSONError) -> String {
    guard let text = String(valid: bytes) else { throw fail("a string that is not UTF-8", at: offset) }
    return text
  }
}
