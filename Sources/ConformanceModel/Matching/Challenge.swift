// Challenges of WWW-Authenticate (RFC 9110 section 11.6.1).

public import HTTPModel
public import JSONValue

/// One challenge: a scheme and its parameters.
public struct Challenge: Sendable, Hashable {
  public var scheme: String
  /// In their order; a repeated name is repeated here.
  public var parameters: [HeaderField]

  /// The parameters as an object, names in lower case.
  public var json: JSON { .object(parameters.map { .init($0.name.lowercased(), .string($0.value)) }) }

  /// All challenges of all fields. Text outside the grammar is skipped up to the next comma.
  public static func parse(_ fields: [String]) -> [Challenge] { fields.flatMap(parse) }

  private static func parse(_ field: String) -> [Challenge] {
    var challenges: [Challenge] = []
    var scanner = Scanner(text: Array(field.utf8))
    while !scanner.isAtEnd {
      scanner.skip(" \t,")
      let word = scanner.token()
      guard !word.isEmpty else {
        scanner.skipToComma()
        continue
      }
      scanner.skip(" \t")
      if scanner.next("="), !challenges.isEmpty {
        scanner.skip(" \t")
        let value = scanner.quotedOrToken()
        challenges[challenges.count - 1].parameters.append(HeaderField(word, value))
      } else {
        challenges.append(Challenge(scheme: word, parameters: []))
        scanner.skipToken68()
      }
    }
    return challenges
  }

  private struct Scanner {
    let text: [UInt8]
    var index = 0

    init(text: [UInt8]) { self.text = text }

    var isAtEnd: Bool { index >= text.count }

    mutating func skip(_ characters: StaticString) {
      characters.withUTF8Buffer { set in
        while index < text.count, set.contains(text[index]) { index += 1 }
      }
    }

    mutating func next(_ character: Unicode.Scalar) -> Bool {
      guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
      index += 1
      return true
    }

    mutating func token() -> String {
      let start = index
      while index < text.count, Scanner.isTokenCharacter(text[index]) { index += 1 }
      return String(decoding: text[start..<index], as: UTF8.self)
    }

    mutating func quotedOrToken() -> String {
      guard next("\"") else { return token() }
      var value: [UInt8] = []
      while index < text.count, text[index] != UInt8(ascii: "\"") {
        if text[index] == UInt8(ascii: "\\"), index + 1 < text.count { index += 1 }
        value.append(text[index])
        index += 1
      }
      index += 1
      return String(decoding: value, as: UTF8.self)
    }

    /// A scheme may be followed by token68 in place of parameters: a run of its characters up to a comma or the end.
    mutating func skipToken68() {
      var end = index
      while end < text.count, Scanner.isTokenCharacter(text[end]) || "/=".utf8.contains(text[end]) { end += 1 }
      if end > index, end == text.count || text[end] == UInt8(ascii: ","),
        !text[index..<end].contains(UInt8(ascii: "=")) || text[end - 1] == UInt8(ascii: "=")
      {
        index = end
      }
    }

    mutating func skipToComma() {
      while index < text.count, text[index] != UInt8(ascii: ",") { index += 1 }
    }

    static func isTokenCharacter(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
    }
  }
}
