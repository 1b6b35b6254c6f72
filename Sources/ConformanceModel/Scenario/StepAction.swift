// The verbs of the domain.

import HTTPModel
import JSONValue

/// The name of an operation, as scenarios write it.
public enum StepActionKind: String, Sendable, Hashable, CaseIterable {
  case createClient = "create-client"
  case listClients = "list-clients"
  case showClient = "show-client"
  case replaceClient = "replace-client"
  case deleteClient = "delete-client"
  case requestToken = "request-token"
  case postPayload = "post-payload"
  case readInbox = "read-inbox"
  case http
  case wait
  case `repeat`
  case concurrently

  /// Those that send a request of their own.
  public static let sending: [StepActionKind] = allCases.filter { ![.wait, .repeat, .concurrently].contains($0) }

  /// The word with which a scenario expects that the operation did what it is for.
  public var success: String {
    switch self {
    case .createClient: "created"
    case .listClients: "listed"
    case .showClient: "shown"
    case .replaceClient: "replaced"
    case .deleteClient: "deleted"
    case .requestToken: "issued"
    case .postPayload: "accepted"
    case .readInbox: "read"
    case .http: "answered"
    case .wait: "passed"
    case .repeat, .concurrently: "done"
    }
  }

  /// One sentence for the guide and the schema.
  public var meaning: String {
    switch self {
    case .createClient: "create an OAuth2 client (a set of credentials) on a connector, as its authentication tab does"
    case .listClients: "list the clients of a connector"
    case .showClient: "look at one client"
    case .replaceClient: "generate a new set for a client whose secret was lost"
    case .deleteClient: "delete a client"
    case .requestToken: "send client credentials to the connector's token endpoint (RFC 6749 section 4.4.2)"
    case .postPayload: "post a payload to the connector's inbound URL with an access token (RFC 6750 section 2.1)"
    case .readInbox: "read what the connector's service received"
    case .http: "send any other request"
    case .wait: "let time pass on the target's clock"
    case .repeat: "play steps several times, one after the other; ${index} counts from 1"
    case .concurrently: "play steps several times at once, or several steps at once; ${index} counts from 1"
    }
  }
}

/// Which connector of the target a step speaks to: `first` is the one that is meant where nothing is said.
public enum ConnectorRole: String, Sendable, Hashable, CaseIterable {
  case first, second
}

public indirect enum StepAction: Sendable, Hashable {
  case createClient(name: Template?, connector: ConnectorRole)
  case listClients(connector: ConnectorRole)
  case showClient(client: String)
  case replaceClient(client: String)
  case deleteClient(client: String)
  case requestToken(TokenRequest)
  case postPayload(PayloadPost)
  case readInbox(connector: ConnectorRole)
  case http(FreeRequest)
  case wait(Wait)
  case `repeat`(Int, [Step])
  /// Each branch is played at the same time as the others.
  case concurrently([[Step]])

  public var kind: StepActionKind {
    switch self {
    case .createClient: .createClient
    case .listClients: .listClients
    case .showClient: .showClient
    case .replaceClient: .replaceClient
    case .deleteClient: .deleteClient
    case .requestToken: .requestToken
    case .postPayload: .postPayload
    case .readInbox: .readInbox
    case .http: .http
    case .wait: .wait
    case .repeat: .repeat
    case .concurrently: .concurrently
    }
  }
}

/// How the client authenticates at the token endpoint (RFC 6749 section 2.3.1). All but the first two are wrong on purpose.
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
  /// HTTP Basic without form-encoding the two first.
  case basicRaw = "basic-raw"

  public var meaning: String {
    switch self {
    case .basic: "HTTP Basic, id and secret form-encoded first"
    case .body: "client_id and client_secret in the form body"
    case .both: "HTTP Basic and the form body at once (wrong on purpose)"
    case .none: "no client authentication (wrong on purpose)"
    case .idOnly: "only client_id, in the form body (wrong on purpose)"
    case .query: "client_id and client_secret in the query of the URL (wrong on purpose)"
    case .basicRaw: "HTTP Basic without form-encoding (wrong on purpose where that makes a difference)"
    }
  }
}

public struct TokenRequest: Sendable, Hashable {
  public var client: String?
  public var connector: ConnectorRole?
  /// `nil`: as the target prefers it.
  public var authentication: ClientAuthentication?
  /// In place of the client's own.
  public var id: Template?
  public var secret: Template?
  /// Form parameters beside or in place of the usual ones: a list repeats one, null leaves it out.
  public var parameters: [Template.Member] = []
  public var edits = RequestEdits()

  public init(client: String? = nil) { self.client = client }
}

public struct PayloadPost: Sendable, Hashable {
  public var token: String?
  public var connector: ConnectorRole?
  public var payload: Payload = .sample("valid")
  /// Put behind the inbound URL.
  public var pathSuffix: Template?
  public var edits = RequestEdits()

  public init(token: String? = nil) { self.token = token }
}

/// Where the bytes of a payload come from.
public enum Payload: Sendable, Hashable {
  /// One of the samples that the target names.
  case sample(String)
  case json(Template)
  case text(Template)
  case hex([UInt8])
  /// The sample `valid`, filled up to exactly this many bytes with white space that JSON and XML allow.
  case validOfSize(Template)
}

/// KnownDeviations from the request that an operation would make by itself.
public struct RequestEdits: Sendable, Hashable {
  public var method: String?
  /// Added, or put in place of those with the same name; null takes one away, a list sends it several times.
  public var headers: [Template.Member] = []
  public var query: [Template.Member] = []
  /// The whole body, in place of the usual one.
  public var body: Template?
  public var chunked = false

  public init() {}
}

public struct FreeRequest: Sendable, Hashable {
  public var method = "GET"
  /// Absolute, or relative to the target's base URL.
  public var url: Template
  public var json: Template?
  public var form: [Template.Member]?
  public var edits = RequestEdits()

  public init(url: Template) { self.url = url }
}

public enum Wait: Sendable, Hashable {
  case span(SimulatedDuration)
  case until(SimulatedInstant)
  /// Until the instant that `expires_in` of a saved token promised, and so much later; earlier where it is negative.
  case expiry(of: String, later: SimulatedDuration)
}
