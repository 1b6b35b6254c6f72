// A post to an inbound URL and its dimensions.

public import ConformanceModel

public struct PostCall: VariedCall {
  /// The name of the payload.
  public var name: String
  public var token: String
  /// A client whose credentials are sent in place of a token.
  public var client: String
  public var connector = ConnectorRole.first
  /// In bytes: distinguishes the payload from all others of the sequence.
  public var size: Int
  public var credential = Credential.token
  public var placement = Placement.header
  public var payload = Kind.valid
  public var method = CallMethod.post
  public var media = Media.own
  public var path = Path.plain
  public var coding = Coding.length

  public enum Credential: String, DimensionValue {
    case token = "the token"
    case none = "no token"
    case changed = "another first character"
    case otherCase = "the token in another case"
    case shorter = "without its last character"
    case longer = "one more character"
    case doubled = "the token twice"
    case reversed = "the token reversed"
    case secret = "a client's secret"
    case id = "a client's id"
    case unknown = "an unknown token"
  }

  public enum Placement: String, DimensionValue {
    case header = "Bearer"
    case lowerCase = "bearer"
    case upperCase = "BEARER"
    case blanks = "Bearer and two blanks"
    case otherScheme = "another scheme"
    case noScheme = "no scheme"
    case quoted = "in quotes"
    case query = "the query"
    case cookie = "a cookie"
    case headerAndQuery = "the header and the query"
    case twice = "two header fields"
    case basic = "a client's Basic credentials"
  }

  public enum Kind: String, DimensionValue {
    case valid
    case unicode
    case charset = "valid-with-charset"
    case wrongEntity = "wrong-entity"
    case wrongType = "wrong-type"
    case missingMember = "missing-member"
    case empty = "no bytes"
    case whiteSpace = "white space"
    case truncated = "truncated JSON"
    case trailingComma = "a trailing comma"
    case notUTF8 = "bytes that are not UTF-8"
    case emptyObject = "an empty object"
    case null = "null"
    case largest = "the largest size"
    case tooLarge = "a size too large"

    /// Whether it has several megabytes.
    var isBig: Bool { self == .largest || self == .tooLarge }
  }

  public enum Media: String, DimensionValue {
    case own = "its own"
    case absent = "none"
    case text = "text/plain"
    case form = "a form"
    case binary = "application/octet-stream"
  }

  public enum Path: String, DimensionValue {
    case plain = "as documented"
    case query = "a query"
    case slash = "a trailing slash"
    case slashes = "two trailing slashes"
    case dot = "a dot segment"
    case segment = "an added segment"
    case semicolon = "a path parameter"
    case blank = "an encoded blank"
  }

  public enum Coding: String, DimensionValue {
    case length = "Content-Length"
    case chunked
    case gzip = "marked as gzip"
    case unknown = "an unknown content coding"
  }

  static let dimensions: [Dimension<PostCall>] = [
    .init("credential", \.credential), .init("placement", \.placement), .init("payload", \.payload),
    .init("method", \.method), .init("media type", \.media), .init("path", \.path), .init("coding", \.coding),
  ]
}
