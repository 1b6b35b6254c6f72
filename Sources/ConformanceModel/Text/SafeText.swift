// Text of a target made safe for consoles: it can neither control a terminal nor give commands to a CI system.

/// Makes text of a target safe for consoles.
public enum SafeText {
  /// Makes control characters visible, and breaks commands of CI systems (`::error`, `##[`, `##vso[`, `##teamcity[`).
  public static func forConsole(_ text: String) -> String {
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
    // the rest is not shown in any case
    let start = start(of: text, longest: 4 * maxLength)
    let line = start.split(whereSeparator: \.isNewline).joined(separator: " ")
    let shown = self.start(of: line, longest: maxLength)
    return shown.utf8.count < line.utf8.count || start.utf8.count < text.utf8.count
      ? self.start(of: line, longest: maxLength - 1) + "…" : line
  }

  /// The first `maxLength` scalars of a text.
  package static func start(of text: String, longest maxLength: Int) -> String {
    text.utf8.count <= maxLength ? text : String(text.unicodeScalars.prefix(maxLength))
  }
}
