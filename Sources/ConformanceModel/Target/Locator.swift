// The place of a value in a response.

public import JSONValue

/// Selects a value of a response, by the format of the response.
public enum Locator: Sendable, Hashable, CustomStringConvertible {
  /// In a JSON body (RFC 6901).
  case json(JSONPointer)
  /// In an XML body, by XPath 1.0.
  case xpath(String)
  /// In any body: the first group of a regular expression, or the whole match if it has no group.
  case regex(String)
  /// A header field.
  case header(String)
  /// A cookie that the response sets (RFC 6265 section 4.1).
  case cookie(String)
  /// Not in the response: a value of the request, if the caller chooses it.
  case sent(Template)

  /// Whether it finds values of any type, and not only texts.
  public var findsJSON: Bool { if case .json = self { true } else { false } }

  public var description: String {
    switch self {
    case .json(let pointer): pointer.tokens.isEmpty ? "the whole body" : pointer.description
    case .xpath(let expression): "XPath \(expression)"
    case .regex(let pattern): "/\(pattern)/"
    case .header(let name): "header \(name)"
    case .cookie(let name): "cookie \(name)"
    case .sent: "the sent value"
    }
  }
}
