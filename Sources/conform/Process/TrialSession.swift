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
  /// Stops the trial that runs.
  var stopping: EarlyStop?

  func run(_ scenarios: [Scenario]) async throws -> [String: Outcome] {
    let plan = Plan(scenarios: scenarios, requirements: [], target: target)
    var configuration = ReferenceServiceConfiguration(managerKey: RandomText.key())
    configuration.faults = faults
    switch target.launch {
    case .referenceService where isInProcess:
      let service = InProcessTransport(configuration)
      return try await run(plan, service, launched: values(service.url, service.managerKey)) { service }
    case .referenceService:
      return try await withReferenceService(configuration) { service in
        try await runByHTTP(plan, launched: values(service.url, service.managerKey))
      }
    case .command(let command):
      let folder = try LaunchFolder()
      defer { folder.remove() }
      return try await runByHTTP(
        plan, launched: try LaunchedTarget.values(for: command, folder: folder.path), command, folder.path)
    case nil: return try await runByHTTP(plan, launched: [:])
    }
  }

  private func values(_ url: String, _ key: String) -> [String: JSON] {
    ["service": ["url": .string(url), "manager-key": .string(key)]]
  }

  private func runByHTTP(
    _ plan: Plan, launched: [String: JSON], _ command: Target.LaunchCommand? = nil, _ folder: String = ""
  ) async throws -> [String: Outcome] {
    var options = transport
    options.httpVersion = target.httpVersion ?? .http1
    let room = try OpenFiles.connections(
      max(jobs, options.maxConnections), hasBothEnds: target.launch == .referenceService)
    options.maxConnections = min(max(jobs, options.maxConnections), room)
    options.maxOpenConnections = room
    let client = try HTTPClient(options)
    do {
      let outcomes = try await run(plan, client, launched: launched, command, folder) { try HTTPClient(client.options) }
      await client.shutdown()
      return outcomes
    } catch {
      await client.shutdown()
      throw error
    }
  }

  private func run(
    _ plan: Plan, _ transport: any Transport, launched: [String: JSON], _ command: Target.LaunchCommand? = nil,
    _ folder: String = "", _ makeTransport: @escaping TransportFactory
  ) async throws -> [String: Outcome] {
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
    let listener = OutcomeListener()
    let runner = Runner(plan: plan, session: session, options: options, clock: program?.clock, listeners: [listener])
    stopping?.connect { runner.stop($0) }
    let unusable = await runner.run()
    await program?.stop()
    if let unusable { throw unusable }
    return listener.outcomes
  }
}

/// Keeps the outcome of each case.
private final class OutcomeListener: EventListener {
  let readsLines = false
  /// The lock protects the outcomes: cases end on several threads.
  private let state = Locked<[String: Outcome]>([:])

  var outcomes: [String: Outcome] { state.withLock { $0 } }

  func handle(_ event: Event, line: [UInt8]) {
    guard case .caseFinished(let record) = event else { return }
    let outcome = OutcomeListener.outcome(of: record)
    state.withLock { $0[record.planned.scenario] = outcome }
  }

  private static func outcome(of record: CaseRecord) -> Outcome {
    switch record.verdict {
    case .passed: return .agrees
    case .skipped, .pending: return .notJudged(record.reason ?? record.verdict.rawValue)
    case .failed, .warned, .errored: break
    }
    // a service that does not respond, or not in HTTP, does not conform; what conform cannot do says nothing about it
    guard let finding = record.findings.first(where: { $0.kind != .internal }), let place = finding.place else {
      return .notJudged(record.findings.first?.message ?? record.verdict.rawValue)
    }
    return .disagrees(operation: place.line - 1, text: finding.message)
  }
}
