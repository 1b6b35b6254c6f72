// JSON inside HTML, as the data of a script element.

import JSONValue

enum ScriptData {
  /// Appends a line of JSON as the data of a script element: nothing in it can end the element or start a comment.
  ///
  /// `<`, the end of a comment, U+2028 and U+2029 occur in strings only, where JSON can escape them. A control character
  /// is white space between two values; if it is not, the line is not JSON.
  static func append(_ json: [UInt8], to bytes: inout [UInt8]) {
    json.withUnsafeBufferPointer { source in
      var start = 0
      var next = 0
      while true {
        // the whole log passes here
        let index = ByteBlocks.first(in: source, from: next) { block in
          ByteBlocks.has(below: 0x20, in: block) | ByteBlocks.has(0x3C, in: block) | ByteBlocks.has(0x3E, in: block)
            | ByteBlocks.has(0xE2, in: block)
        }
        guard index < source.count else { break }
        next = index + 1
        var length = 1
        let escaped: String
        switch source[index] {
        case UInt8(ascii: "<"): escaped = #"\u003c"#
        case UInt8(ascii: ">"):
          guard index >= 2, source[index - 1] == UInt8(ascii: "-"), source[index - 2] == UInt8(ascii: "-") else {
            continue
          }
          escaped = #"\u003e"#
        case 0xE2:
          guard index + 2 < source.count, source[index + 1] == 0x80, source[index + 2] | 1 == 0xA9 else { continue }
          escaped = source[index + 2] == 0xA8 ? #"\u2028"# : #"\u2029"#
          length = 3
        default: escaped = " "
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: source[start..<index]))
        bytes.append(contentsOf: escaped.utf8)
        start = index + length
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: source[start...]))
    }
  }
}
