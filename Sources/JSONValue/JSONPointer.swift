// JSON Pointer (RFC 6901), with one addition: `*` goes through every item of an array or member of an object.

/// A way into a JSON value, such as `/clients/0/client_id` or `/clients/*/client_id`.
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
  public let tokens: [String]

  public init(tokens: [String]) { self.tokens = tokens }

  /// - Returns: `nil` unless the text is empty (the whole value) or starts with `/` (RFC 6901 section 3).
  public init?(_ text: String) {
    // by bytes: a slash that a mark combines with is another `Character`, and still a slash
    guard text.utf8.first ?? JSONPointer.slash == JSONPointer.slash else { return nil }
    tokens = text.utf8.split(separator: JSONPointer.slash, omittingEmptySubsequences: false).dropFirst().map { token in
      token.contains(JSONPointer.tilde) ? JSONPointer.unescape(token) : String(Substring(token))
    }
  }

  private static let slash = UInt8(ascii: "/")
  private static let tilde = UInt8(ascii: "~")

  private static func unescape(_ token: Substring.UTF8View) -> String {
    var text: [UInt8] = []
    var rest = token
    while let byte = rest.popFirst() {
      switch (byte, rest.first) {
      case (tilde, UInt8(ascii: "0")): text.append(tilde)
      case (tilde, UInt8(ascii: "1")): text.append(slash)
      default:
        text.append(byte)
        continue
      }
      rest = rest.dropFirst()
    }
    return String(decoding: text, as: UTF8.self)
  }

  public var description: String { tokens.map { "/" + JSONPointer.escape($0) }.joined() }

  /// A name as it is written in a pointer.
  public static func escape(_ token: String) -> String {
    guard token.utf8.contains(where: { $0 == tilde || $0 == slash }) else { return token }
    return String(
      decoding: token.utf8.flatMap { $0 == tilde ? Array("~0".utf8) : $0 == slash ? Array("~1".utf8) : [$0] },
      as: UTF8.self)
  }

  /// The values that it refers to: none or one, or several if it has `*`.
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
