// Names with values in a text that is not JSON: `"name": "VALUE"`, `name=VALUE&`, `<name>VALUE<`.

/// Goes through a text once.
struct NamedValues {
  private let body: [UInt8]
  private var index = 0

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

  private func value(after name: Int) -> ArraySlice<UInt8>? {
    var index = name
    func skip(_ bytes: String) {
      while index < body.count, bytes.utf8.contains(body[index]) { index += 1 }
    }
    skip("\"'\\ \t\r\n")
    guard index < body.count, ":=>".utf8.contains(body[index]) else { return nil }
    index += 1
    skip("\\ \t\r\n")
    let isQuoted = index < body.count && "\"'".utf8.contains(body[index])
    if isQuoted { index += 1 }
    let ends = isQuoted ? "\"'\r\n" : "\"'\r\n\t ,;&<>{}[]"
    return body[index...].prefix { !ends.utf8.contains($0) }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte >= 0x80
  }
}
