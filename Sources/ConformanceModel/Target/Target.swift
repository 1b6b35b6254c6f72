// The implementation under test: how each operation is done there.

import HTTPModel
public import JSONValue

public struct Target: Sendable, Hashable {
  public var name: String
  public var place: Place
  public var baseURL: Template
  public var environment: Environment = .disposable
  /// Only what the file declares; the rest has its default.
  public var behaviour: [Behaviour: JSON] = [:]
  public var token: TokenBinding
  /// In the order of the file: the first is the one that scenarios mean where they say nothing.
  public var connectors: [Connector]
  public var clients: Clients?
  public var inbox: Inbox?
  /// What the authorization server has beside its token endpoint.
  public var endpoints: [Endpoint: Template] = [:]
  public var clock: Clock?
  public var launch: Launch?
  /// Requests in a second, at most.
  public var rate: Double?
  /// Contents of files by the names that templates use: `${file.NAME}`.
  public var files: [Template.Member] = []
  /// The environment variables that the file refers to, in its order.
  public var variables: [Variable] = []
  /// What the target is known to do otherwise.
  public var expectedDeviations: [ExpectedDeviation] = []

  public init(name: String, place: Place, baseURL: Template, token: TokenBinding, connectors: [Connector]) {
    self.name = name
    self.place = place
    self.baseURL = baseURL
    self.token = token
    self.connectors = connectors
  }

  public struct Variable: Sendable, Hashable {
    public var name: String
    public var place: Place

    public init(name: String, place: Place) {
      self.name = name
      self.place = place
    }
  }

  /// What an authorization server can have beside its token endpoint.
  public enum Endpoint: String, Sendable, Hashable, CaseIterable {
    /// The identifier from which the URL of the metadata is made (RFC 8414 section 3.1).
    case issuer
    case revocation, introspection

    public var meaning: String {
      switch self {
      case .issuer: "the issuer, from which the URL of the metadata is made (RFC 8414 section 3.1)"
      case .revocation: "where tokens are revoked (RFC 7009)"
      case .introspection: "where the state of a token is asked for (RFC 7662)"
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

  /// What may be left behind there.
  public enum Environment: String, Sendable, Hashable, CaseIterable {
    case disposable, live
  }

  /// A scenario or a case that is known to fail there, with the reason.
  public struct ExpectedDeviation: Sendable, Hashable {
    /// The id of a scenario or of one of its cases.
    public var id: String
    public var reason: String
    public var place: Place

    public init(id: String, reason: String, place: Place) {
      self.id = id
      self.reason = reason
      self.place = place
    }
  }

  public struct TokenBinding: Sendable, Hashable {
    public var url: Template
    public var method = "POST"
    public var headers: [Template.Member] = []
    /// Those that the token endpoint takes, the preferred one first.
    public var authentications: [ClientAuthentication] = [.basic]
    public var parameters: [Template.Member] = []
    /// Where the token stands in the answer.
    public var accessToken = Locator.json(JSONPointer(tokens: ["access_token"]))
    public var expiresIn = Locator.json(JSONPointer(tokens: ["expires_in"]))
    /// The header field that carries the token to the inbound URL; `${token}` stands for it.
    public var bearer = Template.Member(
      "Authorization", .text([.literal("Bearer "), .reference(Reference(path: ["token"]))]))

    public init(url: Template) { self.url = url }
  }

  public struct Connector: Sendable, Hashable {
    public var name: String
    public var inboundURL: Template
    /// Values of its own that templates reach as `${connector.NAME}`.
    public var values: [Template.Member] = []
    public var payloads: [Sample] = []

    public init(name: String, inboundURL: Template) {
      self.name = name
      self.inboundURL = inboundURL
    }
  }

  /// A payload by name.
  public struct Sample: Sendable, Hashable {
    public var name: String
    public var contentType: String?
    public var payload: Payload

    public init(name: String, contentType: String?, payload: Payload) {
      self.name = name
      self.contentType = contentType
      self.payload = payload
    }
  }

  /// A request with holes.
  public struct RequestTemplate: Sendable, Hashable {
    public var method: String
    public var url: Template
    public var headers: [Template.Member] = []
    public var json: Template?
    public var form: [Template.Member]?
    /// Any other body; its media type stands among the headers.
    public var text: Template?
    public var place: Place
    /// What means success; any 2xx where nothing is said.
    public var statuses: [Int]?
    /// Where things stand in the answer.
    public var answer: [String: Locator] = [:]

    public init(method: String, url: Template, place: Place) {
      self.method = method
      self.url = url
      self.place = place
    }
  }

  public struct Inbox: Sendable, Hashable {
    public var read: RequestTemplate

    public init(read: RequestTemplate) { self.read = read }
  }
}

extension Target {
  /// What it declares, or the default.
  public func value(of behaviour: Behaviour) -> JSON { self.behaviour[behaviour] ?? behaviour.defaultValue }

  public func connector(_ role: ConnectorRole) -> Connector? {
    switch role {
    case .first: connectors.first
    case .second: connectors.dropFirst().first
    }
  }

  public var capabilities: Set<Capability> {
    var all: Set<Capability> = []
    if let clients { all.formUnion(clients.capabilities) }
    if inbox != nil { all.insert(.readInbox) }
    if let clock {
      all.insert(.moveClock)
      if clock.standsStill { all.insert(.exactClock) }
    }
    all.formUnion(endpoints.keys.map(\.capability))
    if connectors.count > 1 { all.insert(.secondConnector) }
    all.insert(token.method == "GET" ? .tokenByGet : .tokenByPost)
    if token.authentications.contains(.basic) { all.insert(.basicAuthentication) }
    if token.authentications.contains(.body) { all.insert(.bodyAuthentication) }
    return all
  }
}
