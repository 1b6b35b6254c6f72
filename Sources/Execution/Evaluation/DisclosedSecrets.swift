// Recognises the secrets that a response discloses, by the names of its members.

import ConformanceModel
import HTTPModel
import JSONValue

enum DisclosedSecrets {
  /// Members whose values are confidential (RFC 6749 section 5.1, RFC 7591 section 3.2.1).
  private static let usualNames: Set<String> = [
    "accesstoken", "refreshtoken", "clientsecret", "registrationaccesstoken", "idtoken", "secret", "password",
  ]

  /// The number of secrets that one response may disclose: each is searched for in every later response.
  static let maxCount = 256

  /// Shorter values, in bytes, are not secrets.
  private static let minLength = 4

  /// The secrets in a response, with the names of their members.
  ///
  /// - Parameter others: The names of further members whose values are confidential at this target.
  static func found(in result: StepResult, others: Set<String>) -> [(name: String, value: String)] {
    let names = usualNames.union(others.map(plain))
    return result.body.map { found(in: $0, names) } ?? found(inUnparsed: result.exchange.response.body, names)
  }

  /// The secrets in a text that is not JSON.
  static func found(in text: [UInt8], others: Set<String>) -> [(name: String, value: String)] {
    found(inUnparsed: text, usualNames.union(others.map(plain)))
  }

  private static func found(in json: JSON, _ names: Set<String>) -> [(name: String, value: String)] {
    switch json {
    case .array(let items): return items.flatMap { found(in: $0, names) }
    case .object(let members):
      return members.flatMap { member in
        names.contains(plain(member.name))
          ? texts(in: member.value).map { (member.name, $0) } : found(in: member.value, names)
      }
    default: return []
    }
  }

  /// All texts and numbers in a value: whatever is in the place of a token counts as one.
  private static func texts(in json: JSON) -> [String] {
    switch json {
    case .string(let text), .number(let text): return text.utf8.count >= minLength ? [text] : []
    case .array(let items): return items.flatMap(texts)
    case .object(let members): return members.flatMap { texts(in: $0.value) }
    default: return []
    }
  }

  /// The secrets in a body that is not JSON, such as a truncated one or a form: texts after a name and a separator.
  private static func found(inUnparsed body: [UInt8], _ names: Set<String>) -> [(name: String, value: String)] {
    var found: [(name: String, value: String)] = []
    var index = 0
    while index < body.count, found.count <= maxCount {
      let start = index
      while index < body.count, isWordByte(body[index]) { index += 1 }
      let length = index - start
      if length == 0 { index += 1 }
      guard (1...maxName).contains(length), let value = value(in: body, after: index), value.count >= minLength,
        case let name = String(decoding: body[start..<index], as: UTF8.self), names.contains(plain(name))
      else { continue }
      found.append((name, String(decoding: value, as: UTF8.self)))
      // with its escapes decoded
      if case .string(let text)? = try? JSON(parsing: [0x22] + value + [0x22]), !text.utf8.elementsEqual(value) {
        found.append((name, text))
      }
    }
    return found
  }

  /// Longer words, in bytes, are not one of the names.
  private static let maxName = 64

  /// `accessToken` and `access-token` are the same name.
  private static func plain(_ name: String) -> String { name.lowercased().filter { $0 != "_" && $0 != "-" } }

  /// The words of a body that may be tokens, if none was found at its location: 20 or more characters, not only
  /// letters.
  static func words(in body: [UInt8]) -> [String] {
    body.split { !isWordByte($0) && !".~+/=".utf8.contains($0) }.lazy
      .filter { $0.count >= 20 && $0.contains { (0x30...0x39).contains($0) } && $0.contains { $0 >= 0x41 } }.prefix(
        maxCount
      ).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The text after a name: `": "VALUE"`, `=VALUE&` or `>VALUE<`.
  private static func value(in body: [UInt8], after name: Int) -> ArraySlice<UInt8>? {
    var index = name
    func skip(_ bytes: String) {
      while index < body.count, bytes.utf8.contains(body[index]) { index += 1 }
    }
    skip("\"'\\ \t\r\n")
    guard index < body.count, ":=>".utf8.contains(body[index]) else { return nil }
    index += 1
    skip("\\ \t\r\n")
    let isQuoted = index < body.count && "\"'".utf8.contains(body[index])
    if isQuoted { index += 1 }
    let ends = isQuoted ? "\"'\r\n" : "\"'\r\n\t ,;&<>{}[]"
    return body[index...].prefix { !ends.utf8.contains($0) }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte >= 0x80
  }
}

extension Target {
  /// The names of the members in which this target discloses credentials.
  var credentialNames: Set<String> {
    var locators = [token.accessToken]
    if case .http(let clients) = clients { locators += clients.requests.values.compactMap { $0.answer["secret"] } }
    return Set(
      locators.compactMap { locator in
        if case .json(let pointer) = locator { pointer.tokens.last } else { nil }
      })
  }
}
