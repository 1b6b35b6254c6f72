// The reference service: an HTTP implementation of the documented behaviour, with a clock that can be advanced.

public import ConformanceModel

/// How a reference service is set up.
public struct ReferenceServiceConfiguration: Sendable {
  public var host = "127.0.0.1"
  /// 0 lets the system choose.
  public var port = 0
  /// Host names by which clients address the service, in addition to `host` and those of the loopback interface.
  public var allowedHosts: [String] = []
  /// The bearer token for client management.
  public var managerKey: String
  /// The first instant of the service's clock, from 1970 to 9999.
  public var start = SimulatedInstant.documented
  public var connectors = ConnectorDefinition.standard
  /// With one, the service takes TLS connections only, and clients may authenticate by certificates.
  public var identity: ServiceIdentity?
  /// Deliberate deviations from the documented behaviour, to test a pack.
  public var faults: [Fault] = []
  /// Elapsed time of a monotonic clock, for delays between attempts to sign in.
  var elapsed: @Sendable () -> Duration = {
    let start = ContinuousClock.now
    return { start.duration(to: .now) }
  }()

  /// - Parameter managerKey: 256 random bits by default.
  public init(managerKey: String? = nil) { self.managerKey = managerKey ?? Secrets.make() }
}

/// A service that accepts connections.
public struct RunningService: Sendable {
  /// `http://127.0.0.1:PORT`, or with `https`.
  public let url: String
  public let managerKey: String
}

/// Why the service could not be started.
public struct ReferenceServiceError: Error, Sendable, CustomStringConvertible {
  public let description: String
}

/// Runs the service while `body` runs, then stops it gracefully: requests in progress have two seconds to finish.
///
/// - Throws: `ReferenceServiceError` if it cannot listen or cannot use its certificate, and what `body` throws.
public func withReferenceService<Result>(
  _ configuration: ReferenceServiceConfiguration, _ body: (RunningService) async throws -> Result
) async throws -> Result {
  let server = Server(
    service: Service(configuration, host: configuration.host), host: configuration.host, port: configuration.port,
    identity: configuration.identity)
  return try await server.run { url in
    try await body(RunningService(url: url, managerKey: configuration.managerKey))
  }
}
