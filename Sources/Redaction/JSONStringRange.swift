// Which part of a JSON text can be replaced so that it stays JSON.

import Glibc

package enum JSONStringRange {
  /// A range inside a string: without what is beyond the end of the string, and with complete escapes at its ends.
  package static func whole(_ range: Range<Int>, in text: [UInt8]) -> Range<Int> {
    let start = escape(around: range.lowerBound, in: text)?.lowerBound ?? range.lowerBound
    var index = start
    while index < range.upperBound {
      if text[index] == UInt8(ascii: "\"") { return start..<index }
      index = text[index] == UInt8(ascii: "\\") ? escape(at: index, in: text).upperBound : index + 1
    }
    return start..<index
  }

  /// The end of the string that starts at an index, after its opening quotation mark: the index of the closing one, or
  /// the end of the text.
  package static func end(from start: Int, in text: [UInt8]) -> Int {
    text.withUnsafeBytes { raw in
      var index = start
      while let base = raw.baseAddress, index < raw.count,
        let found = memchr(base + index, Int32(UInt8(ascii: "\"")), raw.count - index)
      {
        let quote = base.distance(to: UnsafeRawPointer(found))
        // it is escaped if an odd number of backslashes precedes it
        var escapes = quote
        while escapes > start, raw[escapes - 1] == UInt8(ascii: "\\") { escapes -= 1 }
        if (quote - escapes) % 2 == 0 { return quote }
        index = quote + 1
      }
      return raw.count
    }
  }

  /// The escape that starts before a position and ends after it.
  private static func escape(around position: Int, in text: [UInt8]) -> Range<Int>? {
    for index in stride(from: position - 1, through: max(0, position - 5), by: -1)
    where text[index] == UInt8(ascii: "\\") {
      // a backslash is the second of an escape if an odd number of them precedes it
      let before = text[..<index].reversed().prefix { $0 == UInt8(ascii: "\\") }.count
      let start = before % 2 == 0 ? index : index - 1
      let escape = escape(at: start, in: text)
      return escape.upperBound > position ? escape : nil
    }
    return nil
  }

  private static func escape(at index: Int, in text: [UInt8]) -> Range<Int> {
    let isUnicode = index + 1 < text.count && text[index + 1] == UInt8(ascii: "u")
    return index..<min(text.count, index + (isUnicode ? 6 : 2))
  }
}
