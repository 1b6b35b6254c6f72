// JSON Pointer (RFC 6901), with one addition: `*` goes through every item of an array or member of an object.

/// A way into a JSON value, such as `/clients/0/client_id` or `/clients/*/client_id`.
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
  public let tokens: [String]

  public init(tokens: [String]) { self.tokens = tokens }

  /// - Returns: `nil` unless the text is empty (the whole value) or starts with `/` (RFC 6901 section 3).
  public init?(_ text: String) {
    guard text.isEmpty || text.hasPrefix("/") else { return nil }
    tokens = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { token in
      token.contains("~") ? JSONPointer.unescape(token) : String(token)
    }
  }

  private static func unescape(_ token: Substring) -> String {
    var text = ""
    var tilde = false
    for character in token {
      if tilde {
        text += character == "1" ? "/" : character == "0" ? "~" : "~\(character)"
        tilde = false
      } else if character == "~" {
        tilde = true
      } else {
        text.append(character)
      }
    }
    return tilde ? text + "~" : text
  }

  public var description: String { tokens.map { "/" + JSONPointer.escape($0) }.joined() }

  /// A name as it stands in a pointer.
  static func escape(_ token: String) -> String {
    guard token.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return token }
    return token.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
  }

  /// The values it leads to: none or one, or several where it holds `*`.
  public func values(in json: JSON) -> [JSON] {
    var found = [json]
    for token in tokens {
      found = found.flatMap { value -> [JSON] in
        switch value {
        case .array(let items):
          if token == "*" { return items }
          guard let index = Int(token), String(index) == token, items.indices.contains(index) else { return [] }
          return [items[index]]
        case .object(let members):
          if let member = value[token] { return [member] }
          return token == "*" ? members.map(\.value) : []
        default: return []
        }
      }
    }
    return found
  }

  public func value(in json: JSON) -> JSON? { values(in: json).first }
}
