// conform audit: runs the pack against each fault of the reference service, and reports which no scenario notices.

import ArgumentParser
import ConformanceModel
import Execution
import Glibc
import HTTPModel
import HTTPTransport
import JSONValue
import Redaction
import ReferenceService
import Reporting
import RunEvents
import ScenarioFiles

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Runs the pack against each fault of the reference service, and shows which no scenario notices.",
    discussion: """
      F: a scenario failed; E: a case could not be judged; W: only a warning; !: not noticed. The exit status is 1 if \
      a fault was not noticed. A run ends with the first failure; --verbose, --matrix and --fault run all cases. With \
      --verbose or --matrix and all faults, the exit status is also 1 if an expectation failed with none of them. \
      --explore lets conform explore look for what the pack misses, or for all faults without the pack.
      """
  )

  @OptionGroup var packs: PackOptions

  private var paths: [String] { packs.paths }

  @Option(name: .long, help: "Only this fault; may be given several times.")
  var fault: [String] = []

  @Option(name: .shortAndLong, help: "How many faults run at the same time.")
  var jobs = 3

  @Option(name: .long, help: ArgumentHelp("Only part I of N of the faults.", valueName: "i/n"))
  var shard: ShardOption?

  @Option(name: .long, help: "Write the whole matrix, fault by scenario, to this CSV file.")
  var matrix: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Also explore each fault that the pack misses ('missed'), or every fault, without the pack ('all').",
      valueName: "missed|all"))
  var explore: ExploredFaults?

  @Option(name: .customLong("explore-limit"), help: "The time for exploring one fault.")
  var exploreLimit = "10s"

  @Flag(
    name: .shortAndLong,
    help:
      "Show the scenarios that noticed a fault, expectations that no fault breaks, and faults noticed only once."
  )
  var verbose = false

  func validate() throws {
    for name in fault where Fault.named(name) == nil {
      throw ValidationError("unknown fault '\(name)'; 'conform serve --list-faults' shows all")
    }
    guard (1...64).contains(jobs) else { throw ValidationError("--jobs must be from 1 to 64") }
    guard (try? SimulatedDuration(parsing: exploreLimit)) != nil else {
      throw ValidationError("--explore-limit must be a duration such as 10s")
    }
    if let matrix {
      let target = Target.inputFiles(PackFiles.referenceTarget(of: paths))
      try KeptFiles(Library.inputFiles(paths) + target).check(matrix, "--matrix")
    }
  }

  /// Whether all scenarios that notice a fault are wanted, not only the first.
  private var needsWholeRuns: Bool { verbose || matrix != nil || !fault.isEmpty }

  /// The faults of this part: every n-th, since faults of one kind take about the same time.
  private var faults: [Fault] {
    let named = fault.isEmpty ? Fault.all : Fault.all.filter { fault.contains($0.name) }
    guard let shard else { return named }
    return named.enumerated().filter { $0.offset % shard.count == shard.index - 1 }.map(\.element)
  }

  func run() async throws {
    let plans = try AuditPlans(paths)
    let plan = plans.inProcess
    Signals.listen { _ in _exit(ExitStatus.interrupted.rawValue) }
    if explore == .all {
      let rows = try await explored(faults, plans.overHTTP.target)
      Output.write(FaultExploration.summary(rows))
      if rows.contains(where: { !$0.isNoticed }) { throw ExitStatus.failed.exitCode }
      return
    }
    let baseline = try await AuditBaseline(
      overHTTP: AuditCommand.run(plans.overHTTP, nil, AuditListener()),
      inProcess: AuditCommand.runInProcess(plans.inProcess, nil, AuditListener()))
    try baseline.checkIsJudged()
    let audit = FaultMatrix(
      faults: try await run(plans, faults, baseline),
      scenarios: plan.scenarios.map { ($0.scenario.id, $0.scenario.covers) }
        + plan.invariants.map { ($0.id, $0.covers) },
      baseline: baseline.inProcess,
      expectations: expectations(of: plan))
    Output.write(audit.text(isWhole: verbose, showsDeadWeight: hasWholeMatrix || verbose))
    try writeMatrix(audit)
    if explore == .missed {
      let missed = Set(audit.survivors.map(\.name))
      let rows = try await explored(faults.filter { missed.contains($0.name) }, plans.overHTTP.target)
      Output.write(FaultExploration.summary(rows))
    }
    if audit.hasGaps(ofAllFaults: hasWholeMatrix) { throw ExitStatus.failed.exitCode }
  }

  /// Whether every fault meets every case, so that an expectation that never fails shows a gap of the pack.
  private var hasWholeMatrix: Bool { needsWholeRuns && fault.isEmpty && shard == nil }

  private func expectations(of plan: Plan) -> [AuditedExpectation] {
    let available = plan.target.capabilities
    let scenarios = plan.scenarios.flatMap { entry in
      entry.scenario.steps.flatMap { $0.expectations(at: plan.target, available) }.map { (entry.scenario.id, $0) }
    }
    let invariants = plan.invariants.flatMap { invariant in invariant.expectations.map { (invariant.id, $0) } }
    return (scenarios + invariants).map { id, expectation in
      AuditedExpectation(scenario: id, place: "\(expectation.place)", subject: expectation.subject.title)
    }
  }

  private func explored(_ faults: [Fault], _ target: Target) async throws -> [FaultExploration.Row] {
    let exploration = FaultExploration(
      target: target, library: try PackFiles.library(paths),
      limit: try Double(SimulatedDuration(parsing: exploreLimit).milliseconds) / 1000)
    return try await exploration.rows(of: faults, jobs: jobs)
  }

  private func run(_ plans: AuditPlans, _ faults: [Fault], _ baseline: AuditBaseline) async throws -> [FaultMatrixRow] {
    try await withThrowingTaskGroup(of: (Int, FaultMatrixRow).self) { group in
      var results: [Int: FaultMatrixRow] = [:]
      for (index, fault) in faults.enumerated() {
        if index >= jobs, let (done, result) = try await group.next() { results[done] = result }
        group.addTask {
          return (index, try await row(plans, fault, baseline))
        }
      }
      for try await (done, result) in group { results[done] = result }
      return results.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  /// The scenarios that detect a fault: the likely ones at first, then all, without a socket, which is faster. A fault that
  /// no case notices, or not as much as it should, may concern what a connection carries.
  private func row(_ plans: AuditPlans, _ fault: Fault, _ baseline: AuditBaseline) async throws -> FaultMatrixRow {
    func row(_ run: FaultMatrixRun, _ baseline: FaultMatrixRun) -> FaultMatrixRow {
      FaultMatrixRow(
        name: fault.name, area: fault.area.rawValue, severity: fault.severity.rawValue, sentence: fault.sentence,
        run: run, baseline: baseline)
    }
    func listener(_ baseline: FaultMatrixRun) -> AuditListener {
      needsWholeRuns ? AuditListener() : AuditListener(endsWithFailureBeyond: baseline)
    }
    let whole = plans.inProcess
    for plan in needsWholeRuns ? [whole] : [plans.likely.plan(for: fault), whole] {
      let detected = row(
        try await AuditCommand.runInProcess(plan, fault, listener(baseline.inProcess)), baseline.inProcess)
      if detected.strongest == .failed || detected.strongest == .warned && !detected.survives { return detected }
    }
    return row(
      try await AuditCommand.run(plans.overHTTP, fault, listener(baseline.overHTTP)), baseline.overHTTP)
  }

  private static func configuration(_ fault: Fault?) -> ReferenceServiceConfiguration {
    var configuration = ReferenceServiceConfiguration(managerKey: RandomText.key())
    configuration.faults = fault.map { [$0] } ?? []
    return configuration
  }

  /// Runs the whole pack against a service of its own, without a socket.
  private static func runInProcess(
    _ plan: Plan, _ fault: Fault?, _ listener: AuditListener
  ) async throws -> FaultMatrixRun {
    var configuration = configuration(fault)
    if plan.target.launch == .referenceService(tls: true) { configuration.identity = try ServiceIdentity.made() }
    let transport = InProcessTransport(configuration)
    return try await run(plan, transport, url: transport.url, managerKey: transport.managerKey, listener) { transport }
  }

  private static func run(
    _ plan: Plan, _ transport: any Transport, url: String, managerKey: String, _ listener: AuditListener,
    _ makeTransport: @escaping TransportFactory
  ) async throws -> FaultMatrixRun {
    let session = try TargetSession(
      target: plan.target, transport: transport, makeTransport: makeTransport, redactor: SecretRedactor(),
      environment: [:], launched: ["service": ["url": .string(url), "manager-key": .string(managerKey)]],
      runID: RandomText.identifier())
    let runner = Runner(plan: plan, session: session, options: RunOptions(), listeners: [listener])
    listener.stops(runner)
    _ = await runner.run()
    return listener.run
  }

  /// Runs the whole pack against a service of its own.
  private static func run(
    _ plan: Plan, _ fault: Fault?, _ listener: AuditListener
  ) async throws -> FaultMatrixRun {
    try await withReferenceService(configuration(fault)) { service in
      var options = HTTPClientOptions()
      // a fault may leave requests without a response
      options.timeout = fault == nil ? 30 : 3
      let client = try HTTPClient(options)
      let run = try await run(plan, client, url: service.url, managerKey: service.managerKey, listener) {
        try HTTPClient(client.options)
      }
      await client.shutdown()
      return run
    }
  }

  private func writeMatrix(_ audit: Reporting.FaultMatrix) throws {
    guard let matrix else { return }
    do throws(ReportError) {
      try ReportFile.write(audit.csv, to: matrix)
    } catch {
      Output.error(error.description)
      throw ExitStatus.couldNotRun.exitCode
    }
  }
}

/// The pack, at the two forms of the reference service.
private struct AuditPlans {
  let overHTTP: Plan
  /// With TLS, of which only the certificates are there: they need no socket.
  let inProcess: Plan
  let likely: LikelyScenarios

  init(_ paths: [String]) throws {
    let target = PackFiles.referenceTarget(of: paths),
      secure = target.replacing("reference.yaml", with: "reference-tls.yaml")
    overHTTP = try PackFiles.plan(paths, target: target)
    inProcess = Library.hasFile(secure) ? try PackFiles.plan(paths, target: secure) : overHTTP
    likely = LikelyScenarios(inProcess)
  }
}

/// The runs without a fault.
private struct AuditBaseline {
  var overHTTP: FaultMatrixRun
  var inProcess: FaultMatrixRun

  /// - Throws: If cases could not be judged: that no scenario detects a fault would mean nothing.
  func checkIsJudged() throws {
    let errored = overHTTP.filter { $0.value.verdict == .errored }.keys.sorted()
    guard let first = errored.first else { return }
    Output.error(
      "not judged: \(errored.count.counted("case")) of the run without a fault could not be judged, such as \(first); "
        + "'conform run' shows why")
    throw ExitStatus.couldNotRun.exitCode
  }
}

/// Keeps the result of each case, and ends the run with the first failure that a run without the fault does not have.
private final class AuditListener: EventListener {
  private struct State {
    var cases: FaultMatrixRun = [:]
    var runner: Runner?
    var hasEnded = false
  }

  let readsLines = false
  /// `nil` if the run goes on to its end.
  private let baseline: FaultMatrixRun?
  /// The lock protects the results: cases end on several threads.
  private let state = Locked(State())

  init(endsWithFailureBeyond baseline: FaultMatrixRun? = nil) { self.baseline = baseline }

  var run: FaultMatrixRun { state.withLock { $0.cases } }

  /// The run that a failure ends.
  func stops(_ runner: Runner) { if baseline != nil { state.withLock { $0.runner = runner } } }

  func handle(_ event: Event, line: [UInt8]) {
    guard case .caseFinished(let record) = event else { return }
    let broken = Set(
      record.findings.filter { $0.kind == .assertion }.compactMap { finding in finding.place.map { "\($0)" } })
    let isEnd = record.verdict == .failed && baseline.map { $0[record.planned.id]?.verdict != .failed } == true
    let runner = state.withLock { state -> Runner? in
      // what ends after that was cut short
      guard !state.hasEnded else { return nil }
      state.cases[record.planned.id] = FaultMatrixCase(
        scenario: record.planned.scenario, verdict: record.verdict, broken: broken, reason: record.reason)
      guard isEnd else { return nil }
      state.hasEnded = true
      defer { state.runner = nil }
      return state.runner
    }
    runner?.stop("the fault is noticed")
  }
}

extension Step {
  /// The expectations of the step and of the steps inside it, without what is left out at this target. That a step
  /// without `expect` succeeds is no promise of its scenario.
  fileprivate func expectations(at target: Target, _ available: Set<Capability>) -> [Expectation] {
    guard when?.obstacle(at: target, available) == nil else { return [] }
    return switch operation {
    case .repeat(_, let steps): expectations + steps.flatMap { $0.expectations(at: target, available) }
    case .concurrently(let branches):
      expectations + branches.joined().flatMap { $0.expectations(at: target, available) }
    default: isJudging ? expectations : []
    }
  }
}
