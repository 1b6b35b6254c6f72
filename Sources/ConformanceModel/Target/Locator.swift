// Where something stands in an answer.

public import JSONValue

/// A way to a value in an answer, in the words of the answer's own format.
public enum Locator: Sendable, Hashable, CustomStringConvertible {
  /// In a JSON body (RFC 6901).
  case json(JSONPointer)
  /// In an XML body, by XPath 1.0.
  case xpath(String)
  /// In any body: the first group of a regular expression, or all that it matches where it has no group.
  case regex(String)
  /// A header field.
  case header(String)
  /// Not in the answer: the request had it, since the caller chooses it at this target.
  case sent(Template)

  public var description: String {
    switch self {
    case .json(let pointer): pointer.tokens.isEmpty ? "the whole body" : pointer.description
    case .xpath(let expression): "XPath \(expression)"
    case .regex(let pattern): "/\(pattern)/"
    case .header(let name): "header \(name)"
    case .sent: "what was sent"
    }
  }
}
