// The reference service: a real HTTP implementation of the documented behaviour, with a clock that can be moved.

public import ConformanceModel

/// How a reference service is set up.
public struct ReferenceServiceConfiguration: Sendable {
  public var host = "127.0.0.1"
  /// 0 lets the system choose.
  public var port = 0
  /// What has to be shown to manage clients, as a bearer token.
  public var managerKey: String
  /// Where the service's clock stands at first, from 1970 to 9999.
  public var start = SimulatedInstant.documented
  public var connectors = ConnectorDefinition.standard
  /// What it does wrong on purpose, to test a pack.
  public var faults: [Fault] = []

  /// - Parameter managerKey: 256 random bits where none is given.
  public init(managerKey: String? = nil) { self.managerKey = managerKey ?? Secrets.make() }
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

/// Runs the service while `body` runs, then stops it gracefully: requests under way get their answers, for two seconds at most.
///
/// - Throws: `ReferenceServiceError` where it cannot listen, and what `body` throws.
public func withReferenceService<Result>(
  _ configuration: ReferenceServiceConfiguration, _ body: (RunningService) async throws -> Result
) async throws -> Result {
  let server = Server(service: Service(configuration), host: configuration.host, port: configuration.port)
  return try await server.run { url in
    try await body(RunningService(url: url, managerKey: configuration.managerKey))
  }
}
