// The reference service: a real HTTP implementation of the documented behaviour, with a clock that can be moved.

public import Conformance

/// How a reference service is set up.
public struct ReferenceServiceConfiguration: Sendable {
  public var host = "127.0.0.1"
  /// 0 lets the system choose.
  public var port = 0
  /// What has to be shown to manage clients, as a bearer token.
  public var managerKey: String
  /// Where the service's clock stands at first.
  public var start = Instant.documented
  public var connectors = ConnectorDefinition.standard

  public init(managerKey: String) { self.managerKey = managerKey }
}

/// A connector: its name, the company in its inbound URL, and what its payloads must be like.
public struct ConnectorDefinition: Sendable, Hashable {
  public var name: String
  public var company: String
  public var entity: Entity

  public init(name: String, company: String, entity: Entity) {
    self.name = name
    self.company = company
    self.entity = entity
  }

  public static let standard = [
    ConnectorDefinition(name: "orders", company: "acme", entity: .order),
    ConnectorDefinition(name: "products", company: "acme", entity: .product),
  ]

  /// `/v1/{company}/{service}`
  var inboundPath: String { "/v1/\(company)/\(name)" }
  var tokenPath: String { "/connectors/\(name)/oauth/token" }
}

/// A service that listens.
public struct RunningService: Sendable {
  /// `http://127.0.0.1:PORT`
  public let url: String
  public let managerKey: String
}

/// Why the service could not be started.
public struct ReferenceServiceError: Error, Sendable, CustomStringConvertible {
  public let description: String
}

/// Runs the service while `body` runs, then stops it gracefully.
///
/// - Throws: `ReferenceServiceError` where it cannot listen, and what `body` throws.
public func withReferenceService<Result: Sendable>(
  _ configuration: ReferenceServiceConfiguration, _ body: @Sendable (RunningService) async throws -> Result
) async throws -> Result {
  let service = Service(configuration)
  return try await Server(service: service, configuration: configuration).run { port in
    try await body(RunningService(url: "http://\(configuration.host):\(port)", managerKey: configuration.managerKey))
  }
}
