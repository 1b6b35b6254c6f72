// The behaviours that the documentation leaves to the implementation; a target declares them.

public import JSONValue

/// A point on which implementations may differ. A scenario requires a value with `when`.
public enum Behaviour: String, Sendable, Hashable, CaseIterable {
  case lostSecret = "lost-secret"
  case payloadAccepted = "payload-accepted"
  case tokenLifetime = "token-lifetime"
  case expiryInstant = "expiry-instant"
  case maxPayload = "largest-payload"
  case payloadTooLarge = "payload-too-large"
  case blankPayload = "blank-payload"
  case malformedPayload = "malformed-payload"
  case foreignToken = "foreign-token"
  case failedBodyAuthentication = "failed-body-authentication"
  case basicOnPayload = "basic-on-payload"
  case payloadShape = "payload-shape"
  case expiryLeeway = "expiry-leeway"
  case blankPayloadRefused = "blank-payload-refused"
  case mismatchedPayload = "mismatched-payload"
  case tokensOfDeletedClient = "tokens-of-a-deleted-client"
  case tokensOfReplacedSet = "tokens-of-a-replaced-set"
  case tokenInHeaderAndQuery = "token-in-header-and-query"
  case namelessClient = "nameless-client"
  case secretOnShow = "secret-on-show"
  case otherMethods = "other-methods"
  case replayedAssertion = "replayed-assertion"
  case gzipPayload = "gzip-payload"

  /// The value if a target does not declare the behaviour.
  public var defaultValue: JSON {
    switch self {
    case .lostSecret: "old-set-stays"
    case .payloadAccepted: [200, 201]
    case .tokenLifetime: 86_400
    case .expiryInstant: "exclusive"
    case .maxPayload: 8_000_000
    case .payloadTooLarge: 8_388_609
    case .blankPayload: "refused"
    case .malformedPayload: [400, 422]
    case .foreignToken: [401, 403]
    case .failedBodyAuthentication: [400, 401]
    case .basicOnPayload: "refused"
    case .payloadShape: "raw"
    case .expiryLeeway: 0
    case .blankPayloadRefused, .mismatchedPayload: [422]
    case .tokensOfDeletedClient: "end"
    case .tokensOfReplacedSet: "survive"
    case .tokenInHeaderAndQuery, .namelessClient, .replayedAssertion, .gzipPayload: "either"
    case .secretOnShow: "hidden"
    case .otherMethods: "refused"
    }
  }

  /// The allowed words, or `nil` if the value is a number or statuses.
  public var words: [String]? {
    switch self {
    case .lostSecret: ["old-set-stays", "old-set-dies"]
    case .expiryInstant: ["exclusive", "inclusive", "either"]
    case .blankPayload: ["refused", "accepted"]
    case .basicOnPayload: ["refused", "accepted"]
    case .payloadShape: ["raw", "wrapped"]
    case .tokensOfDeletedClient, .tokensOfReplacedSet: ["end", "survive"]
    case .tokenInHeaderAndQuery: ["either", "refused", "ignored"]
    case .namelessClient, .gzipPayload: ["either", "refused", "accepted"]
    case .secretOnShow: ["hidden", "shown"]
    case .otherMethods: ["refused", "served"]
    case .replayedAssertion: ["either", "refused"]
    default: nil
    }
  }

  /// The statuses that can be declared, if the value is a status or a list of statuses: a request is accepted with 2xx,
  /// and refused with 4xx (RFC 9110 section 15). Any other status would hide the opposite.
  public var statuses: ClosedRange<Int>? {
    switch self {
    case .payloadAccepted: 200...299
    case .malformedPayload, .blankPayloadRefused, .mismatchedPayload, .foreignToken, .failedBodyAuthentication:
      400...499
    default: nil
    }
  }

  /// The numbers that can be declared, if the value is a number.
  public var numbers: ClosedRange<Int> {
    // the last second of a token differs from its first
    (self == .tokenLifetime ? 2 : 0)...4_000_000_000
  }

  /// A description for the guide and the schema.
  public var meaning: String {
    switch self {
    case .lostSecret: "whether the old set still works after a new set is generated for it"
    case .payloadAccepted: "the statuses with which a payload is accepted"
    case .tokenLifetime: "how long a token is valid, in seconds"
    case .expiryInstant:
      "whether a token is still valid in the second of its expiry (inclusive) or not (exclusive); either is not tested"
    case .maxPayload: "a payload of this many bytes must not be refused for its size"
    case .payloadTooLarge: "a payload of this many bytes must be refused with 413"
    case .blankPayload: "what happens to a blank payload"
    case .malformedPayload: "the statuses with which broken JSON is refused"
    case .foreignToken: "the statuses with which a token of another connector is refused"
    case .failedBodyAuthentication: "the statuses of invalid_client if the credentials are in the body"
    case .basicOnPayload: "whether Basic credentials authorise a post to the inbound URL (documented as coming soon)"
    case .payloadShape:
      "whether a payload is posted as it is (raw), or as a string in {\"payload\": …} (wrapped), as in process flows"
    case .expiryLeeway:
      "for how many seconds after its lifetime a token may still be accepted, at most a third of the lifetime"
    case .blankPayloadRefused: "the statuses with which a blank payload is refused"
    case .mismatchedPayload: "the statuses with which a payload that does not match the entity type is refused"
    case .tokensOfDeletedClient: "whether the tokens of a client end when it is deleted"
    case .tokensOfReplacedSet: "whether the tokens of the old set end when a new set is generated for it"
    case .tokenInHeaderAndQuery:
      "whether a post with a token in the header and in the query is refused with 400, or the one in the query ignored"
    case .namelessClient: "whether a client can be created without a name"
    case .secretOnShow:
      "whether showing a client shows its secret again, as RFC 7592 section 3 allows for registered clients"
    case .otherMethods: "what happens to requests by other methods at the token endpoint and the inbound URL"
    case .replayedAssertion:
      "whether an assertion whose jti was used before is refused (RFC 7523 section 3 leaves it to the server)"
    case .gzipPayload: "whether a payload with the content coding gzip is accepted (RFC 9110 sections 8.4 and 15.5.16)"
    }
  }
}

/// A behaviour that a scenario requires: `when: { lost-secret: old-set-stays }`.
public struct BehaviourCondition: Sendable, Hashable {
  public var behaviour: Behaviour
  public var value: JSON

  public init(_ behaviour: Behaviour, _ value: JSON) {
    self.behaviour = behaviour
    self.value = value
  }
}
