// The capabilities of a target.

import HTTPModel

/// Something that a scenario may need. If the target does not have it, the scenario is skipped, with the reason.
public enum Capability: String, Sendable, Hashable, CaseIterable {
  case createClient = "create-client"
  case listClients = "list-clients"
  case showClient = "show-client"
  case replaceClient = "replace-client"
  case deleteClient = "delete-client"
  case httpClients = "http-clients"
  case receipt
  case receiptLookup = "receipt-lookup"
  case readInbox = "read-inbox"
  case httpInbox = "http-inbox"
  case inboxMediaType = "inbox-media-type"
  case inboxReceivedAt = "inbox-received-at"
  case moveClock = "move-clock"
  case exactClock = "exact-clock"
  case secondConnector = "second-connector"
  case basicAuthentication = "basic-authentication"
  case bodyAuthentication = "body-authentication"
  case clientSecretJWT = "client-secret-jwt"
  case privateKeyJWT = "private-key-jwt"
  case clientAssertion = "client-assertion"
  case tlsClientAuth = "tls-client-auth"
  case ownCertificates = "own-certificates"
  case clientSecret = "client-secret"
  case tokenByPost = "token-by-post"
  case tokenByGet = "token-by-get"
  case managerKey = "manager-key"
  case clientNames = "client-names"
  case registration, metadata, revocation, introspection

  /// The reason in reports if the target does not have the capability.
  public var missingReason: String {
    switch self {
    case .createClient: "the target cannot create clients"
    case .listClients: "the target cannot list clients"
    case .showClient: "the target cannot show a client"
    case .replaceClient: "the target cannot replace a lost set"
    case .deleteClient: "the target cannot delete clients"
    case .httpClients: "the target does not manage clients by HTTP requests, whose responses could be checked"
    case .receipt: "the target's connectors declare no receipt in the response to a payload"
    case .receiptLookup: "the receipt of a payload cannot be looked up at the target"
    case .readInbox: "the target cannot show the payloads that it received"
    case .httpInbox: "the target's inbox is not read by HTTP requests, whose responses could be checked"
    case .inboxMediaType: "the target's inbox does not show the media types of payloads"
    case .inboxReceivedAt: "the target's inbox does not show when payloads were received"
    case .moveClock: "the target's clock cannot be advanced"
    case .exactClock: "the target's clock does not stand still between advances"
    case .secondConnector: "the target has only one connector"
    case .basicAuthentication: "the target does not declare client authentication by HTTP Basic"
    case .bodyAuthentication: "the target does not declare client authentication in the body"
    case .clientSecretJWT: "the target does not declare client authentication by client-secret-jwt"
    case .privateKeyJWT: "the target does not declare client authentication by private-key-jwt"
    case .clientAssertion: "the target does not declare client authentication by an assertion"
    case .tlsClientAuth: "the target does not declare client authentication by tls-client-auth"
    case .ownCertificates: "the target's clients have no certificates of their own"
    case .clientSecret: "the target's clients have no secret"
    case .tokenByPost: "the target's token endpoint accepts token requests by GET only, without a body"
    case .tokenByGet: "the target's token endpoint does not accept token requests by GET"
    case .metadata: "the target declares no issuer, so it has no metadata"
    case .revocation: "the target has no revocation endpoint"
    case .introspection: "the target has no introspection endpoint"
    case .registration: "the target does not register clients dynamically"
    case .managerKey: "the target's client management uses no credentials that could be tested"
    case .clientNames: "'clients.create' of the target file does not send ${name}"
    }
  }

  /// A description for the guide and the schema.
  public var meaning: String {
    switch self {
    case .createClient: "clients can be created"
    case .listClients: "the clients of a connector can be listed"
    case .showClient: "one client can be shown"
    case .replaceClient: "a new set can be generated for a lost secret"
    case .deleteClient: "clients can be deleted"
    case .httpClients: "clients are managed by HTTP requests, whose responses can be checked"
    case .receipt: "the response to a payload has a receipt"
    case .receiptLookup: "the receipt of a payload can be looked up"
    case .readInbox: "the payloads that the service received can be read"
    case .httpInbox: "the inbox is read by HTTP requests, whose responses can be checked"
    case .inboxMediaType: "the inbox shows the media types of payloads"
    case .inboxReceivedAt: "the inbox shows when payloads were received"
    case .moveClock: "the clock can be advanced"
    case .exactClock: "the clock stands still between advances, so that the exact second can be checked"
    case .secondConnector: "there are two connectors"
    case .basicAuthentication: "the token endpoint accepts HTTP Basic"
    case .bodyAuthentication: "the token endpoint accepts credentials in the body"
    case .clientSecretJWT: "the token endpoint accepts assertions that are signed with the client secret (RFC 7523)"
    case .privateKeyJWT: "the token endpoint accepts assertions that are signed with a private key (RFC 7523)"
    case .clientAssertion: "the token endpoint accepts assertions of either kind"
    case .tlsClientAuth: "the token endpoint authenticates clients by their certificates (RFC 8705)"
    case .ownCertificates: "each client has a certificate of its own"
    case .clientSecret: "clients have a secret"
    case .tokenByPost: "the token endpoint accepts POST (RFC 6749 section 3.2)"
    case .tokenByGet: "the token endpoint accepts GET, as the page Implementing API requests documents"
    case .metadata: "the server publishes metadata (RFC 8414)"
    case .revocation: "tokens can be revoked (RFC 7009)"
    case .introspection: "the state of tokens can be queried (RFC 7662)"
    case .registration: "clients are registered dynamically (RFC 7591)"
    case .managerKey: "client management requires a manager's credentials"
    case .clientNames: "clients are created under names that a scenario chooses"
    }
  }
}
