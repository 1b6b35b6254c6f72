// Text inside HTML: it cannot act as markup, and cannot change the direction of the text around it.

import ConformanceModel
import JSONValue

enum HTMLText {
  /// For element content and attributes in double quotes: markup is escaped, invisible and bidi characters are shown.
  static func visible(_ text: String) -> String { HTMLEncoding.escape(SafeText.forConsole(text)) }

  /// A value inside a URL's fragment, and the id that the fragment refers to.
  static func fragment(_ text: String) -> String { FormEncoding.percentEncode(text) }

  /// JSON inside a script element: nothing in it can end the element or start a comment.
  ///
  /// These characters occur in strings only, where JSON can escape them.
  static func script(_ json: [UInt8], to bytes: inout [UInt8]) {
    var index = 0
    while index < json.count {
      switch json[index] {
      case UInt8(ascii: "<"): bytes += #"\u003c"#.utf8
      case UInt8(ascii: ">"): bytes += #"\u003e"#.utf8
      case UInt8(ascii: "&"): bytes += #"\u0026"#.utf8
      case 0xE2
      where index + 2 < json.count && json[index + 1] == 0x80 && (json[index + 2] == 0xA8 || json[index + 2] == 0xA9):
        bytes += (json[index + 2] == 0xA8 ? #"\u2028"# : #"\u2029"#).utf8
        index += 2
      case let byte: bytes.append(byte)
      }
      index += 1
    }
  }
}
