// A token request and its dimensions.

import ConformanceModel

public struct TokenCall: VariedCall {
  public var client: String
  /// The name of the token, if one is issued.
  public var name: String
  /// Another client, whose id or secret is sent.
  public var other: String?
  /// A token that is sent in place of credentials.
  public var token: String?
  public var way = Way.basic
  public var endpoint = Endpoint.own
  public var secret = Secret.right
  public var id = ID.right
  public var grant = Grant.right
  public var parameters = Parameters.plain
  public var media = Media.form
  public var method = CallMethod.post
  public var coding = Coding.length

  public enum Way: String, DimensionValue {
    case basic = "HTTP Basic"
    case body = "the body"
    case both = "HTTP Basic and the body"
    case none = "no credentials"
    case idOnly = "the id alone"
    case query = "the query"
    case unknownScheme = "an unknown scheme"
    case accessToken = "an access token"
  }

  public enum Endpoint: String, DimensionValue {
    case own = "its own connector"
    case other = "the other connector"
  }

  /// Near misses that differ from every secret, whatever its alphabet is.
  public enum Secret: String, DimensionValue {
    case right = "the right secret"
    case ofOther = "the secret of another client"
    case otherCase = "the secret in another case"
    case changedFirst = "another first character"
    case changedLast = "another last character"
    case shorter = "without its last character"
    case withoutFirst = "without its first character"
    case prefix = "its first eight characters"
    case longer = "one more character"
    case doubled = "the secret twice"
    case reversed = "the secret reversed"
    case trailingBlank = "a trailing blank"
    case leadingBlank = "a leading blank"
    case trailingNUL = "a trailing NUL"
    case fullWidth = "full-width characters"
    case escaped = "escaped twice"
    case base64 = "in Base64"
    case empty = "an empty secret"
    case masked = "asterisks"
    case id = "the id as the secret"
  }

  public enum ID: String, DimensionValue {
    case right = "the right id"
    case unknown = "an unknown id"
    case ofOther = "the id of another client"
    case otherCase = "the id in another case"
    case trailingBlank = "a trailing blank"
    case leadingBlank = "a leading blank"
    case shorter = "without its last character"
    case longer = "one more character"
    case empty = "an empty id"
  }

  public enum Grant: String, DimensionValue {
    case right = "client_credentials"
    case missing, empty, repeated
    case repeatedWithOther = "repeated with another"
    case otherCase = "in another case"
    case trailingBlank = "a trailing blank"
    case unknown
    case password
    case refreshToken = "refresh_token"
    case authorizationCode = "authorization_code"
  }

  public enum Parameters: String, DimensionValue {
    case plain = "no others"
    case unknown = "an unknown one"
    case emptyScope = "an empty scope"
    case unknownScope = "an unknown scope"
    case resource = "another resource"
    case ownID = "the id beside Basic"
    case otherID = "another id beside Basic"
  }

  public enum Media: String, DimensionValue {
    case form = "a form"
    case charset = "a form with a charset"
    case upperCase = "a form in upper case"
    case json = "JSON"
    case text = "a form as text/plain"
  }

  public enum Coding: String, DimensionValue {
    case length = "Content-Length"
    case chunked
  }

  static let dimensions: [Dimension<TokenCall>] = [
    .init("client authentication", \.way), .init("endpoint", \.endpoint), .init("secret", \.secret),
    .init("id", \.id), .init("grant", \.grant), .init("parameters", \.parameters), .init("media type", \.media),
    .init("method", \.method), .init("transfer", \.coding),
  ]
}
