// conform audit: runs the pack against each fault of the reference service, and reports which no scenario notices.

import ArgumentParser
import ConformanceModel
import Execution
import Foundation
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
      a fault was not noticed.
      """
  )

  @Argument(help: "Scenario files or folders.")
  var paths: [String] = ["Scenarios"]

  @Option(name: .long, help: "Only this fault; may be given several times.")
  var fault: [String] = []

  @Option(name: .shortAndLong, help: "How many faults run at the same time.")
  var jobs = 3

  @Option(name: .long, help: "Write the whole matrix, fault by scenario, to this CSV file.")
  var matrix: String?

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
    if let matrix {
      let target = Target.inputFiles(PackFiles.referenceTarget(of: paths))
      try KeptFiles(Library.inputFiles(paths) + target).check(matrix, "--matrix")
    }
  }

  func run() async throws {
    let plan = try PackFiles.plan(paths, target: PackFiles.referenceTarget(of: paths))
    Signals.listen { _ in _exit(ExitStatus.interrupted.rawValue) }
    let faults = fault.isEmpty ? Fault.all : Fault.all.filter { fault.contains($0.name) }
    let baseline = try await AuditBaseline(
      overHTTP: AuditCommand.run(plan, nil), inProcess: AuditCommand.runInProcess(plan, nil))
    try baseline.checkIsJudged()
    let audit = FaultMatrix(
      faults: try await run(plan, faults, baseline),
      scenarios: plan.scenarios.map { ($0.scenario.id, $0.scenario.covers) }
        + plan.invariants.map { ($0.id, $0.covers) },
      baseline: baseline.overHTTP,
      expectations: (plan.scenarios.flatMap { $0.scenario.steps.flatMap(\.allExpectations) }
        + plan.invariants.flatMap(\.expectations)).map { ("\($0.place)", $0.subject.title) })
    Output.write(audit.text(isWhole: verbose, showsDeadWeight: verbose || fault.isEmpty))
    try writeMatrix(audit)
    if !audit.survivors.isEmpty { throw ExitStatus.failed.exitCode }
  }

  private func run(_ plan: Plan, _ faults: [Fault], _ baseline: AuditBaseline) async throws -> [FaultMatrixRow] {
    try await withThrowingTaskGroup(of: (Int, FaultMatrixRow).self) { group in
      var results: [Int: FaultMatrixRow] = [:]
      for (index, fault) in faults.enumerated() {
        if index >= jobs, let (done, result) = try await group.next() { results[done] = result }
        group.addTask {
          return (index, try await AuditCommand.row(plan, fault, baseline))
        }
      }
      for try await (done, result) in group { results[done] = result }
      return results.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  /// The scenarios that detect a fault: without a socket at first, which is faster. A fault that no case fails for may
  /// concern what a connection carries.
  private static func row(_ plan: Plan, _ fault: Fault, _ baseline: AuditBaseline) async throws -> FaultMatrixRow {
    func row(_ run: FaultMatrixRun, _ baseline: FaultMatrixRun) -> FaultMatrixRow {
      FaultMatrixRow(
        name: fault.name, area: fault.area.rawValue, severity: fault.severity.rawValue, sentence: fault.sentence,
        run: run, baseline: baseline)
    }
    let detected = row(try await AuditCommand.runInProcess(plan, fault), baseline.inProcess)
    guard detected.strongest != .failed else { return detected }
    return row(try await AuditCommand.run(plan, fault), baseline.overHTTP)
  }

  private static func configuration(_ fault: Fault?) -> ReferenceServiceConfiguration {
    var configuration = ReferenceServiceConfiguration(managerKey: RandomText.key())
    configuration.faults = fault.map { [$0] } ?? []
    return configuration
  }

  /// Runs the whole pack against a service of its own, without a socket.
  private static func runInProcess(_ plan: Plan, _ fault: Fault?) async throws -> FaultMatrixRun {
    let transport = InProcessTransport(configuration(fault))
    return try await run(plan, transport, url: transport.url, managerKey: transport.managerKey) { transport }
  }

  private static func run(
    _ plan: Plan, _ transport: any Transport, url: String, managerKey: String,
    _ makeTransport: @escaping TransportFactory
  ) async throws -> FaultMatrixRun {
    let listener = AuditListener()
    let session = try TargetSession(
      target: plan.target, transport: transport, makeTransport: makeTransport, redactor: SecretRedactor(),
      environment: [:], launched: ["service": ["url": .string(url), "manager-key": .string(managerKey)]],
      runID: RandomText.identifier())
    _ = await Runner(plan: plan, session: session, options: RunOptions(), listeners: [listener]).run()
    return listener.run
  }

  /// Runs the whole pack against a service of its own.
  private static func run(_ plan: Plan, _ fault: Fault?) async throws -> FaultMatrixRun {
    try await withReferenceService(configuration(fault)) { service in
      var options = HTTPClientOptions()
      // a fault may leave requests without a response
      options.timeout = fault == nil ? 30 : 3
      let client = try HTTPClient(options)
      let run = try await run(plan, client, url: service.url, managerKey: service.managerKey) {
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

/// Keeps the result of each case.
private final class AuditListener: EventListener {
  let readsLines = false
  private let cases = Locked<FaultMatrixRun>([:])

  var run: FaultMatrixRun { cases.withLock { $0 } }

  func handle(_ event: Event, line: [UInt8]) {
    guard case .caseFinished(let record) = event else { return }
    let broken = Set(
      record.findings.filter { $0.kind == .assertion }.compactMap { finding in finding.place.map { "\($0)" } })
    cases.withLock {
      $0[record.planned.id] = FaultMatrixCase(
        scenario: record.planned.scenario, verdict: record.verdict, broken: broken)
    }
  }
}

extension Step {
  /// The expectations of the step and of the steps inside it.
  fileprivate var allExpectations: [Expectation] {
    switch operation {
    case .repeat(_, let steps): expectations + steps.flatMap(\.allExpectations)
    case .concurrently(let branches): expectations + (branches.first ?? []).flatMap(\.allExpectations)
    default: expectations
    }
  }
}
