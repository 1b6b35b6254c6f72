// The operations of steps.

public import HTTPModel
import JSONValue

/// The kind of an operation, by its name in scenarios.
public enum StepActionKind: String, Sendable, Hashable, CaseIterable {
  case createClient = "create-client"
  case listClients = "list-clients"
  case showClient = "show-client"
  case replaceClient = "replace-client"
  case deleteClient = "delete-client"
  case requestToken = "request-token"
  case postPayload = "post-payload"
  case showReceipt = "show-receipt"
  case readInbox = "read-inbox"
  case http
  case wait
  case restartTarget = "restart-target"
  case `repeat`
  case concurrently

  /// The operations that send a request.
  public static let sending: [StepActionKind] = allCases.filter {
    ![.wait, .restartTarget, .repeat, .concurrently].contains($0)
  }

  /// The success word: a scenario writes it to expect that the operation succeeds.
  public var success: String {
    switch self {
    case .createClient: "created"
    case .listClients: "listed"
    case .showClient: "shown"
    case .replaceClient: "replaced"
    case .deleteClient: "deleted"
    case .requestToken: "issued"
    case .postPayload: "accepted"
    case .showReceipt: "found"
    case .readInbox: "read"
    case .http: "answered"
    case .wait: "passed"
    case .restartTarget: "restarted"
    case .repeat, .concurrently: "done"
    }
  }

  /// A description for the guide and the schema.
  public var meaning: String {
    switch self {
    case .createClient: "create an OAuth2 client (a set of credentials) on a connector, as its authentication tab does"
    case .listClients: "list the clients of a connector"
    case .showClient: "show one client"
    case .replaceClient: "generate a new set for a client whose secret was lost"
    case .deleteClient: "delete a client"
    case .requestToken: "send client credentials to the connector's token endpoint (RFC 6749 section 4.4.2)"
    case .postPayload: "post a payload to the connector's inbound URL with an access token (RFC 6750 section 2.1)"
    case .showReceipt: "look up the receipt of a payload, where the service offers it"
    case .readInbox: "read the payloads that the connector's service received"
    case .http: "send any other request"
    case .wait: "let time pass on the target's clock"
    case .restartTarget: "end the launched target, and start it again in the same folder, at the same ports and time"
    case .repeat: "run steps several times in sequence; ${index} counts from 1"
    case .concurrently: "run copies of steps, or several steps, at the same time; ${index} counts from 1"
    }
  }
}

/// The connector of the target that a step uses, in the order of the target file; `first` is the default.
public enum ConnectorRole: String, Sendable, Hashable, CaseIterable {
  case first, second, third

  /// What a target has that declares it; `nil` for the first, which each target has.
  public var capability: Capability? {
    switch self {
    case .first: nil
    case .second: .secondConnector
    case .third: .thirdConnector
    }
  }
}

/// Who performs an operation on clients in place of the manager, by a word. Any other text is a bearer token.
public enum Stranger: String, Sendable, Hashable, CaseIterable {
  /// Somebody without credentials.
  case none
  /// Somebody with those of the manager, but for their last character.
  case wrong
  /// The manager of another connector.
  case otherConnector = "other-connector"
}

/// An operation with its arguments.
public indirect enum StepAction: Sendable, Hashable {
  case createClient(name: Template?, connector: ConnectorRole)
  case listClients(connector: ConnectorRole)
  case showClient(client: String)
  case replaceClient(client: String)
  case deleteClient(client: String)
  case requestToken(TokenRequest)
  case postPayload(PayloadPost)
  /// Of a saved payload, with a saved token if the request has one.
  case showReceipt(payload: String, token: String?)
  case readInbox(connector: ConnectorRole)
  case http(FreeRequest)
  case wait(Wait)
  case restartTarget(by: EndSignal)
  case `repeat`(Int, [Step])
  /// All branches run at the same time.
  case concurrently([[Step]])

  /// Whether it is sent to another URL than that of the endpoint: with something appended, or with another path.
  public var hasOtherURL: Bool {
    switch self {
    case .requestToken(let request): request.edits.spelling != nil
    case .postPayload(let post): post.edits.spelling != nil || post.pathSuffix != nil
    default: false
    }
  }

  public var kind: StepActionKind {
    switch self {
    case .createClient: .createClient
    case .listClients: .listClients
    case .showClient: .showClient
    case .replaceClient: .replaceClient
    case .deleteClient: .deleteClient
    case .requestToken: .requestToken
    case .postPayload: .postPayload
    case .showReceipt: .showReceipt
    case .readInbox: .readInbox
    case .http: .http
    case .wait: .wait
    case .restartTarget: .restartTarget
    case .repeat: .repeat
    case .concurrently: .concurrently
    }
  }
}

/// How the client authenticates at the token endpoint (RFC 6749 section 2.3.1, RFC 7523 section 2.2).
public enum ClientAuthentication: String, Sendable, Hashable, CaseIterable {
  /// HTTP Basic, id and secret form-encoded first.
  case basic
  /// client_id and client_secret in the form body.
  case body
  /// Both at once.
  case both
  case none
  /// Only client_id, in the body.
  case idOnly = "id-only"
  /// client_id and client_secret in the query of the URL.
  case query
  /// HTTP Basic without form-encoding the id and the secret.
  case basicRaw = "basic-raw"
  /// A JSON Web Token that the client signs with its secret.
  case clientSecretJWT = "client-secret-jwt"
  /// A JSON Web Token that the client signs with its private key.
  case privateKeyJWT = "private-key-jwt"
  /// Only client_id, in the body, on a connection with the client's certificate.
  case tlsClientAuth = "tls-client-auth"

  /// The ways that a token endpoint can take, in the order of the guide. The others are wrong on purpose.
  public static let declarable: [ClientAuthentication] = [
    .basic, .body, .basicRaw, .clientSecretJWT, .privateKeyJWT, .tlsClientAuth,
  ]

  /// Whether the client sends an assertion.
  public var isAssertion: Bool { self == .clientSecretJWT || self == .privateKeyJWT }

  /// Whether the client needs a secret.
  public var usesSecret: Bool {
    switch self {
    case .basic, .basicRaw, .body, .both, .query, .clientSecretJWT: true
    case .none, .idOnly, .privateKeyJWT, .tlsClientAuth: false
    }
  }

  /// Its name in client metadata (RFC 7591 section 2, OpenID Connect Core section 9); `nil` if it is wrong on purpose.
  public var registeredName: String? {
    switch self {
    case .basic, .basicRaw: "client_secret_basic"
    case .body: "client_secret_post"
    case .clientSecretJWT: "client_secret_jwt"
    case .privateKeyJWT: "private_key_jwt"
    case .tlsClientAuth: "tls_client_auth"
    case .both, .none, .idOnly, .query: nil
    }
  }

  /// - Parameter registeredName: A name in client metadata.
  public init?(registeredName: String) {
    // the client sends the same if it issued its certificate itself (RFC 8705 section 2.2)
    let name = registeredName == "self_signed_tls_client_auth" ? "tls_client_auth" : registeredName
    guard let way = ClientAuthentication.allCases.first(where: { $0.registeredName == name }) else { return nil }
    self = way
  }

  /// A description for the guide.
  public var meaning: String {
    switch self {
    case .basic: "HTTP Basic, id and secret form-encoded first"
    case .body: "client_id and client_secret in the form body"
    case .both: "HTTP Basic and the form body at once (wrong on purpose)"
    case .none: "no client authentication (wrong on purpose)"
    case .idOnly: "only client_id, in the form body (wrong on purpose)"
    case .query: "client_id and client_secret in the query of the URL (wrong on purpose)"
    case .basicRaw: "HTTP Basic without form-encoding (wrong on purpose if that makes a difference)"
    case .clientSecretJWT: "an assertion signed with the secret (RFC 7523; client_secret_jwt)"
    case .privateKeyJWT: "an assertion signed with the private key (RFC 7523; private_key_jwt)"
    case .tlsClientAuth: "client_id in the form body, and the client's certificate (RFC 8705; tls_client_auth)"
    }
  }
}

/// The arguments of `request-token`.
public struct TokenRequest: Sendable, Hashable {
  public var client: String?
  public var connector: ConnectorRole?
  /// `nil` means the method that the target prefers.
  public var authentication: ClientAuthentication?
  /// The id and the secret to send in place of the client's.
  public var id: Template?
  public var secret: Template?
  /// Changes to the assertion; `nil` if there are none.
  public var assertion: AssertionEdits?
  /// Form parameters to add or replace: a list repeats one, null removes it.
  public var parameters: [Template.Member] = []
  /// The bytes of the form body, which a further parameter fills up; `nil` leaves it as it is.
  public var paddedTo: Template?
  public var edits = RequestEdits()

  public init(client: String? = nil) { self.client = client }
}

/// The arguments of `post-payload`.
public struct PayloadPost: Sendable, Hashable {
  public var token: String?
  public var connector: ConnectorRole?
  public var payload: Payload = .sample("valid")
  /// Appended to the inbound URL.
  public var pathSuffix: Template?
  /// The content coding in which it is sent; `nil` if it is sent as it is.
  public var contentCoding: ContentCoding?
  public var edits = RequestEdits()

  public init(token: String? = nil) { self.token = token }
}

/// The source of a payload's bytes.
public enum Payload: Sendable, Hashable {
  /// A sample of the target.
  case sample(String)
  /// The sample that a value of the case names.
  case chosenSample(Template)
  case json(Template)
  case text(Template)
  case hex([UInt8])
  /// The sample `valid`, padded to exactly this many bytes with white space that JSON and XML allow.
  case validOfSize(Template)
  /// The sample `valid`, as other JSON with the same value: the word of a `JSONSpelling`.
  case validSpelled(Template)
  /// The sample `valid`, made malformed: the word of a `JSONDefect`.
  case validMalformed(Template)
}

extension Payload {
  /// Whether it differs in each case, so that an inbox can find it.
  public var isUnique: Bool {
    switch self {
    case .json(let template), .text(let template): template.references.contains { $0.name == "unique" }
    case .sample, .chosenSample, .hex, .validOfSize, .validSpelled, .validMalformed: false
    }
  }
}

/// Changes to the request that an operation sends by default.
public struct RequestEdits: Sendable, Hashable {
  public var method: String?
  /// Added, or replacing those with the same name; null removes one, a list sends it several times.
  public var headers: [Template.Member] = []
  public var query: [Template.Member] = []
  /// The whole body, in place of the default one.
  public var body: Template?
  public var chunked = false
  /// Another spelling of the path of the URL.
  public var spelling: PathSpelling?

  public init() {}
}

/// The arguments of `http`.
public struct FreeRequest: Sendable, Hashable {
  public var method = "GET"
  /// Absolute, or relative to the target's base URL.
  public var url: Template
  /// The URLs that are tried after it, in this order, until the status of a response is 2xx.
  public var alternatives: [Template] = []
  public var json: Template?
  public var form: [Template.Member]?
  public var edits = RequestEdits()

  public init(url: Template) { self.url = url }
}

/// How `restart-target` ends the target.
public enum EndSignal: String, Sendable, Hashable, CaseIterable {
  /// SIGTERM, and SIGKILL once it has had some seconds.
  case terminate = "TERM"
  /// SIGKILL at once, as in a crash.
  case kill = "KILL"
}

/// The argument of `wait`.
public enum Wait: Sendable, Hashable {
  case span(WaitLength)
  /// Until an instant, and this much later; earlier if negative.
  case until(SimulatedInstant, later: WaitLength)
  /// Until a saved token expires by its `expires_in`, and this much later; earlier if negative.
  case expiry(of: String, later: WaitLength)
}
