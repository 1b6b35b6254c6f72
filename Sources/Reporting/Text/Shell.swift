// Quoting for bash.

import ConformanceModel

/// Words of a bash command that people read and paste.
///
/// Works by scalars, not by `Character`: to the shell, a quote with a combining mark is a quote.
public enum Shell {
  /// A part of a text: itself, or the variable of a masked secret.
  enum Part: Equatable {
    case literal(String)
    case variable(String)
  }

  /// A word, quoted only if necessary, without any expansion.
  public static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "-_./:=,+@%".utf8.contains(byte)
      }
    }
    return isPlain && !text.isEmpty ? text : quote(literal: text)
  }

  /// A quoted word; masked secrets in it become variables, which the shell expands.
  static func quote(_ text: String) -> String { quote(parts(of: text)) }

  static func quote(_ parts: [Part]) -> String {
    let words = parts.map { part in
      switch part {
      case .literal(let text): quote(literal: text)
      case .variable(let name): "\"$\(name)\""
      }
    }
    return words.isEmpty ? "''" : words.joined()
  }

  /// In single quotes; in `$'…'` for characters that a console does not show, and for those that CI systems read as
  /// commands (`##[`).
  private static func quote(literal text: String) -> String {
    guard text.unicodeScalars.contains(where: SafeText.isHidden) || text.contains("##") else {
      return "'" + text.unicodeScalars.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
    }
    var result = "$'"
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "'": result += "\\'"
      case "\\": result += "\\\\"
      case "#": result += hex(scalar)
      // bytes, since the meaning of `\u` depends on the locale
      default: if SafeText.isHidden(scalar) { result += hex(scalar) } else { result.unicodeScalars.append(scalar) }
      }
    }
    return result + "'"
  }

  /// Three octal digits for each byte: with `\x`, a digit that follows could be taken for a part of it.
  private static func hex(_ scalar: Unicode.Scalar) -> String {
    String(scalar).utf8.map { byte in
      let digits = String(byte, radix: 8)
      return "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }.joined()
  }

  /// Splits a text at the names of masked secrets: `$NAME`, or `${NAME}` if a character of a name follows.
  static func parts(of text: String) -> [Part] {
    var parts: [Part] = []
    var literal = "".unicodeScalars
    var rest = text.unicodeScalars[...]
    func end() {
      if !literal.isEmpty { parts.append(.literal(String(literal))) }
      literal = "".unicodeScalars
    }
    while let scalar = rest.popFirst() {
      guard scalar == "$", let (name, length) = variable(rest) else {
        literal.append(scalar)
        continue
      }
      end()
      parts.append(.variable(name))
      rest = rest.dropFirst(length)
    }
    end()
    return parts
  }

  /// The name at the start of the text, and how many scalars it takes.
  private static func variable(_ text: Substring.UnicodeScalarView) -> (name: String, length: Int)? {
    let isBraced = text.first == "{"
    let start = isBraced ? text.dropFirst() : text
    guard let first = start.first, ("A"..."Z").contains(first) else { return nil }
    let name = start.prefix(while: isOfName)
    guard isBraced else { return (String(name), name.count) }
    // other braces are text of the request, such as ${IFS}
    let end = start.dropFirst(name.count)
    guard end.first == "}", needsBraces(before: end.dropFirst()) else { return nil }
    return (String(name), name.count + 2)
  }

  /// Whether a masked secret before this text has braces: the text starts with a character of a name, or with another
  /// secret that was masked, which can have started with one.
  private static func needsBraces(before text: Substring.UnicodeScalarView) -> Bool {
    guard let next = text.first else { return false }
    guard next == "$" else { return isOfName(next) }
    return text.dropFirst().first.map { ("A"..."Z").contains($0) || $0 == "{" } ?? false
  }

  private static func isOfName(_ scalar: Unicode.Scalar) -> Bool {
    ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
  }
}
