// The implementation under test, and how each operation is performed there.

public import HTTPModel
public import JSONValue

/// A target file.
public struct Target: Sendable, Hashable {
  public var name: String
  public var place: Place
  public var baseURL: Template
  public var environment: Environment = .disposable
  public var profile: Profile = .patchworks
  /// The declared behaviours; the others have their defaults.
  public var behaviour: [Behaviour: JSON] = [:]
  public var token: TokenBinding
  /// In the order of the file: scenarios use the first by default.
  public var connectors: [Connector]
  /// How payloads are signed; `nil` if they are not.
  public var signature: PayloadSignature?
  public var clients: Clients?
  /// What precedes the requests of the management; `nil` if these need no session.
  public var login: Login?
  public var inbox: Inbox?
  /// The versions of the pack that the file was written for; `nil` is any.
  public var packVersions: PackVersions?
  /// Other endpoints of the authorization server.
  public var endpoints: [Endpoint: Template] = [:]
  public var clock: Clock?
  public var launch: Launch?
  /// Hosts beyond those of the file to which credentials may be sent: `host` or `host:port`, in lower case.
  public var allowedHosts: [String] = []
  /// How requests reach it.
  public var route = Route()
  /// The HTTP version of all requests; `nil` means 1.1.
  public var httpVersion: HTTPVersion?
  /// The maximum number of requests per second.
  public var rate: Double?
  /// How many cases run at the same time, unless an option says otherwise.
  public var jobs: Int?
  /// The time limit of one request, unless an option says otherwise.
  public var timeout: RequestTimeLimit?
  /// Contents of files by name; templates use them as `${file.NAME}`.
  public var files: [Template.Member] = []
  /// A hash of what the file says about the server and its use, whatever its comments and the order of its keys; empty
  /// if the target comes from no file.
  public var digest = ""
  /// The environment variables that the file uses, in its order.
  public var variables: [Variable] = []
  /// The known deviations of the target.
  public var expectedDeviations: [ExpectedDeviation] = []

  /// The numbers of jobs that a run can have.
  public static let jobCounts = 1...10_000

  public init(name: String, place: Place, baseURL: Template, token: TokenBinding, connectors: [Connector]) {
    self.name = name
    self.place = place
    self.baseURL = baseURL
    self.token = token
    self.connectors = connectors
  }

  /// An environment variable, and the place of its first use.
  public struct Variable: Sendable, Hashable {
    public var name: String
    public var place: Place

    public init(name: String, place: Place) {
      self.name = name
      self.place = place
    }
  }

  /// An endpoint of an authorization server, in addition to the token endpoint.
  public enum Endpoint: String, Sendable, Hashable, CaseIterable {
    /// The issuer identifier, from which the URL of the metadata is derived (RFC 8414 section 3.1).
    case issuer
    case revocation, introspection

    public var meaning: String {
      switch self {
      case .issuer: "the issuer, from which the URL of the metadata is derived (RFC 8414 section 3.1)"
      case .revocation: "the revocation endpoint (RFC 7009)"
      case .introspection: "the introspection endpoint (RFC 7662), if clients may query their own tokens"
      }
    }

    public var capability: Capability {
      switch self {
      case .issuer: .metadata
      case .revocation: .revocation
      case .introspection: .introspection
      }
    }
  }

  /// Whether created clients may be left behind.
  public enum Environment: String, Sendable, Hashable, CaseIterable {
    case disposable, live
  }

  /// A scenario, case or invariant that is known to fail, with the reason.
  public struct ExpectedDeviation: Sendable, Hashable {
    /// The id of a scenario, of one of its cases, or of an invariant.
    public var id: String
    /// Only a finding of this step is expected, by its sentence in reports; `nil` means any.
    public var step: String?
    /// Only a finding about this part of the response is expected; `nil` means any.
    public var subject: String?
    /// The value with which the target is known to respond; `nil` means any.
    public var seen: String?
    public var reason: String
    public var place: Place

    public init(id: String, reason: String, place: Place) {
      self.id = id
      self.reason = reason
      self.place = place
    }
  }

  /// The token endpoint, and the use of its tokens.
  public struct TokenBinding: Sendable, Hashable {
    public var url: Template
    public var method = "POST"
    public var headers: [Template.Member] = []
    /// The accepted methods of client authentication, the preferred one first.
    public var authentications: [ClientAuthentication] = [.basic]
    /// How the assertions of clients are signed.
    public var assertions = Assertions()
    public var parameters: [Template.Member] = []
    /// A scope that clients of a connector get if they request it (RFC 6749 section 3.3); `nil` if none is known.
    public var scope: Template?
    /// The largest form body that the endpoint takes, in bytes; `nil` if none is declared.
    public var bodyLimit: Int?
    /// The place of the token in the response.
    public var accessToken = TokenBinding.registeredAccessToken
    /// The place of its lifetime in the response.
    public var expiresIn = TokenBinding.registeredExpiresIn
    /// The header field that carries the token to the inbound URL, with `${token}` for the token.
    public var bearer = Template.Member(
      "Authorization", .text([.literal("Bearer "), .reference(Reference(path: ["token"]))]))

    /// Where RFC 6749 section 5.1 has the token. A token that is missing there is a fault of the service.
    public static let registeredAccessToken = Locator.json(JSONPointer(tokens: ["access_token"]))
    /// Where RFC 6749 section 5.1 has the lifetime, which is only recommended.
    public static let registeredExpiresIn = Locator.json(JSONPointer(tokens: ["expires_in"]))

    public init(url: Template) { self.url = url }

    /// Whether Basic credentials are form-encoded (RFC 6749 section 2.3.1). An endpoint that does not decode them gets
    /// them as they are in all requests but those that ask for this.
    public var formEncodesBasic: Bool { !authentications.contains(.basicRaw) }
  }

  /// A connector, with its inbound URL and its payloads.
  public struct Connector: Sendable, Hashable {
    public var name: String
    public var inboundURL: Template
    /// Values that templates use as `${connector.NAME}`.
    public var values: [Template.Member] = []
    public var payloads: [Sample] = []
    /// The place of the receipt in the response to a payload; `nil` if it has none.
    public var receipt: Locator?
    /// How a receipt is looked up: its references are `${receipt}` and `${token}`, and its answer has `receipt`, and
    /// `payload` if the response shows it.
    public var receiptLookup: RequestTemplate?

    public init(name: String, inboundURL: Template) {
      self.name = name
      self.inboundURL = inboundURL
    }
  }

  /// A named payload.
  public struct Sample: Sendable, Hashable {
    public var name: String
    public var contentType: String?
    public var payload: Payload
    /// The statuses with which it has to be refused; `nil` if scenarios know by its name what becomes of it.
    public var refused: [Int]?

    /// The names by which scenarios know what becomes of a sample.
    public static let knownNames = [
      "valid", "unicode", "valid-with-charset", "wrong-entity", "wrong-type", "missing-member", "further-members",
      "blank",
    ]

    public init(name: String, contentType: String?, payload: Payload, refused: [Int]? = nil) {
      self.name = name
      self.contentType = contentType
      self.payload = payload
      self.refused = refused
    }
  }

  /// A request whose values may contain references.
  public struct RequestTemplate: Sendable, Hashable {
    public var method: String
    public var url: Template
    public var headers: [Template.Member] = []
    public var json: Template?
    public var form: [Template.Member]?
    /// Any other body; its media type is in the headers.
    public var text: Template?
    public var place: Place
    /// The statuses that mean success; `nil` means any 2xx.
    public var statuses: [Int]?
    /// The places of values in the response.
    public var answer: [String: Locator] = [:]
    /// How the further pages of a list are found; `nil` if it has one page.
    public var pages: Pages?

    public init(method: String, url: Template, place: Place) {
      self.method = method
      self.url = url
      self.place = place
    }
  }
}

extension Target {
  /// The declared value, or the default.
  public func value(of behaviour: Behaviour) -> JSON { self.behaviour[behaviour] ?? behaviour.defaultValue }

  /// Whether the lifetime of tokens is what their response says: only Patchworks documents a fixed one.
  public var observesLifetime: Bool { profile == .oauth && behaviour[.tokenLifetime] == nil }

  /// The connector for a role, or `nil` if the target has fewer.
  public func connector(_ role: ConnectorRole) -> Connector? {
    zip(ConnectorRole.allCases, connectors).first { $0.0 == role }?.1
  }

  /// Everything that the target file makes possible.
  public var capabilities: Set<Capability> {
    var all: Set<Capability> = []
    if let clients { all.formUnion(clients.capabilities(at: connectors)) }
    if login?.parts.contains(.clients) == true, all.contains(.httpClients) {
      all.insert(.managerKey)
      // another manager would have another session
      all.remove(.connectorManagers)
    }
    if let inbox { all.formUnion(inbox.capabilities) }
    if case .command(let launch) = launch {
      all.insert(.restartTarget)
      all.formUnion(launch.survivesRestart.map(\.capability))
    }
    if let clock {
      all.insert(.moveClock)
      if clock.standsStill { all.insert(.exactClock) }
    }
    all.formUnion(endpoints.keys.map(\.capability))
    if token.scope != nil { all.insert(.grantedScope) }
    if token.bodyLimit != nil { all.insert(.tokenBodyLimit) }
    // those that scenarios use
    let used = connectors.prefix(ConnectorRole.allCases.count)
    if used.allSatisfy({ $0.receipt != nil }) { all.insert(.receipt) }
    if used.allSatisfy({ $0.receiptLookup != nil }) { all.insert(.receiptLookup) }
    all.formUnion(zip(ConnectorRole.allCases, connectors).compactMap(\.0.capability))
    all.insert(token.method == "GET" ? .tokenByGet : .tokenByPost)
    // clients that are all registered for one way cannot use the other
    let registered = clients?.registeredAuthentication
    let acceptsBasic = token.authentications.contains { $0 == .basic || $0 == .basicRaw }
    func isUsable(_ way: ClientAuthentication) -> Bool { registered == nil || registered == way }
    if acceptsBasic, isUsable(.basic) { all.insert(.basicAuthentication) }
    for way in token.authentications where isUsable(way) {
      switch way {
      case .body: all.insert(.bodyAuthentication)
      case .clientSecretJWT: all.formUnion([.clientSecretJWT, .clientAssertion])
      case .privateKeyJWT: all.formUnion([.privateKeyJWT, .clientAssertion])
      case .tlsClientAuth:
        all.insert(.tlsClientAuth)
        if makesCertificates || clients?.haveOwnCertificates == true { all.insert(.ownCertificates) }
      default: break
      }
    }
    if !all.isDisjoint(with: [.basicAuthentication, .bodyAuthentication, .clientSecretJWT]) {
      all.insert(.clientSecret)
    }
    return all
  }
}
