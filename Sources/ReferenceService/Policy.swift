// Every decision of the service in one place, each a function with a name.
//
// The endpoints ask; what they get answered here is what a deviation would change.

import Conformance

struct Policy: Sendable {
  // MARK: Tokens

  /// 24 hours of elapsed time, as the documentation says.
  var tokenLifetime: Span { Span(milliseconds: 86_400_000) }

  /// Valid from its issue until strictly before issue + 24 h.
  func isExpired(issuedAt: Instant, now: Instant) -> Bool { now >= issuedAt + tokenLifetime }

  /// `expires_in`, in seconds (RFC 6749 section 5.1).
  var expiresIn: Int64 { tokenLifetime.milliseconds / 1000 }

  var tokenType: String { "Bearer" }

  func makeToken() -> String { Secrets.make() }

  /// Whether a token works at this connector. Where there is no such connector any valid one passes, since what there is
  /// is told only to those who may ask.
  func opens(_ token: Store.Token, _ connector: ConnectorDefinition?) -> Bool { connector == nil || token.connector == connector?.name }

  // MARK: Clients

  /// A connector knows its own clients only.
  func belongs(_ client: Store.Client, to connector: String) -> Bool { client.connector == connector }

  func secretMatches(_ secret: String, _ hash: [UInt8]) -> Bool { Secrets.matches(secret, hash) }

  func makeSecret() -> String { Secrets.make() }

  func makeClientID() -> String { Secrets.makeID("client") }

  /// From 1 to 100 characters that are not all white space.
  func isName(_ name: String) -> Bool { name.count <= 100 && !name.allSatisfy(\.isWhitespace) }

  /// Deleting a client ends its tokens too.
  func survives(_ token: Store.Token, deletionOf client: String) -> Bool { token.client != client }

  // MARK: Grants

  /// Values are case-sensitive (RFC 6749 section 5.2).
  func offers(grant: String) -> Bool { grant == "client_credentials" }

  /// No scopes are defined, so every one asked for is unknown.
  func grants(scope: String) -> Bool { false }

  // MARK: Answers

  func status(of refusal: TokenRefusal) -> Int { refusal.status }
  func status(of refusal: BearerRefusal) -> Int { refusal.status }
  func status(of problem: Problem) -> Int { problem.status }
  /// Received, not yet actioned.
  var acceptedStatus: Int { 201 }

  /// Nothing that carries a credential may be kept by a cache (RFC 6749 section 5.1).
  var uncacheable: [HeaderField] { [HeaderField("Cache-Control", "no-store"), HeaderField("Pragma", "no-cache")] }

  /// RFC 7617 section 2.
  func basicChallenge(realm: String) -> HeaderField { HeaderField("WWW-Authenticate", "Basic realm=\"\(realm)\", charset=\"UTF-8\"") }

  /// RFC 6750 section 3: with an error only where a token was sent.
  func bearerChallenge(realm: String, _ refusal: BearerRefusal) -> HeaderField {
    var value = "Bearer realm=\"\(realm)\""
    if let code = refusal.challengeCode { value += ", error=\"\(code)\", error_description=\"\(refusal.description)\"" }
    return HeaderField("WWW-Authenticate", value)
  }

  // MARK: Payloads

  /// 8 MB as the larger of its two readings, in bytes.
  var largestPayload: Int { 8 << 20 }

  /// Zero bytes, or only white space as JSON and XML have it.
  func isBlank(_ payload: [UInt8]) -> Bool { payload.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }

  func accepts(mediaType: String?, for entity: Entity) -> Bool { mediaType.map(entity.mediaTypes.contains) ?? false }

  func accepts(coding: String) -> Bool { coding == "identity" }

  /// What reaches the inbox of an accepted payload: its very bytes.
  func delivered(_ payload: [UInt8]) -> [UInt8] { payload }
}
