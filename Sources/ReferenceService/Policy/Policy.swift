// Every decision of the service in one place, each with a name.
//
// The endpoints ask; what is answered here is the documented behaviour. A fault puts another answer in one of these places,
// and nowhere else: no other file knows that there are faults.

import ConformanceModel
import HTTPModel
import JSONValue

struct Policy: Sendable {
  // MARK: What comes in

  /// Reads the head of a request. The correct service takes it as it was sent.
  var readHead: @Sendable (inout ServiceRequest) -> Void = { _ in }

  /// Reads the whole request.
  var readBody: @Sendable (inout ServiceRequest) -> Void = { _ in }

  // MARK: Tokens

  var tokenType = "Bearer"

  /// `expires_in`, in seconds (RFC 6749 section 5.1).
  var expiresIn: JSON = 86_400

  var makeToken: @Sendable (Store.Client, SimulatedInstant) -> String = { _, _ in Secrets.make() }

  /// When a token that is issued now ends: 24 hours of elapsed time, as the documentation says.
  var expiry: @Sendable (Store.Client, SimulatedInstant) -> SimulatedInstant = { _, now in now + .day }

  /// Valid from its issue until strictly before the instant of its expiry.
  var isExpired: @Sendable (Store.Token, SimulatedInstant) -> Bool = { token, now in now >= token.expiresAt }

  /// Whether expired tokens are remembered when the clock moves on.
  var remembersExpiredTokens = false

  /// The part of a token by which it is told from others: all of it.
  var tokenForm: @Sendable (String) -> String = { $0 }

  /// Whether a token works at this connector. Where there is no such connector any valid one passes, since what there is
  /// is told only to those who may ask.
  var tokenIsValid: @Sendable (Store.Token, ConnectorDefinition?) -> Bool = { token, connector in
    connector == nil || token.connector == connector?.name
  }

  /// What else happens where a token, known by its hash, was issued: nothing. Every one stands by itself.
  var issued: @Sendable (inout Store.State, [UInt8]) -> Void = { _, _ in }

  /// What else happens where a token was used: nothing.
  var used: @Sendable (inout Store.State, [UInt8]) -> Void = { _, _ in }

  /// Why this request is not let in after all, where its head calls for this refusal.
  var refusal: @Sendable (BearerRefusal, ServiceRequest) -> BearerRefusal? = { refusal, _ in refusal }

  /// Whether a client may revoke a token: its own alone (RFC 7009 section 2.1).
  var mayRevoke: @Sendable (Store.Token, Store.Client) -> Bool = { token, client in token.client == client.id }

  /// Whether a revoked token is good no more.
  var endsAtRevocation = true

  /// Whether a client is told that a token is good: one of its connector that has not expired.
  var isActive: @Sendable (Store.Token, Store.Client, SimulatedInstant) -> Bool = { token, client, now in
    token.connector == client.connector && now < token.expiresAt
  }

  // MARK: Clients

  /// A connector knows its own clients only, however old they are.
  var belongs: @Sendable (Store.Client, _ connector: String, SimulatedInstant) -> Bool = { client, connector, _ in
    client.connector == connector
  }

  /// The parts of id and secret by which they are told from others: all of them.
  var idForm: @Sendable (String) -> String = { $0 }
  var secretForm: @Sendable (String) -> String = { $0 }

  /// Whether this secret, in its form, is the client's. Without a client it takes as long as with one.
  var secretMatches: @Sendable (String, Store.Client?) -> Bool = { secret, client in
    Secrets.matches(secret, client?.secretHash ?? Secrets.nobody) && client != nil
  }

  var makeSecret: @Sendable () -> String = { Secrets.make() }
  var makeClientID: @Sendable () -> String = { Secrets.makeID("client") }

  /// From 1 to 100 characters that are not all white space.
  var isName: @Sendable (String) -> Bool = { $0.count <= 100 && !$0.allSatisfy(\.isWhitespace) }

  /// Whether whoever sent this may manage clients: they know the key.
  var mayManage: @Sendable (_ knowsKey: Bool, ServiceRequest) -> Bool = { knowsKey, _ in knowsKey }

  /// What else happens where a client was added, for a lost one or anew: nothing. The old set stays until it is deleted.
  var added: @Sendable (inout Store.State, _ client: Store.Client, _ lost: Store.Client?) -> Void = { _, _, _ in }

  /// Whether a token goes on when a client is deleted: others' do.
  var survives: @Sendable (Store.Token, _ deleted: Store.Client) -> Bool = { token, deleted in
    token.client != deleted.id
  }

  /// What else happens where a client was deleted: nothing.
  var deleted: @Sendable (inout Store.State, Store.Client) -> Void = { _, _ in }

  // MARK: Grants

  /// Values are case-sensitive (RFC 6749 section 5.2).
  var supportsGrant: @Sendable (_ grant: String) -> Bool = { $0 == "client_credentials" }

  /// No scopes are defined, so every one asked for is unknown.
  var grants: @Sendable (_ scope: String) -> Bool = { _ in false }

  // MARK: Payloads

  /// 8 MB as the larger of its two readings, in bytes.
  var maxPayload = 8 << 20

  /// Zero bytes, or only white space as JSON and XML have it.
  var isBlank: @Sendable ([UInt8]) -> Bool = { $0.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }

  var accepts: @Sendable (_ mediaType: String?, Entity) -> Bool = { mediaType, entity in
    mediaType.map(entity.mediaTypes.contains) ?? false
  }

  var decodes: @Sendable (_ coding: String) -> Bool = { $0 == "identity" }

  /// Whether a payload is taken in spite of what is wrong with it.
  var toleratesPayload: @Sendable (ServiceProblem) -> Bool = { _ in false }

  /// Received, not yet actioned.
  var acceptedStatus = 201

  /// What reaches which inbox of an accepted payload: it alone, its very bytes, its own.
  var deliveries:
    @Sendable (ReceivedPayloads.Payload, _ connector: String) -> [(
      payload: ReceivedPayloads.Payload, connector: String
    )] = { [($0, $1)] }

  // MARK: What goes out

  /// Nothing that carries a credential may be kept by a cache (RFC 6749 section 5.1).
  var uncacheable = [HeaderField("Cache-Control", "no-store"), HeaderField("Pragma", "no-cache")]

  /// RFC 7617 section 2.
  var basicChallenge: @Sendable (_ realm: String) -> [HeaderField] = {
    [HeaderField("WWW-Authenticate", "Basic realm=\"\($0)\", charset=\"UTF-8\"")]
  }

  /// RFC 6750 section 3: with an error only where a token was sent.
  var bearerChallenge: @Sendable (_ realm: String, BearerRefusal) -> [HeaderField] = { realm, refusal in
    var value = "Bearer realm=\"\(realm)\""
    if let code = refusal.challengeCode { value += ", error=\"\(code)\", error_description=\"\(refusal.description)\"" }
    return [HeaderField("WWW-Authenticate", value)]
  }

  /// Writes the answer to a request. The correct service sends it as it was made.
  var write: @Sendable (Service, ServiceRequest, inout ServiceResponse) -> Void = { _, _, _ in }

  // MARK: Connections

  /// Whether a client that waits for leave to send its body is given it (RFC 9110 section 10.1.1).
  var sendsContinue = true

  /// What Content-Length says of a body of so many bytes.
  var contentLength: @Sendable (ServiceRequest, Int) -> Int = { _, count in count }

  /// Whether the connection ends after this answer.
  var closes: @Sendable (ServiceRequest) -> Bool = { _ in false }
}

extension SimulatedDuration {
  static let day = SimulatedDuration(milliseconds: 86_400_000)
}
