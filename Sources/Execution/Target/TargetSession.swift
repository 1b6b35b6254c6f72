// A target in use.

public import ConformanceModel
public import HTTPModel
public import JSONValue
public import Redaction

/// Makes a transport with the same options as that of the run.
public typealias TransportFactory = @Sendable () throws -> any Transport

/// Everything that a run uses to communicate with one target. A class, since every case holds it: nothing is copied.
public final class TargetSession: Sendable {
  public let target: Target
  let capabilities: Set<Capability>
  /// Carries all requests of the run, but only to the origins of the target.
  public let transport: any Transport
  public let redactor: SecretRedactor
  let templates: TemplateResolver
  let drivers: DriverFactory
  let clientKeys: ClientKeys
  let madeCertificates = MadeCertificates()
  let patterns = PatternCache()
  /// Finds what the target's responses disclose.
  let secretFinder: SecretFinder
  let createdClients: CreatedClients
  /// `nil` if the target file sets no `rate`.
  let rateLimiter: RateLimiter?
  let stop: StopFlag
  /// The lifetime that a token response promised, in seconds, if the target file leaves it to the responses.
  let observedLifetime = Locked<Int?>(nil)
  /// Why it is not known which values of responses are secrets.
  let doubtedSecrets = Locked<TargetFileSlip?>(nil)
  /// Why the target's clock is not that of its tokens, as soon as a token has shown so.
  let clockDeviation = Locked<String?>(nil)
  /// The names that all cases have; `nil` until a case needs them.
  let knownNames = Locked<[String: JSON]?>(nil)
  private let connectors: [ConnectorRole: Target.Connector]
  private let makeTransport: TransportFactory
  /// The lock protects the transport after a stop, which is made when it is first needed.
  private let spare = Locked<(any Transport)?>(nil)

  /// - Parameters:
  ///   - transport: Carries all requests of the run. The caller shuts it down.
  ///   - makeTransport: Makes another one, with which clients are deleted: that of the run may have been shut down.
  ///   - environment: Environment variables, for `${env.NAME}` and for the programs that the target file names.
  ///   - launched: The values that launching adds: `service`, or `port` and `folder`.
  ///   - runID: A text that no other run has.
  /// - Throws: `TargetError` if the base URL cannot be resolved.
  public init(
    target: Target, transport: any Transport, makeTransport: @escaping TransportFactory, redactor: SecretRedactor,
    environment: [String: String], launched: [String: JSON] = [:], runID: String
  ) throws(TargetError) {
    self.target = target
    capabilities = target.capabilities
    connectors = Dictionary(
      zip(ConnectorRole.allCases, target.connectors).map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
    self.redactor = redactor
    secretFinder = SecretFinder(names: target.credentialNames, ids: target.idNames)
    let stop = StopFlag()
    self.stop = stop
    createdClients = CreatedClients(isEnabled: target.environment == .live)
    rateLimiter = target.rate.map { RateLimiter(rate: $0, stop: stop) }
    // A secret that a launched program and the requests to it share without any configuration.
    let key = RandomText.key()
    redactor.register(key, as: "RUN_KEY")
    let own: [String: JSON] = [
      "env": .object(environment.map { JSON.Member($0.key, .string($0.value)) }),
      "run": ["id": .string(runID), "key": .string(key)],
      "file": .object(target.files.compactMap { file in file.value.literalText.map { .init(file.name, .string($0)) } }),
    ]
    templates = try TemplateResolver(target, values: own.merging(launched) { own, _ in own }, redactor: redactor)
    let origins = OriginPolicy(target, templates)
    let guarded = OriginGuard(transport: transport, policy: origins)
    self.transport = guarded
    self.makeTransport = { OriginGuard(transport: try makeTransport(), policy: origins) }
    clientKeys = ClientKeys(target.token.assertions, templates: templates, redactor: redactor)
    if target.usesPrivateKeys { clientKeys.prepare() }
    let login = target.login.map { [templates, patterns, rateLimiter, makeTransport = self.makeTransport] in
      Login(
        $0, templates: templates, patterns: patterns, redactor: redactor, rateLimiter: rateLimiter, stop: stop,
        transport: guarded, makeTransport: makeTransport)
    }
    drivers = DriverFactory(
      target: target, templates: templates, patterns: patterns, sender: RequestSender(transport: guarded),
      login: login, environment: environment, redactor: redactor, stop: stop)
  }

  /// The target's base URL, without a slash at its end.
  public var baseURL: String { templates.baseURL }

  /// The connector that scenarios name by this role; `nil` if the target has none.
  func connector(_ role: ConnectorRole) -> Target.Connector? { connectors[role] }

  /// The login that precedes requests of a part of the target file; `nil` if there is none.
  func login(for part: Target.LoginPart) -> Login? { drivers.login(for: part) }

  /// The declared value of a behaviour, the lifetime that was observed in its place, or the default.
  func value(of behaviour: Behaviour) -> JSON {
    if behaviour == .tokenLifetime, let seconds = observedLifetime.withLock({ $0 }) { return .int(seconds) }
    return target.value(of: behaviour)
  }

  /// The duration of a wait at this target.
  func duration(of wait: WaitLength) -> SimulatedDuration { wait.resolved(by: value(of:)) }

  /// Ends whatever waits for this target in real time, such as for its start.
  public func giveUp() { stop.set() }

  /// Starts the target's program and waits until it is ready.
  ///
  /// - Parameters:
  ///   - start: The first time of its simulated clock, if it has one.
  ///   - folder: A folder that only this run uses, for the clock's file.
  ///   - output: The file that takes what the program prints.
  /// - Throws: `TargetError` with the last lines that it printed.
  public func launch(
    _ launch: Target.LaunchCommand, at start: SimulatedInstant, folder: String, output: String
  ) async throws(TargetError) -> LaunchedTarget {
    try await LaunchedTarget.start(launch, drivers, at: start, folder: folder, output: output)
  }

  /// Carries the requests of `finally` after the run was stopped: its own transport is shut down then.
  func transportAfterStop() throws -> any Transport {
    try spare.withLock { spare in
      let transport = try spare ?? makeTransport()
      spare = transport
      return transport
    }
  }

  func shutdownTransportAfterStop() async { await spare.withLock { $0 }?.shutdown() }

  /// Deletes a client of this target, outside of any case.
  ///
  /// - Throws: Why the client still exists.
  public func delete(_ client: JSON, _ role: ConnectorRole) async throws {
    try await ClientDeletion(target: target, templates: templates, drivers: drivers, makeTransport: makeTransport)
      .delete(client, role)
  }
}
