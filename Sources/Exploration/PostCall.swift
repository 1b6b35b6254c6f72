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
  /// An earlier payload, whose bytes are sent again.
  public var other: String?
  public var credential = Credential.token
  public var placement = Placement.header
  public var payload = Kind.valid
  public var method = CallMethod.post
  public var media = Media.own
  public var path = Path.plain
  public var coding = Coding.length
  public var fields = FieldNames.usual

  public enum Credential: String, DimensionValue {
    case token = "the token"
    case none = "no token"
    case changed = "another first character"
    case otherCase = "the token in another case"
    case shorter = "without its last character"
    case withoutFirst = "without its first character"
    case prefix = "its first eight characters"
    case otherLast = "another last character"
    case padded = "one equals sign more"
    case longer = "one more character"
    case doubled = "the token twice"
    case reversed = "the token reversed"
    case secret = "a client's secret"
    case id = "a client's id"
    case unknown = "an unknown token"
    case unsigned = "an unsigned JSON Web Token"
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
    case body = "a member of the body"
    case schemeAlone = "the scheme alone"
    case twoWords = "two words after the scheme"
    case parameter = "a parameter after the scheme"
  }

  public enum Kind: String, DimensionValue {
    case valid
    case unicode
    case charset = "valid-with-charset"
    case wrongEntity = "wrong-entity"
    case wrongType = "wrong-type"
    case missingMember = "missing-member"
    case furtherMembers = "further-members"
    case again = "the bytes of an earlier one"
    case above64K = "65,537 bytes"
    case above1M = "1,000,001 bytes"
    case empty = "no bytes"
    case whiteSpace = "white space"
    case truncated = "truncated JSON"
    case trailingComma = "valid JSON with a trailing comma"
    case notUTF8 = "valid JSON with a byte that is not UTF-8"
    case notANumber = "valid JSON with NaN"
    case leadingZero = "valid JSON with a leading zero"
    case singleQuotes = "valid JSON with single quotes"
    case controlCharacter = "valid JSON with a control character"
    case comment = "valid JSON with a comment"
    case secondText = "valid JSON followed by another text"
    case emptyObject = "an empty object"
    case null = "null"
    case list = "an empty list"
    case number = "a number"
    case string = "a string"
    case halfCharacter = "half a character"
    case lineBreak = "a member with a line break"
    case largest = "the largest size"
    case tooLarge = "a size too large"

    /// Whether it has several megabytes.
    var isBig: Bool { self == .largest || self == .tooLarge }

    /// Whether an inbox shows whether these bytes arrived unchanged.
    var hasContentOfItsOwn: Bool { [.unicode, .charset, .again, .above64K].contains(self) || isRefused }

    /// What makes the sample `valid` malformed.
    var defect: JSONDefect? {
      switch self {
      case .trailingComma: .trailingComma
      case .notUTF8: .notUTF8
      case .notANumber: .notANumber
      case .leadingZero: .leadingZero
      case .singleQuotes: .singleQuotes
      case .controlCharacter: .controlCharacter
      case .comment: .comment
      case .secondText: .secondText
      default: nil
      }
    }

    /// Whether it does not fit the entity.
    var isRefused: Bool { [.wrongEntity, .wrongType, .missingMember].contains(self) }

    /// Whether it is a sample of the target.
    var isSample: Bool {
      [.unicode, .charset, .wrongEntity, .wrongType, .missingMember, .furtherMembers].contains(self)
    }
  }

  public enum Media: String, DimensionValue {
    case own = "its own"
    case absent = "none"
    case upperCase = "its own in upper case"
    case charset = "its own with a charset"
    case text = "text/plain"
    case form = "a form"
    case binary = "application/octet-stream"
  }

  public enum Path: String, DimensionValue {
    case plain = "as documented"
    case query = "a query"
    case lineBreak = "a query with a line break"
    case slash = "a trailing slash"
    case slashes = "two trailing slashes"
    case dot = "a dot segment"
    case segment = "an added segment"
    case semicolon = "a path parameter"
    case blank = "an encoded blank"
    case suffix = "the name of another service"
    case otherCompany = "the name of another company"
    case doubled = "a doubled slash"
    case parent = "a parent segment"
    case inner = "a dot segment inside"
    case otherCase = "in another case"
    case encoded = "encoded letters"
  }

  public enum Coding: String, DimensionValue {
    case length = "Content-Length"
    case chunked
    case compressed = "compressed by gzip"
    case gzip = "marked as gzip"
    case unknown = "an unknown content coding"
  }

  /// Whether a payload of several megabytes is worth its time: alone, or with another coding.
  var hasBigVariants: Bool { deviations.allSatisfy { ["payload", "coding"].contains($0.dimension) } }

  static let common = [
    Trait(dimension: "coding", value: Coding.chunked.rawValue),
    Trait(dimension: "path", value: Path.query.rawValue),
  ]

  static let dimensions: [Dimension<PostCall>] = [
    .init("credential", \.credential), .init("placement", \.placement), .init("payload", \.payload),
    .init("method", \.method), .init("media type", \.media), .init("path", \.path), .init("coding", \.coding),
    .init("header fields", \.fields),
  ]
}
