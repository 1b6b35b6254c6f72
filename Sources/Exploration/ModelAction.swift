// What a sequence consists of: operations with their dimensions.

public import ConformanceModel

/// An operation of a sequence. Clients, tokens and payloads have the names under which the scenario saves them.
public enum ModelAction: Sendable, Hashable {
  case create(CreateCall)
  case manage(ManageCall)
  case token(TokenCall)
  case post(PostCall)
  case tokenState(TokenStateCall)
  /// Lists the clients of a connector, and compares with those that the model knows.
  case list(ConnectorRole, Manager)
  /// Reads the inbox of a connector, and compares with the payloads that the model knows.
  case inbox(ConnectorRole)
  /// Reads the metadata of the first connector.
  case metadata(MetadataCall)
  case wait(Pause)

  /// The kind in the table of coverage.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case create = "create a client"
    case manage = "show, replace or delete a client"
    case token = "request a token"
    case post = "post a payload"
    case tokenState = "introspect or revoke a token"
    case list = "list the clients"
    case inbox = "read the inbox"
    case metadata = "read the metadata"
    case wait = "let time pass"
  }

  public var kind: Kind {
    switch self {
    case .create: .create
    case .manage: .manage
    case .token: .token
    case .post: .post
    case .tokenState: .tokenState
    case .list: .list
    case .inbox: .inbox
    case .metadata: .metadata
    case .wait: .wait
    }
  }
}

/// Who manages clients.
public enum Manager: String, DimensionValue {
  case manager, nobody
  case accessToken = "an access token"
  case foreignToken = "an access token of the other connector"
  case unknownKey = "an unknown key"
  case wrongKey = "a wrong key"
  case secret = "a client's secret"
  case otherConnector = "the manager of the other connector"
}

public struct CreateCall: VariedCall {
  public var name: String
  public var connector = ConnectorRole.first
  /// The client whose name the new one has, if `naming` says so.
  public var other: String?
  public var naming = Naming.plain
  public var manager = Manager.manager

  public enum Naming: String, DimensionValue {
    case plain = "a name of its own"
    case same = "the name of another client"
    case used = "the name of a deleted client"
    case sameElsewhere = "the name of a client of the other connector"
    case unicode = "a name beyond ASCII"
    case long = "a long name with capital letters"
    case lineBreak = "a name with a line break"
    case empty = "an empty name"
    case absent = "no name"
  }

  /// Whether a list would show the client by its name.
  var hasNameOfItsOwn: Bool { naming == .plain && manager != .manager }
  /// A name that no other client of the sequence has.
  var ownName: String { "stray \(name) ${unique}" }

  static let dimensions: [Dimension<CreateCall>] = [.init("name", \.naming), .init("managed by", \.manager)]
}

public struct ManageCall: VariedCall {
  public var client: String
  /// The name of the new set, if it replaces a client.
  public var replacement: String?
  public var action = Action.show
  public var manager = Manager.manager

  public enum Action: String, DimensionValue { case show, replace, delete }

  static let dimensions: [Dimension<ManageCall>] = [.init("action", \.action), .init("managed by", \.manager)]

  /// The action is what the call is, not a deviation.
  var deviations: [Trait] { deviations(in: Self.dimensions.dropFirst()) }
}

/// A request to the introspection or revocation endpoint of the first connector.
public struct TokenStateCall: VariedCall {
  public var token: String
  /// Another client.
  public var other: String?
  public var endpoint = Endpoint.introspection
  public var caller = Caller.owner
  public var subject = Subject.token
  public var hint = Hint.absent

  public enum Endpoint: String, DimensionValue { case introspection, revocation }
  public enum Caller: String, DimensionValue {
    case owner = "its client"
    case other = "another client"
    case nobody
    case wrongSecret = "a wrong secret"
  }
  public enum Subject: String, DimensionValue {
    case token = "the token"
    case unknown = "an unknown token"
  }
  public enum Hint: String, DimensionValue {
    case absent = "no hint"
    case right = "the right hint"
    case wrong = "a wrong hint"
  }

  static let dimensions: [Dimension<TokenStateCall>] = [
    .init("endpoint", \.endpoint), .init("called by", \.caller), .init("subject", \.subject), .init("hint", \.hint),
  ]

  /// The endpoint is what the call is, not a deviation.
  var deviations: [Trait] { deviations(in: Self.dimensions.dropFirst()) }
}

/// A request for the metadata, of which one part is checked.
public struct MetadataCall: VariedCall {
  public var part = Part.issuer

  public enum Part: String, DimensionValue {
    case issuer = "the issuer"
    case tokenEndpoint = "the token endpoint"
    case grants = "the grants"
    case members = "no empty lists"
    case basic = "HTTP Basic"
    case body = "the body"
    case keyAssertion = "assertions by key"
    case secretAssertion = "assertions by secret"
    case certificate = "certificates"

    var covers: String {
      switch self {
      case .issuer: "MET-05"
      case .tokenEndpoint: "MET-06"
      case .grants: "MET-07"
      case .members: "MET-04"
      case .basic, .body, .certificate: "MET-08"
      case .keyAssertion, .secretAssertion: "MET-09"
      }
    }

    /// What the target has to declare.
    var needs: [Capability] {
      switch self {
      case .issuer, .tokenEndpoint, .grants, .members: []
      case .basic: [.basicAuthentication]
      case .body: [.bodyAuthentication]
      case .keyAssertion: [.privateKeyJWT]
      case .secretAssertion: [.clientSecretJWT]
      case .certificate: [.tlsClientAuth]
      }
    }
  }

  static let dimensions: [Dimension<MetadataCall>] = [.init("part", \.part)]

  /// The part is what the call is about, not a deviation.
  var deviations: [Trait] { [] }
}

/// A wait.
public enum Pause: Sendable, Hashable {
  case seconds(Int64)
  /// To the end of a token's life by the model, and so many seconds after it; before it if negative. With the leeway of
  /// the target if it is after it.
  case border(token: String, seconds: Int64)
  /// To an instant at which calendars and clocks differ; only at the start of a sequence.
  case date(SimulatedInstant)
}
