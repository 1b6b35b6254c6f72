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
  public var query = Query.plain
  public var path = Path.plain
  public var assertion = Assertion.right
  public var fields = FieldNames.usual

  public enum Way: String, DimensionValue {
    case basic = "HTTP Basic"
    case body = "the body"
    case lowerCase = "basic in lower case"
    case escapedBasic = "HTTP Basic with every character escaped"
    case escapedBody = "the body with every character escaped"
    case keyAssertion = "an assertion signed by its key"
    case secretAssertion = "an assertion signed by its secret"
    case certificate = "its certificate"
    case malformedBasic = "malformed Basic credentials"
    case malformedAssertion = "a malformed assertion"
    case shortAssertion = "an assertion of one part"
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
    case cut = "without its last characters"
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
    case maskedStart = "its first characters and asterisks"
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
    case changedFirst = "another first character"
    case changedLast = "another last character"
    case lineBreak = "a line break"
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
    case granted = "a scope that it may have"
    case grantedAndUnknown = "a scope that it may have and an unknown one"
    case lineBreak = "a scope with a line break"
    case resource = "another resource"
    case ownID = "the id as a parameter as well"
    case otherID = "another id as a parameter as well"
    case repeatedScope = "a scope twice"
    case long = "one of 100,000 characters"
    case many = "a hundred and fifty unknown ones"
  }

  public enum Media: String, DimensionValue {
    case form = "a form"
    case charset = "a form with a charset"
    case upperCase = "a form in upper case"
    case json = "JSON"
    case text = "a form as text/plain"
    case absent = "none"
    case garbage = "a body that is no form"
    case brokenEscapes = "a form with broken escapes"
    case emptyBody = "no body"
  }

  public enum Coding: String, DimensionValue {
    case length = "Content-Length"
    case chunked
  }

  public enum Query: String, DimensionValue {
    case plain = "none"
    case unknown = "an unknown parameter"
    case lineBreak = "a parameter with a line break"
    case grant = "the grant"
  }

  public enum Path: String, DimensionValue {
    case plain = "as documented"
    case slash = "a trailing slash"
    case doubled = "a doubled slash"
    case dot = "a dot segment"
    case parent = "a parent segment"
    case otherCase = "in another case"
    case encoded = "encoded letters"
    case segment = "an added segment"
  }

  /// What is wrong with the assertion of a client that authenticates by one.
  public enum Assertion: String, DimensionValue {
    case right = "the right one"
    case otherKey = "signed by another key"
    case unsigned = "not signed"
    case changed = "a changed signature"
    case publicKey = "signed with the public key as secret"
    case otherAudience = "for another audience"
    case noAudience = "for no audience"
    case expired
    case endless = "without an expiry"
    case early = "before its time"
    case otherIssuer = "of another issuer"
    case otherSubject = "about another client"
    case otherType = "of another type"
    case again = "with an identifier that is used twice"
    case withSecret = "beside a secret"
  }

  /// What is wrong with an assertion needs one.
  var completions: [TokenCall] {
    guard assertion != .right, way == .basic else { return [self] }
    return [Way.keyAssertion, .secretAssertion].map { way in
      var call = self
      call.way = way
      return call
    }
  }

  static let common = [
    Trait(dimension: "transfer", value: Coding.chunked.rawValue),
    Trait(dimension: "query", value: Query.unknown.rawValue),
  ]

  static let dimensions: [Dimension<TokenCall>] = [
    .init("client authentication", \.way), .init("endpoint", \.endpoint), .init("secret", \.secret),
    .init("id", \.id), .init("grant", \.grant), .init("parameters", \.parameters), .init("media type", \.media),
    .init("method", \.method), .init("transfer", \.coding), .init("query", \.query), .init("path", \.path),
    .init("assertion", \.assertion), .init("header fields", \.fields),
  ]
}
