// What a target makes possible.

import HTTPModel

/// Something that a scenario can need and a target can lack. A lack skips the scenario, and says why.
public enum Capability: String, Sendable, Hashable, CaseIterable {
  case createClient = "create-client"
  case listClients = "list-clients"
  case showClient = "show-client"
  case replaceClient = "replace-client"
  case deleteClient = "delete-client"
  case httpClients = "http-clients"
  case readInbox = "read-inbox"
  case moveClock = "move-clock"
  case exactClock = "exact-clock"
  case secondConnector = "second-connector"
  case basicAuthentication = "basic-authentication"
  case bodyAuthentication = "body-authentication"
  case tokenByPost = "token-by-post"
  case tokenByGet = "token-by-get"
  case managerKey = "manager-key"
  case registration, metadata, revocation, introspection

  /// What a report says where it is missing.
  public var missingReason: String {
    switch self {
    case .createClient: "the target cannot create clients"
    case .listClients: "the target cannot list clients"
    case .showClient: "the target cannot show a client"
    case .replaceClient: "the target cannot replace a lost set"
    case .deleteClient: "the target cannot delete clients"
    case .httpClients: "the target's clients are not managed by requests whose answers could be judged"
    case .readInbox: "the target cannot show what it received"
    case .moveClock: "the target's clock cannot be moved"
    case .exactClock: "the target's clock does not stand still between moves"
    case .secondConnector: "the target has only one connector"
    case .basicAuthentication: "the target does not declare client authentication by HTTP Basic"
    case .bodyAuthentication: "the target does not declare client authentication in the body"
    case .tokenByPost: "the target's token endpoint is asked by GET, where the request has no body"
    case .tokenByGet: "the target's token endpoint is not asked by GET"
    case .metadata: "the target names no issuer, so no metadata is looked for"
    case .revocation: "the target has no revocation endpoint"
    case .introspection: "the target has no introspection endpoint"
    case .registration: "the target's clients are not registered dynamically"
    case .managerKey: "the target's client management needs no authorisation that could be tested"
    }
  }

  public var meaning: String {
    switch self {
    case .createClient: "clients can be created"
    case .listClients: "the clients of a connector can be listed"
    case .showClient: "one client can be looked at"
    case .replaceClient: "a new set can be generated for a lost secret"
    case .deleteClient: "clients can be deleted"
    case .httpClients: "clients are managed by requests, whose statuses and headers can be judged"
    case .readInbox: "what the service received can be read"
    case .moveClock: "the clock can be moved forward"
    case .exactClock: "the clock stands still between moves, so that the exact second can be judged"
    case .secondConnector: "there are two connectors"
    case .basicAuthentication: "the token endpoint takes HTTP Basic"
    case .bodyAuthentication: "the token endpoint takes credentials in the body"
    case .tokenByPost: "the token endpoint takes POST (RFC 6749 section 3.2)"
    case .tokenByGet: "the token endpoint takes GET, as the page Implementing API requests says"
    case .metadata: "the server publishes metadata (RFC 8414)"
    case .revocation: "tokens can be revoked (RFC 7009)"
    case .introspection: "the state of tokens can be asked for (RFC 7662)"
    case .registration: "clients are registered dynamically (RFC 7591)"
    case .managerKey: "client management asks for a manager's key"
    }
  }
}
