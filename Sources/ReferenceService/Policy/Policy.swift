// Every decision of the service in one place, each with a name.
//
// The defaults are the documented behaviour. A fault replaces some of them, and no other file knows about faults.

import Compression
import ConformanceModel
import HTTPModel
import JSONValue

struct Policy: Sendable {
  // MARK: What comes in

  /// Changes the head of a request before it is checked. The correct service changes nothing.
  var readHead: @Sendable (inout ServiceRequest) -> Void = { _ in }

  /// Changes a whole request before it is checked. The correct service changes nothing.
  var readBody: @Sendable (inout ServiceRequest) -> Void = { _ in }

  // MARK: Tokens

  var tokenType = "Bearer"

  /// `expires_in`, in seconds (RFC 6749 section 5.1).
  var expiresIn: JSON = 86_400

  var makeToken: @Sendable (Store.Client, SimulatedInstant) -> String = { _, _ in Secrets.make() }

  /// When a token that is issued now expires: after 24 hours of elapsed time, as documented.
  var expiry: @Sendable (Store.Client, SimulatedInstant) -> SimulatedInstant = { _, now in now + .day }

  /// A token is valid from its issue until strictly before the instant of its expiry.
  var isExpired: @Sendable (Store.Token, SimulatedInstant) -> Bool = { token, now in now >= token.expiresAt }

  /// Whether expired tokens are still stored when the clock advances.
  var keepsExpiredTokens = false

  /// The part of a token that is compared: all of it.
  var tokenForm: @Sendable (String) -> String = { $0 }

  /// Whether a token is valid at this connector. At an unknown connector any token passes: only a client with a token
  /// learns which connectors exist.
  var tokenIsValid: @Sendable (Store.Token, ConnectorDefinition?) -> Bool = { token, connector in
    connector == nil || token.connector == connector?.name
  }

  /// Further effects of issuing a token, given by its hash: none. Tokens are independent of each other.
  var issued: @Sendable (inout Store.State, [UInt8]) -> Void = { _, _ in }

  /// Further effects of using a token: none.
  var used: @Sendable (inout Store.State, [UInt8]) -> Void = { _, _ in }

  /// The refusal of a request whose head calls for this one; `nil` accepts the request.
  var refusal: @Sendable (BearerRefusal, ServiceRequest) -> BearerRefusal? = { refusal, _ in refusal }

  /// Whether a client may revoke a token: only its own (RFC 7009 section 2.1).
  var mayRevoke: @Sendable (Store.Token, Store.Client) -> Bool = { token, client in token.client == client.id }

  /// Whether a revoked token becomes invalid.
  var endsAtRevocation = true

  /// Whether introspection reports a token as active: one of the client's connector that has not expired.
  var isActive: @Sendable (Store.Token, Store.Client, SimulatedInstant) -> Bool = { token, client, now in
    token.connector == client.connector && now < token.expiresAt
  }

  // MARK: Clients

  /// Whether a client belongs to a connector. Clients do not expire.
  var belongs: @Sendable (Store.Client, _ connector: String, SimulatedInstant) -> Bool = { client, connector, _ in
    client.connector == connector
  }

  /// The parts of id and secret that are compared: all of them.
  var idForm: @Sendable (String) -> String = { $0 }
  var secretForm: @Sendable (String) -> String = { $0 }

  /// Whether this `secretForm` is that of the client. Without a client the comparison takes as long as with one.
  var secretMatches: @Sendable (String, Store.Client?) -> Bool = { secret, client in
    Secrets.matches(secret, client?.secretHash ?? Secrets.nobody) && client != nil
  }

  /// Whether an assertion authenticates its client despite this problem.
  var toleratesAssertion: @Sendable (AssertionProblem) -> Bool = { _ in false }

  /// The client with an id, if it registered the certificate with a hash, which is `nil` if the connection has none.
  var certified: @Sendable (Store, _ connector: String, _ id: String, _ hash: [UInt8]?) -> Store.Client? = {
    store, connector, id, hash in
    store.client(id, of: connector).flatMap { client in
      hash.map(client.certificates.contains) == true ? client : nil
    }
  }

  var makeSecret: @Sendable () -> String = { Secrets.make() }
  var makeClientID: @Sendable () -> String = { Secrets.makeID("client") }

  /// From 1 to 100 characters that are not all white space.
  var isName: @Sendable (String) -> Bool = { $0.count <= 100 && !$0.allSatisfy(\.isWhitespace) }

  /// The part of the manager key that is compared: all of it.
  var managerKeyForm: @Sendable (String) -> String = { $0 }

  /// Whether the sender of a request may manage clients: with the manager key.
  var mayManage: @Sendable (_ hasKey: Bool, ServiceRequest) -> Bool = { hasKey, _ in hasKey }

  /// Further effects of adding a client: none. The credentials of a lost one work until they are deleted.
  var added: @Sendable (inout Store.State, _ client: Store.Client, _ lost: Store.Client?) -> Void = { _, _, _ in }

  /// Whether a token remains valid when a client is deleted: those of other clients.
  var survives: @Sendable (Store.Token, _ deleted: Store.Client) -> Bool = { token, deleted in
    token.client != deleted.id
  }

  /// Further effects of deleting a client: none.
  var deleted: @Sendable (inout Store.State, Store.Client) -> Void = { _, _ in }

  // MARK: Grants

  /// Values are case-sensitive (RFC 6749 section 5.2).
  var supportsGrant: @Sendable (_ grant: String) -> Bool = { $0 == "client_credentials" }

  /// Each connector has one scope, its name; all others are unknown.
  var grants: @Sendable (_ scope: String, ConnectorDefinition) -> Bool = { scope, connector in scope == connector.name }

  /// The scope that a token response states, if one was requested: the requested one, since it is granted as a whole.
  var statedScope: @Sendable (_ requested: String, ConnectorDefinition) -> String? = { requested, _ in requested }

  /// The largest form, in bytes.
  var maxForm = 64 << 10

  // MARK: Payloads

  /// In bytes: the larger of the two meanings of 8 MB.
  var maxPayload = 8 << 20

  /// No bytes, or only white space of JSON and XML.
  var isBlank: @Sendable ([UInt8]) -> Bool = { $0.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }

  var accepts: @Sendable (_ mediaType: String?, Entity) -> Bool = { mediaType, entity in
    mediaType.map(entity.mediaTypes.contains) ?? false
  }

  /// Whether a connector takes payloads in a content coding.
  var decodes: @Sendable (_ coding: String, ConnectorDefinition) -> Bool = { coding, connector in
    coding == "identity" || ContentCoding(rawValue: coding).map(connector.contentCodings.contains) == true
  }

  /// Undoes a content coding, up to the limit of a payload.
  var decode: @Sendable (ContentCoding, [UInt8], _ limit: Int) -> Result<[UInt8], ContentCoding.DecodingError> = {
    coding, bytes, limit in coding.decode(bytes, limit: limit)
  }

  /// What the JSON parser reads in place of a payload.
  var readable: @Sendable ([UInt8]) -> [UInt8] = { $0 }

  /// Whether a payload is accepted despite this problem.
  var toleratesPayload: @Sendable (ServiceProblem) -> Bool = { _ in false }

  /// The payload is received but not yet processed.
  var acceptedStatus = 201

  /// The receipt of a payload: a new one for each, also for equal ones.
  var makeReceipt: @Sendable (_ body: [UInt8]) -> String = { _ in Secrets.makeID("receipt") }

  /// The payload that the lookup of a receipt shows: the one with this receipt, of all that its connector received.
  var found: @Sendable (_ receipt: String, [ReceivedPayloads.Payload]) -> ReceivedPayloads.Payload? = {
    receipt, all in all.first { $0.id == receipt }
  }

  /// Which bytes an accepted payload adds to which inboxes: the same bytes, once, to that of its connector.
  var deliveries:
    @Sendable (ReceivedPayloads.Payload, _ connector: String) -> [(
      payload: ReceivedPayloads.Payload, connector: String
    )] = { [($0, $1)] }

  // MARK: What goes out

  /// No cache may store a response with a credential (RFC 6749 section 5.1).
  var uncacheable = [HeaderField("Cache-Control", "no-store"), HeaderField("Pragma", "no-cache")]

  /// RFC 7617 section 2.
  var basicChallenge: @Sendable (_ realm: String) -> [HeaderField] = {
    [HeaderField("WWW-Authenticate", "Basic realm=\"\($0)\", charset=\"UTF-8\"")]
  }

  /// RFC 6750 section 3: with an error code only if a token was sent.
  var bearerChallenge: @Sendable (_ realm: String, BearerRefusal) -> [HeaderField] = { realm, refusal in
    var value = "Bearer realm=\"\(realm)\""
    if let code = refusal.challengeCode { value += ", error=\"\(code)\", error_description=\"\(refusal.description)\"" }
    return [HeaderField("WWW-Authenticate", value)]
  }

  /// Changes the response to a request before it is sent. The correct service changes nothing.
  var write: @Sendable (Store, ServiceRequest, inout ServiceResponse) -> Void = { _, _, _ in }

  // MARK: Connections

  /// How long the response to a request is held back: not at all.
  var delay: @Sendable (ServiceRequest) -> Duration = { _ in .zero }

  /// Whether a client that expects 100 (Continue) gets it (RFC 9110 section 10.1.1).
  var sendsContinue = true

  /// The Content-Length of a body with so many bytes.
  var contentLength: @Sendable (ServiceRequest, Int) -> Int = { _, count in count }

  /// Whether the connection ends after the response to this request.
  var closes: @Sendable (ServiceRequest) -> Bool = { _ in false }
}

extension SimulatedDuration {
  static let day = SimulatedDuration(milliseconds: 86_400_000)
}
