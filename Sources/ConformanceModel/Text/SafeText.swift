// Text of a target made safe for consoles: it can neither control a terminal nor give commands to a CI system.

/// Makes text of a target safe for consoles.
public enum SafeText {
  /// Makes control characters visible, and breaks commands of CI systems (`::error`, `##[`, `##vso[`, `##teamcity[`).
  public static func forConsole(_ text: String) -> String {
    if isSafe(text) { return text }
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A: result.unicodeScalars.append(scalar)
      case 0x09: result += "    "
      default: if isHidden(scalar) { result += name(of: scalar) } else { result.unicodeScalars.append(scalar) }
      }
    }
    guard result.utf8.contains(UInt8(ascii: "#")) || result.utf8.contains(UInt8(ascii: ":")) else { return result }
    return result.split(separator: "\n", omittingEmptySubsequences: false).map(breakCommands).joined(separator: "\n")
  }

  /// Control characters, those that change the direction of text, and those without width.
  package static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
      0xFFF9...0xFFFB, 0xFFFE, 0xFFFF:
      true
    default: false
    }
  }

  /// The fast path: nearly every text has nothing that `forConsole` changes.
  private static func isSafe(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var previous: UInt8 = 0
      for index in 0..<bytes.count {
        let byte = bytes[index]
        switch byte {
        case 0..<0x20: if byte != 0x0A { return false }
        case UInt8(ascii: "#"), UInt8(ascii: ":"): if byte == previous { return false }
        // the bytes that hidden characters start with
        case 0x7F, 0xC2, 0xD8, 0xE1, 0xE2, 0xEF: if byte == 0x7F || mayBeHidden(bytes, index) { return false }
        default: break
        }
        previous = byte
      }
      return true
    }
  }

  /// Whether the character at an index can be one of `isHidden`, other than an ASCII one.
  private static func mayBeHidden(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    guard index + 1 < bytes.count else { return true }
    let second = bytes[index + 1], third = index + 2 < bytes.count ? bytes[index + 2] : 0x80
    return switch bytes[index] {
    case 0xC2: second < 0xA0
    case 0xD8: second == 0x9C
    case 0xE1: second == 0xA0
    case 0xE2: second == 0x81 || second == 0x80 && (third < 0x90 || (0xA8...0xAE).contains(third))
    default: second >= 0xBB
    }
  }

  /// `\u{1B}`
  package static func name(of scalar: Unicode.Scalar) -> String {
    "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
  }

  /// Works on scalars: a `#` with a combining mark is another `Character`, but still a `#` for a CI system.
  private static func breakCommands(_ line: Substring) -> String {
    var safe = String.UnicodeScalarView()
    var rest = line.unicodeScalars[...]
    // for GitHub, a line that starts with two colons after white space is a command
    if rest.drop(while: \.properties.isWhitespace).starts(with: "::".unicodeScalars) { safe += "| ".unicodeScalars }
    while let scalar = rest.popFirst() {
      safe.append(scalar)
      // `##[`, `##vso[`, `##teamcity[`
      if scalar == "#", rest.first == "#", rest.dropFirst().drop(while: { $0.properties.isAlphabetic }).first == "[" {
        safe += "#·".unicodeScalars
        rest.removeFirst()
      }
    }
    return String(safe)
  }

  /// The text in one line of at most `maxLength` scalars. A single `Character` can be megabytes long.
  public static func oneLine(_ text: String, longest maxLength: Int = 200) -> String {
    if text.utf8.count <= maxLength, !mayHaveNewline(text) { return text }
    // the rest is not shown in any case
    let start = start(of: text, longest: 4 * maxLength)
    let line = start.split(whereSeparator: \.isNewline).joined(separator: " ")
    let shown = self.start(of: line, longest: maxLength)
    return shown.utf8.count < line.utf8.count || start.utf8.count < text.utf8.count
      ? self.start(of: line, longest: maxLength - 1) + "…" : line
  }

  /// Whether a text can have a line break; U+0085, U+2028 and U+2029 are hidden characters.
  private static func mayHaveNewline(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      bytes.indices.contains { index in
        switch bytes[index] {
        case 0..<0x20: true
        case 0xC2, 0xE2: mayBeHidden(bytes, index)
        default: false
        }
      }
    }
  }

  /// The first `maxLength` scalars of a text.
  package static func start(of text: String, longest maxLength: Int) -> String {
    text.utf8.count <= maxLength ? text : String(text.unicodeScalars.prefix(maxLength))
  }
}
