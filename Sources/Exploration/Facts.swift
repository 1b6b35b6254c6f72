// What a target declares, as far as the model depends on it.

public import ConformanceModel
import JSONValue

/// The declared behaviours and capabilities of a target.
public struct Facts: Sendable, Hashable {
  public var capabilities: Set<Capability> = Set(Capability.allCases)
  /// In seconds.
  public var lifetime: Int64 = 86_400
  public var leeway: Int64 = 0
  public var expiryInstant = "exclusive"
  public var oldSetStays = true
  public var tokensEndWithTheirClient = true
  public var tokensEndWithTheirSet = false
  public var foreignToken: [Int] = [401, 403]
  public var failedBody: [Int] = [400, 401]
  public var malformed: [Int] = [400, 422]
  public var mismatched: [Int] = [422]
  public var blank: [Int] = [422]
  public var acceptsBlank = false
  public var servesOtherMethods = false
  public var basicOpensInbound = false
  public var tokenInHeaderAndQuery = "either"
  public var namelessClient = "either"
  public var refusesReplays = false
  public var gzipPayload = "either"
  public var maxPayload = 8_000_000
  public var payloadTooLarge = 8_388_609
  /// The names of the samples of each connector.
  public var samples: [ConnectorRole: Set<String>] = [:]
  /// The connectors whose valid payloads are JSON.
  public var acceptsJSON: Set<ConnectorRole> = []
  /// Whether a client authenticates in the one way for which it is registered (RFC 7591 section 2).
  public var hasOneWayPerClient = false
  /// Whether the model knows how long tokens live.
  public var knowsLifetime = true
  /// Whether clients can be created; a target with fixed credentials has only those.
  public var createsClients: Bool { capabilities.contains(.createClient) }
  public var hasSecondConnector: Bool { capabilities.contains(.secondConnector) }

  public init() {}

  public init(_ target: Target) {
    capabilities = target.capabilities
    func number(_ behaviour: Behaviour) -> Int { target.value(of: behaviour).int ?? 0 }
    func word(_ behaviour: Behaviour) -> String { target.value(of: behaviour).string ?? "" }
    func statuses(_ behaviour: Behaviour) -> [Int] { target.value(of: behaviour).array?.compactMap(\.int) ?? [] }
    lifetime = Int64(number(.tokenLifetime))
    leeway = Int64(number(.expiryLeeway))
    expiryInstant = word(.expiryInstant)
    oldSetStays = word(.lostSecret) == "old-set-stays"
    tokensEndWithTheirClient = word(.tokensOfDeletedClient) == "end"
    tokensEndWithTheirSet = word(.tokensOfReplacedSet) == "end"
    foreignToken = statuses(.foreignToken)
    failedBody = statuses(.failedBodyAuthentication)
    malformed = statuses(.malformedPayload)
    mismatched = statuses(.mismatchedPayload)
    blank = statuses(.blankPayloadRefused)
    acceptsBlank = word(.blankPayload) == "accepted"
    servesOtherMethods = word(.otherMethods) == "served"
    basicOpensInbound = word(.basicOnPayload) == "accepted"
    tokenInHeaderAndQuery = word(.tokenInHeaderAndQuery)
    namelessClient = word(.namelessClient)
    gzipPayload = word(.gzipPayload)
    refusesReplays = word(.replayedAssertion) == "refused"
    maxPayload = number(.maxPayload)
    payloadTooLarge = number(.payloadTooLarge)
    if case .registration = target.clients { hasOneWayPerClient = true }
    knowsLifetime = !target.observesLifetime
    for role in ConnectorRole.allCases {
      samples[role] = Set(target.connector(role)?.payloads.map(\.name) ?? [])
      let valid = target.connector(role)?.payloads.first { $0.name == "valid" }
      if valid?.isJSON == true { acceptsJSON.insert(role) }
    }
  }
}

extension Target.Sample {
  /// Whether it is sent as `application/json`.
  fileprivate var isJSON: Bool {
    switch payload {
    case .json: contentType == nil || contentType == "application/json"
    default: contentType == "application/json"
    }
  }
}
