// Recognises credentials by the names under which answers hold them.

import Conformance

enum Credentials {
  /// Members whose values are confidential (RFC 6749 section 5.1, RFC 7591 section 3.2.1).
  private static let names: Set<String> = [
    "access_token", "refresh_token", "client_secret", "registration_access_token", "id_token", "secret", "password",
  ]

  /// A cheap look before the body is parsed: every one of the names ends in one of these.
  static func mayHold(_ body: [UInt8]) -> Bool {
    guard body.count > 16, body.first == UInt8(ascii: "{") || body.first == UInt8(ascii: "[") else { return false }
    // the last bytes of `_token"`, `secret"` and `password"` are rare enough
    for index in 5..<body.count where body[index] == UInt8(ascii: "\"") {
      let (a, b, c) = (body[index - 1], body[index - 2], body[index - 3])
      if a == UInt8(ascii: "n"), b == UInt8(ascii: "e"), c == UInt8(ascii: "k") { return true }
      if a == UInt8(ascii: "t"), b == UInt8(ascii: "e"), c == UInt8(ascii: "r") { return true }
      if a == UInt8(ascii: "d"), b == UInt8(ascii: "r"), c == UInt8(ascii: "o") { return true }
    }
    return false
  }

  /// The confidential texts in a value, with the names under which they stand.
  static func found(in json: JSON) -> [(name: String, value: String)] {
    switch json {
    case .array(let items): return items.flatMap(found)
    case .object(let members):
      return members.flatMap { member -> [(name: String, value: String)] in
        if names.contains(member.name), let text = member.value.string, text.utf8.count >= 4 { return [(member.name, text)] }
        return found(in: member.value)
      }
    default: return []
    }
  }
}
