// Media types (RFC 9110 section 8.3.1).

/// The value of `Content-Type`. Type, subtype and the names of parameters are in lower case.
public struct MediaType: Sendable, Hashable {
  public var type: String
  public var subtype: String
  /// In their order. Their values are as they were sent, without quotes.
  public var parameters: [HeaderField]

  /// `application/json`, without parameters.
  public var essence: String { "\(type)/\(subtype)" }

  /// - Returns: `nil` if the text is not a media type, such as that of two fields.
  public init?(_ text: String) {
    var scanner = FieldScanner(text)
    scanner.skipWhitespace()
    type = scanner.token().lowercased()
    guard !type.isEmpty, scanner.read("/") else { return nil }
    subtype = scanner.token().lowercased()
    guard !subtype.isEmpty else { return nil }
    parameters = []
    while true {
      scanner.skipWhitespace()
      if scanner.isAtEnd { return }
      guard scanner.read(";") else { return nil }
      scanner.skipWhitespace()
      // a parameter may be missing: `text/plain; ; charset=utf-8`
      let name = scanner.token()
      guard !name.isEmpty else { continue }
      guard scanner.read("=") else { return nil }
      let isQuoted = scanner.next == "\""
      guard let value = isQuoted ? scanner.quotedString() : scanner.token(), isQuoted || !value.isEmpty else {
        return nil
      }
      parameters.append(HeaderField(name.lowercased(), value))
    }
  }
}
