// What the model knows of the service: a pure value.

public import ConformanceModel

/// Clients, tokens, payloads and the clock, by the names of the sequence.
public struct World: Sendable, Hashable {
  public struct Client: Sendable, Hashable {
    public enum State: String, Sendable, Hashable {
      case alive
      /// Its credentials must be refused.
      case deleted
      /// Its set was replaced, and the target declares that the old one dies.
      case replaced
      /// The documents do not say what became of it.
      case unknown
    }

    public var connector: ConnectorRole
    public var state = State.alive
    /// The client and its replacements: a service may give them one id.
    public var family: String
    public var name: String
    /// Whether a list shows it under the name of this client.
    public var keepsName = true
    /// The way in which it authenticates, if it can have only one and had a request.
    public var way: TokenCall.Way?
  }

  public struct Token: Sendable, Hashable {
    public var client: String
    public var connector: ConnectorRole
    /// In seconds since the start of the sequence.
    public var issued: Int64
    public var expires: Int64
    /// Revoked, or ended with its client.
    public var hasEnded: Bool { endedBy != nil }
    /// The requirement that says so.
    public var endedBy: String?
    /// The documents do not say whether it is valid.
    public var isUnknown = false
  }

  public struct Payload: Sendable, Hashable {
    public var connector: ConnectorRole
    /// Payloads with the same content have the same bytes.
    public var content: String
    /// How often it was accepted; `nil` if the documents leave that open.
    public var deliveries: Int?
  }

  public enum Validity: Sendable, Hashable { case valid, invalid, open }

  public var clients: [String: Client] = [:]
  public var tokens: [String: Token] = [:]
  public var payloads: [String: Payload] = [:]
  /// When each client used the identifier of an assertion that it uses twice, by its family.
  public var usedAssertions: [String: Int64] = [:]
  /// The clients that were not created, whose names must not be in a list.
  public var refusedNames: [ConnectorRole: [String]] = [:]
  /// The response to a wrong secret was saved, to compare that to an unknown client with it.
  public var hasWrongAnswer = false
  /// In seconds since the start of the sequence.
  public var now: Int64 = 0
  /// Whether the clock of the target stands still between advances.
  public var isExact: Bool
  public var leeway: Int64
  public var expiryInstant: String

  public init(_ facts: Facts) {
    isExact = facts.capabilities.contains(.exactClock)
    leeway = facts.leeway
    expiryInstant = facts.expiryInstant
  }

  /// How far a clock that runs may be from that of the model, in seconds.
  static let tolerance: Int64 = 60

  /// Whether a token is valid now at its own connector.
  public func validity(of token: Token) -> Validity {
    if token.hasEnded { return .invalid }
    if token.isUnknown { return .open }
    let rest = token.expires - now
    let slack = isExact ? 0 : World.tolerance
    if rest > slack { return .valid }
    if rest < -leeway - slack { return .invalid }
    guard isExact, leeway == 0 else { return .open }
    // the second of the expiry
    switch expiryInstant {
    case "exclusive": return .invalid
    case "inclusive": return .valid
    default: return .open
    }
  }

  /// The names of the clients in a state, in a fixed order.
  public func clients(_ state: Client.State, at connector: ConnectorRole? = nil) -> [String] {
    clients.filter { $0.value.state == state && (connector == nil || $0.value.connector == connector) }
      .map(\.key).sorted(by: World.byNumber)
  }

  /// The names of all clients in a fixed order.
  public var clientNames: [String] { clients.keys.sorted(by: World.byNumber) }

  /// The names of the tokens in a fixed order.
  public var tokenNames: [String] { tokens.keys.sorted(by: World.byNumber) }

  /// The token with which a client tries to manage those of a connector.
  func token(of manager: Manager, at connector: ConnectorRole) -> String? {
    switch manager {
    case .manager, .nobody, .unknownKey, .wrongKey, .secret, .otherConnector: nil
    case .accessToken: tokenNames.first { tokens[$0]?.connector == connector }
    case .foreignToken: tokenNames.first { tokens[$0]?.connector == connector.other }
    }
  }

  /// `client-2` before `client-10`.
  static func byNumber(_ a: String, _ b: String) -> Bool { (a.count, a) < (b.count, b) }
}

extension ConnectorRole {
  var other: ConnectorRole { self == .first ? .second : .first }
}
