// The characters that XML 1.0 allows, and a visible form of the others.

/// Makes text legal in XML 1.0 (section 2.2): libxml2's writer does not escape illegal characters.
public enum XMLText {
  /// Replaces illegal characters, and those that control terminals, by `\u{1B}`.
  public static func legal(_ text: String) -> String {
    // these characters start with one of the bytes: C0, DEL, C1 (C2), bidi controls (D8, E2), non-characters (EF)
    guard
      text.utf8.contains(where: {
        ($0 < 0x20 && $0 != 0x0A && $0 != 0x09) || $0 == 0x7F || $0 == 0xC2 || $0 == 0xD8 || $0 == 0xE2 || $0 == 0xEF
      })
    else { return text }
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      // appending to a `UnicodeScalarView` alone would copy it for every piece
      if isPlain(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      }
    }
    return result
  }

  static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D: true
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF, 0xFFFD: false
    default: true
    }
  }
}
