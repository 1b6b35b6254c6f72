// Runs scenarios that no file has, with the ordinary runner, and reduces their results to outcomes.

import ConformanceModel
import Execution
import Exploration
import HTTPModel
import HTTPTransport
import JSONValue
import Redaction
import ReferenceService
import RunEvents

/// Runs trials against a target. What conform launches is launched for each trial, so that each starts anew.
struct TrialSession {
  let target: Target
  /// The faults of the reference service, if the target launches it.
  var faults: [Fault] = []
  /// Without a socket, which is faster. For the reference service only.
  var isInProcess = false
  var transport = HTTPClientOptions()
  var jobs = RunOptions().jobs
  let environment: [String: String]
  /// The requirements with their levels.
  var requirements: [Requirement] = []
  /// Evaluated on every exchange, as in other runs.
  var invariants: [Invariant] = []
  /// Stops the trial that runs.
  var stopping: EarlyStop?

  func run(_ scenarios: [Scenario]) async throws -> [String: Outcome] {
    let listener = OutcomeListener()
    try await run(scenarios, listener)
    return listener.outcomes
  }

  /// Runs scenarios, and returns what each of their steps did.
  func record(_ scenarios: [Scenario]) async throws -> [String: [StepOutcome]] {
    let listener = StepListener()
    try await run(scenarios, listener)
    return listener.steps
  }

  private func run(_ scenarios: [Scenario], _ listener: any EventListener) async throws {
    let plan = Plan(scenarios: scenarios, requirements: requirements, invariants: invariants, target: target)
    var configuration = ReferenceServiceConfiguration(managerKey: RandomText.key())
    configuration.faults = faults
    if case .referenceService(tls: true) = target.launch { configuration.identity = try ServiceIdentity.made() }
    let authority = configuration.identity?.certificate
    switch target.launch {
    case .referenceService where isInProcess:
      let service = InProcessTransport(configuration)
      try await run(plan, listener, service, launched: values(service.url, service.managerKey)) { service }
    case .referenceService:
      try await withReferenceService(configuration) { service in
        try await runByHTTP(plan, listener, launched: values(service.url, service.managerKey), trusting: authority)
      }
    case .command(let command):
      let folder = try LaunchFolder()
      defer { folder.remove() }
      try await runByHTTP(
        plan, listener, launched: try LaunchedTarget.values(for: command, folder: folder.path), command, folder.path)
    case nil: try await runByHTTP(plan, listener, launched: [:])
    }
  }

  private func values(_ url: String, _ key: String) -> [String: JSON] {
    ["service": ["url": .string(url), "manager-key": .string(key)]]
  }

  private func runByHTTP(
    _ plan: Plan, _ listener: any EventListener, launched: [String: JSON], _ command: Target.LaunchCommand? = nil,
    _ folder: String = "", trusting authority: String? = nil
  ) async throws {
    var options = transport
    if options.caFile == nil { options.authority = authority }
    options.httpVersion = target.httpVersion ?? .http1
    let room = try OpenFiles.connections(
      max(jobs, options.maxConnections), hasBothEnds: target.launch?.isReferenceService == true)
    options.maxConnections = min(max(jobs, options.maxConnections), room)
    options.maxOpenConnections = room
    let client = try HTTPClient(options)
    do {
      try await run(plan, listener, client, launched: launched, command, folder) { try HTTPClient(client.options) }
      await client.shutdown()
    } catch {
      await client.shutdown()
      throw error
    }
  }

  private func run(
    _ plan: Plan, _ listener: any EventListener, _ transport: any Transport, launched: [String: JSON],
    _ command: Target.LaunchCommand? = nil, _ folder: String = "", _ makeTransport: @escaping TransportFactory
  ) async throws {
    let redactor = SecretRedactor()
    if let key = launched["service"]?["manager-key"]?.string { redactor.register(key, as: "MANAGER_KEY") }
    let session = try TargetSession(
      target: target, transport: transport, makeTransport: makeTransport, redactor: redactor,
      environment: environment, launched: launched, runID: RandomText.identifier())
    var options = RunOptions()
    options.jobs = jobs
    options.defersEvents = true
    let program =
      if let command {
        try await session.launch(command, at: options.start, folder: folder, output: Path.join(folder, "target.log"))
      } else { nil as LaunchedTarget? }
    let runner = Runner(plan: plan, session: session, options: options, clock: program?.clock, listeners: [listener])
    stopping?.connect { runner.stop($0) }
    let unusable = await runner.run()
    await program?.stop()
    if let unusable { throw unusable }
  }
}
