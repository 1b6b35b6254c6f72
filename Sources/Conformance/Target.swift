// The implementation under test: how each operation is done there.

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
  public var clock: Clock?
  public var launch: Launch?

  public init(name: String, place: Place, baseURL: Template, token: TokenBinding, connectors: [Connector]) {
    self.name = name
    self.place = place
    self.baseURL = baseURL
    self.token = token
    self.connectors = connectors
  }

  /// What may be left behind there.
  public enum Environment: String, Sendable, Hashable, CaseIterable {
    case disposable, live
  }

  public struct TokenBinding: Sendable, Hashable {
    public var url: Template
    public var method = "POST"
    /// Those that the token endpoint takes, the preferred one first.
    public var authentications: [ClientAuthentication] = [.basic]
    public var parameters: [Template.Member] = []
    /// Where the token stands in the answer.
    public var accessToken = JSONPointer(tokens: ["access_token"])
    public var expiresIn = JSONPointer(tokens: ["expires_in"])

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
    public var place: Place
    /// What means success; any 2xx where nothing is said.
    public var statuses: [Int]?
    /// Where things stand in the answer.
    public var answer: [String: JSONPointer] = [:]

    public init(method: String, url: Template, place: Place) {
      self.method = method
      self.url = url
      self.place = place
    }
  }

  /// Client management, the authentication tab.
  public enum Clients: Sendable, Hashable {
    case http(HTTPClients)
    /// Given credentials: one set, or several, for the first connector.
    case `static`([GivenClient])
  }

  public struct HTTPClients: Sendable, Hashable {
    public var create: RequestTemplate?
    public var list: RequestTemplate?
    public var show: RequestTemplate?
    public var replace: RequestTemplate?
    public var delete: RequestTemplate?

    public init() {}
  }

  public struct GivenClient: Sendable, Hashable {
    public var id: Template
    public var secret: Template
    public var connector: ConnectorRole

    public init(id: Template, secret: Template, connector: ConnectorRole) {
      self.id = id
      self.secret = secret
      self.connector = connector
    }
  }

  public struct Inbox: Sendable, Hashable {
    public var read: RequestTemplate

    public init(read: RequestTemplate) { self.read = read }
  }

  public enum Clock: Sendable, Hashable {
    case http(HTTPClock)
  }

  /// A clock that is read and moved by requests to the target.
  public struct HTTPClock: Sendable, Hashable {
    public var read: RequestTemplate?
    public var advance: RequestTemplate
    /// The clock stands still between moves.
    public var standsStill = true

    public init(advance: RequestTemplate) { self.advance = advance }
  }

  public enum Launch: Sendable, Hashable {
    /// The reference service that the executable carries.
    case referenceService
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
    switch clients {
    case .http(let http):
      if http.create != nil { all.insert(.createClient) }
      if http.list != nil { all.insert(.listClients) }
      if http.show != nil { all.insert(.showClient) }
      if http.replace != nil { all.insert(.replaceClient) }
      if http.delete != nil { all.insert(.deleteClient) }
      if let create = http.create, create.headers.contains(where: { $0.name.lowercased() == "authorization" }) {
        all.insert(.managerKey)
      }
    case .static, nil: break
    }
    if inbox != nil { all.insert(.readInbox) }
    if case .http(let http) = clock {
      all.insert(.moveClock)
      if http.standsStill { all.insert(.exactClock) }
    }
    if connectors.count > 1 { all.insert(.secondConnector) }
    if token.authentications.contains(.basic) { all.insert(.basicAuthentication) }
    if token.authentications.contains(.body) { all.insert(.bodyAuthentication) }
    return all
  }
}
