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
      case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFFE, 0xFFFF:
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    guard result.utf8.contains(UInt8(ascii: "#")) || result.utf8.contains(UInt8(ascii: ":")) else { return result }
    return result.split(separator: "\n", omittingEmptySubsequences: false).map(breakCommands).joined(separator: "\n")
  }

  private static func breakCommands(_ line: Substring) -> String {
    var safe = String(line)
    for command in ["##[", "##vso[", "##teamcity["] where safe.contains(command) {
      safe = safe.split(separator: command, omittingEmptySubsequences: false).joined(separator: "##·" + command.dropFirst(2))
    }
    // GitHub takes a line for a command that starts, after white space, with two colons
    if safe.drop(while: \.isWhitespace).hasPrefix("::") { safe = "| " + safe }
    return safe
  }

  /// One line, at most so many characters.
  public static func oneLine(_ text: String, longest: Int = 200) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return line.count > longest ? line.prefix(longest - 1) + "…" : line
  }
}
