// Challenges of WWW-Authenticate (RFC 9110 section 11.6.1).

public import HTTPModel
public import JSONValue

/// One challenge: a scheme and its parameters.
public struct Challenge: Sendable, Hashable {
  public var scheme: String
  /// In their order; a repeated name is repeated here.
  public var parameters: [HeaderField] = []
  /// What follows the scheme in place of parameters.
  public var token68: String?

  public init(scheme: String) { self.scheme = scheme }

  /// The parameters as an object, names in lower case.
  public var json: JSON { .object(parameters.map { .init($0.name.lowercased(), .string($0.value)) }) }
}

/// All challenges of a response.
public struct Challenges: Sendable, Hashable {
  public private(set) var list: [Challenge] = []
  /// Where the fields break the grammar first, and how; `nil` if they are well-formed.
  public private(set) var syntaxError: String?

  /// - Parameter fields: The values of all fields `WWW-Authenticate`: together they are one list (section 5.3).
  public init(_ fields: [String]) {
    var scanner = FieldScanner(fields.joined(separator: ", "))
    while !scanner.isAtEnd {
      // empty elements of a list are allowed (section 5.6.1.2)
      scanner.skipWhitespace()
      if scanner.isAtEnd { break }
      if scanner.read(",") { continue }
      if let error = readElement(&scanner) {
        if syntaxError == nil { syntaxError = error }
        // the rest is read for what can still be judged
        scanner.skipToComma()
        continue
      }
      scanner.skipWhitespace()
      guard !scanner.isAtEnd, scanner.next != "," else { continue }
      if syntaxError == nil { syntaxError = Challenges.unexpected(scanner, after: "a complete parameter") }
      if scanner.next == ";" { _ = scanner.read(";") }
    }
  }

  /// A challenge with its first parameter, or a further parameter of the last challenge.
  ///
  /// - Returns: The syntax error, if there is one.
  private mutating func readElement(_ scanner: inout FieldScanner) -> String? {
    let start = scanner
    let word = scanner.token()
    guard !word.isEmpty else { return Challenges.unexpected(scanner, after: nil) }
    let afterWord = scanner
    scanner.skipWhitespace()
    if scanner.next == "=", let last = list.last {
      scanner = start
      if last.token68 != nil { return "the parameter '\(word)' follows a challenge with a token" }
      return readParameter(&scanner)
    }
    scanner = afterWord
    list.append(Challenge(scheme: word))
    if scanner.isAtEnd || scanner.next == "," { return nil }
    if scanner.next == "=" { return "the parameter '\(word)' has no scheme before it" }
    guard scanner.next == " " else { return Challenges.unexpected(scanner, after: "the scheme '\(word)'") }
    scanner.skipWhitespace()
    if scanner.isAtEnd || scanner.next == "," { return nil }
    if let token = scanner.token68() {
      list[list.count - 1].token68 = token
      return nil
    }
    return readParameter(&scanner)
  }

  private mutating func readParameter(_ scanner: inout FieldScanner) -> String? {
    let name = scanner.token()
    guard !name.isEmpty else { return Challenges.unexpected(scanner, after: "the scheme") }
    scanner.skipWhitespace()
    guard scanner.read("=") else { return "'\(name)' at byte \(scanner.index + 1) has no '='" }
    scanner.skipWhitespace()
    if scanner.next == "\"" {
      guard let value = scanner.quotedString() else { return "the quoted value of '\(name)' does not end" }
      list[list.count - 1].parameters.append(HeaderField(name, value))
      return nil
    }
    let value = scanner.token()
    guard !value.isEmpty else { return "'\(name)' has no value" }
    list[list.count - 1].parameters.append(HeaderField(name, value))
    guard scanner.isAtEnd || " \t,;".unicodeScalars.contains(where: { $0 == scanner.next }) else {
      return "the value of '\(name)' needs quotes: it is not a token"
    }
    return nil
  }

  private static func unexpected(_ scanner: FieldScanner, after what: String?) -> String {
    let place = "at byte \(scanner.index + 1)" + (what.map { ", after \($0)" } ?? "")
    switch scanner.next {
    case ";"?: return "';' \(place); parameters are separated by commas"
    case let next? where next.isASCII && next.value > 0x20 && next.value < 0x7F:
      return what == nil ? "'\(next)' \(place)" : "no comma \(place)"
    default: return "an unexpected character \(place)"
    }
  }
}
