// Decodes escapes, and remembers the position of each byte.

import Glibc

/// A text whose escapes are decoded in layers: those of JSON strings, URLs, XML and HTML. Line breaks are removed, and
/// zeros: a text in ASCII has them between its characters in UTF-16 and UTF-32.
struct EscapeDecoder {
  private(set) var bytes: [UInt8]
  /// For each byte its position in the original text, and one more for the end. Empty until a layer was decoded.
  private var sources: [UInt32] = []
  /// The index of the text in a longer one.
  private let start: Int
  private var layers = 0

  /// Nobody reads a text with more layers.
  private static let maxLayers = 4
  /// One byte takes no more bytes in an escape: `&#x0000041;` or `&DiacriticalGrave;`, `%255C%2575…` in layers.
  static let maxEscape = 20

  init(_ text: ArraySlice<UInt8>) {
    bytes = Array(text)
    start = text.startIndex
  }

  /// The range of the longer text that a range of `bytes` comes from.
  func source(of range: Range<Int>) -> Range<Int> { source(of: range.lowerBound)..<source(of: range.upperBound) }

  private func source(of index: Int) -> Int { start + (sources.isEmpty ? index : Int(sources[index])) }

  /// The index of the first of `bytes` that comes from an index of the longer text, or from behind it.
  func index(ofSource source: Int) -> Int {
    var low = 0, high = bytes.count
    while low < high {
      let middle = (low + high) / 2
      if self.source(of: middle) < source { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Decodes one layer.
  ///
  /// - Returns: `false` if there was nothing to decode, or enough was.
  mutating func decodeLayer() -> Bool {
    guard layers < EscapeDecoder.maxLayers,
      bytes.withUnsafeBufferPointer({ EscapeDecoder.hasEscapes($0, quotesToo: layers > 0) })
    else { return false }
    layers += 1
    var result: [UInt8] = []
    var places: [UInt32] = []
    result.reserveCapacity(bytes.count)
    places.reserveCapacity(bytes.count + 1)
    func place(_ index: Int) -> UInt32 { sources.isEmpty ? UInt32(index) : sources[index] }
    var index = 0
    while index < bytes.count {
      guard EscapeDecoder.startsEscape(bytes[index]), let piece = piece(at: index) else {
        result.append(bytes[index])
        places.append(place(index))
        index += 1
        continue
      }
      for byte in piece.value.map(EscapeDecoder.utf8) ?? [] {
        result.append(byte)
        places.append(place(index))
      }
      index += piece.length
    }
    places.append(place(bytes.count))
    bytes = result
    sources = places
    return true
  }

  /// Whether there may be escapes. Nearly all lines have escaped quotes, and nothing else.
  static func hasEscapes(_ bytes: UnsafeBufferPointer<UInt8>, quotesToo: Bool = false) -> Bool {
    // each line of the log and each response passes here
    contains(UInt8(ascii: "\\"), in: bytes) { quotesToo || $0 != UInt8(ascii: "\"") }
      || contains(UInt8(ascii: "&"), in: bytes) { $0 == UInt8(ascii: "#") || (0x41...0x7A).contains($0) }
      || contains(UInt8(ascii: "]"), in: bytes) { $0 == UInt8(ascii: "]") }
      || contains(UInt8(ascii: "%"), in: bytes) || contains(UInt8(ascii: "\n"), in: bytes)
      || contains(UInt8(ascii: "\r"), in: bytes) || contains(0, in: bytes)
  }

  /// Whether the text has a byte with another behind it, of some kind.
  private static func contains(
    _ byte: UInt8, in text: UnsafeBufferPointer<UInt8>, before isNext: (UInt8) -> Bool = { _ in true }
  ) -> Bool {
    var index = 0
    while let base = text.baseAddress, index < text.count,
      let found = memchr(base + index, Int32(byte), text.count - index)
    {
      let next = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found)) + 1
      guard next < text.count else { return false }
      if isNext(text[next]) { return true }
      // the second character of an escape does not begin one
      index = byte == UInt8(ascii: "\\") ? next + 1 : next
    }
    return false
  }

  private static func startsEscape(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\\"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "\n"), UInt8(ascii: "\r"),
      UInt8(ascii: "]"), 0:
      true
    default: false
    }
  }

  /// An escape.
  private struct Piece {
    var length: Int
    /// A scalar, or 0x110000 and a byte; `nil` for nothing.
    var value: UInt32?
  }

  private static func utf8(_ value: UInt32) -> [UInt8] {
    if value == 0 || value == 0x110000 { return [] }
    if value >= 0x110000 { return [UInt8(truncatingIfNeeded: value - 0x110000)] }
    return Unicode.Scalar(value).map { Array(String(Character($0)).utf8) } ?? []
  }

  private func piece(at index: Int) -> Piece? {
    switch bytes[index] {
    case UInt8(ascii: "\\"): escape(index)
    case UInt8(ascii: "%"): digits(index + 1, 2).map { Piece(length: 3, value: 0x110000 + $0) }
    case UInt8(ascii: "&"): entity(index)
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0: Piece(length: 1, value: nil)
    case UInt8(ascii: "]"): starts(index, "]]><![CDATA[") ? Piece(length: 12, value: nil) : nil
    default: nil
    }
  }

  private func escape(_ index: Int) -> Piece? {
    guard index + 1 < bytes.count else { return nil }
    switch bytes[index + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return Piece(length: 2, value: UInt32(bytes[index + 1]))
    // a line break in the middle of a text
    case UInt8(ascii: "n"), UInt8(ascii: "r"): return Piece(length: 2, value: nil)
    case UInt8(ascii: "t"): return Piece(length: 2, value: 9)
    case UInt8(ascii: "u"):
      guard let high = digits(index + 2, 4) else { return nil }
      guard (0xD800..<0xDC00).contains(high) else { return Piece(length: 6, value: high) }
      guard starts(index + 6, "\\u"), let low = digits(index + 8, 4), (0xDC00..<0xE000).contains(low) else {
        return nil
      }
      return Piece(length: 12, value: 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    default: return nil
    }
  }

  /// The names that HTML has for ASCII characters.
  private static let names: [(StaticString, UInt32)] = [
    ("&amp;", 38), ("&lt;", 60), ("&gt;", 62), ("&quot;", 34), ("&apos;", 39), ("&excl;", 33), ("&num;", 35),
    ("&dollar;", 36), ("&percnt;", 37), ("&lpar;", 40), ("&rpar;", 41), ("&ast;", 42), ("&plus;", 43), ("&comma;", 44),
    ("&period;", 46), ("&sol;", 47), ("&colon;", 58), ("&semi;", 59), ("&equals;", 61), ("&quest;", 63),
    ("&commat;", 64), ("&lsqb;", 91), ("&lbrack;", 91), ("&bsol;", 92), ("&rsqb;", 93), ("&rbrack;", 93),
    ("&Hat;", 94), ("&lowbar;", 95), ("&grave;", 96), ("&lcub;", 123), ("&lbrace;", 123), ("&vert;", 124),
    ("&verbar;", 124), ("&rcub;", 125), ("&rbrace;", 125), ("&Tab;", 9), ("&AMP;", 38), ("&LT;", 60), ("&GT;", 62),
    ("&QUOT;", 34),
  ]

  private func entity(_ index: Int) -> Piece? {
    for (name, value) in EscapeDecoder.names where starts(index, name) {
      return Piece(length: name.utf8CodeUnitCount, value: value)
    }
    guard starts(index, "&#") else { return nil }
    let isHex = starts(index + 2, "x") || starts(index + 2, "X")
    let start = index + (isHex ? 3 : 2)
    let end = bytes[start...].prefix(8).firstIndex(of: UInt8(ascii: ";")) ?? start
    guard end > start, let value = UInt32(String(decoding: bytes[start..<end], as: UTF8.self), radix: isHex ? 16 : 10),
      value < 0x110000
    else { return nil }
    return Piece(length: end + 1 - index, value: value)
  }

  private func starts(_ index: Int, _ text: StaticString) -> Bool {
    guard index + text.utf8CodeUnitCount <= bytes.count else { return false }
    return (0..<text.utf8CodeUnitCount).allSatisfy { bytes[index + $0] == text.utf8Start[$0] }
  }

  /// The value of so many hexadecimal digits.
  private func digits(_ start: Int, _ count: Int) -> UInt32? {
    guard start + count <= bytes.count else { return nil }
    var value: UInt32 = 0
    for byte in bytes[start..<start + count] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
