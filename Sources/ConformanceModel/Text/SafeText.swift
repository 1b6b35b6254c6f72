// Text of an endpoint as a console may show it: it can neither steer a terminal nor give orders to a CI system.

public enum SafeText {
  /// Control characters become visible, and commands of CI systems (`::error`, `##[`, `##vso[`, `##teamcity[`) are broken up.
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

  /// Controls, what turns the direction of a text, and what takes no room.
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

  /// Goes by scalars: a `#` that a mark combines with is another `Character`, and still a `#` to the reader of a CI log.
  private static func breakCommands(_ line: Substring) -> String {
    var safe = String.UnicodeScalarView()
    var rest = line.unicodeScalars[...]
    // GitHub takes a line for a command that starts, after white space, with two colons
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

  /// One line, at most so many scalars: a single `Character` can be megabytes long.
  public static func oneLine(_ text: String, longest: Int = 200) -> String {
    // what cannot be shown need not be joined
    let start = start(of: text, longest: 4 * longest)
    let line = start.split(whereSeparator: \.isNewline).joined(separator: " ")
    let shown = self.start(of: line, longest: longest)
    return shown.utf8.count < line.utf8.count || start.utf8.count < text.utf8.count
      ? self.start(of: line, longest: longest - 1) + "…" : line
  }

  /// The first scalars of a text.
  package static func start(of text: String, longest: Int) -> String {
    text.utf8.count <= longest ? text : String(text.unicodeScalars.prefix(longest))
  }
}
