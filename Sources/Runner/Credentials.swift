// Recognises credentials by the names under which answers hold them.

import Conformance

enum Credentials {
  /// Members whose values are confidential (RFC 6749 section 5.1, RFC 7591 section 3.2.1).
  private static let names: Set<String> = [
    "access_token", "refresh_token", "client_secret", "registration_access_token", "id_token", "secret", "password",
  ]

  /// One answer holds no more: each of them is looked for in every later one.
  static let most = 256

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
