// Recognises credentials by the names under which answers hold them.

import Conformance

enum Credentials {
  /// Members whose values are confidential (RFC 6749 section 5.1, RFC 7591 section 3.2.1).
  private static let usual: Set<String> = [
    "access_token", "refresh_token", "client_secret", "registration_access_token", "id_token", "secret", "password",
  ]

  /// One answer holds no more: each of them is looked for in every later one.
  static let most = 256

  /// Shorter values are no secrets.
  private static let shortest = 4

  /// The confidential texts in an answer, with the names under which they stand.
  ///
  /// - Parameter others: What the target calls credentials besides.
  static func found(in answer: Answer, others: Set<String>) -> [(name: String, value: String)] {
    let names = usual.union(others)
    return answer.body.map { found(in: $0, names) } ?? found(inUnread: answer.exchange.response.body, names)
  }

  private static func found(in json: JSON, _ names: Set<String>) -> [(name: String, value: String)] {
    switch json {
    case .array(let items): return items.flatMap { found(in: $0, names) }
    case .object(let members):
      return members.flatMap { member in
        names.contains(member.name) ? texts(in: member.value).map { (member.name, $0) } : found(in: member.value, names)
      }
    default: return []
    }
  }

  /// All texts and numbers in a value: what stands in the place of a token is taken for one.
  private static func texts(in json: JSON) -> [String] {
    switch json {
    case .string(let text), .number(let text): return text.utf8.count >= shortest ? [text] : []
    case .array(let items): return items.flatMap(texts)
    case .object(let members): return members.flatMap { texts(in: $0.value) }
    default: return []
    }
  }

  /// The same in a body that is not JSON, as when its end lacks, or a form: what follows such a name and a separator.
  private static func found(inUnread body: [UInt8], _ names: Set<String>) -> [(name: String, value: String)] {
    var found: [(name: String, value: String)] = []
    let heads = Dictionary(grouping: names.filter { !$0.isEmpty }.map { Array($0.utf8) }) { $0[0] }
    var index = 0
    while index < body.count, found.count <= most {
      defer { index += 1 }
      guard let candidates = heads[body[index]], index == 0 || !isWordByte(body[index - 1]) else { continue }
      for name in candidates where body[index...].starts(with: name) {
        guard let value = value(in: body, after: index + name.count), value.count >= shortest else { continue }
        let label = String(decoding: name, as: UTF8.self)
        found.append((label, String(decoding: value, as: UTF8.self)))
        // as the reader of a whole text would have it
        if case .string(let plain)? = try? JSON(parsing: [0x22] + value + [0x22]), !plain.utf8.elementsEqual(value) { found.append((label, plain)) }
      }
    }
    return found
  }

  /// What stands behind a name: `": "VALUE"`, `=VALUE&` or `>VALUE<`.
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
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
  }
}

extension Target {
  /// The names of the members in which this target hands out credentials.
  var credentialNames: Set<String> {
    var locators = [token.accessToken]
    if case .http(let clients) = clients { locators += clients.requests.values.compactMap { $0.answer["secret"] } }
    return Set(
      locators.compactMap { locator in
        if case .json(let pointer) = locator { pointer.tokens.last } else { nil }
      })
  }
}
