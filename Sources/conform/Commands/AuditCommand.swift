// conform audit: runs the pack against each fault of the reference service, and reports which no scenario notices.

import ArgumentParser
import ConformanceModel
import Execution
import Foundation
import HTTPTransport
import JSONValue
import Redaction
import ReferenceService
import Reporting
import RunEvents

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
  }

  func run() async throws {
    let plan = try PackFiles.plan(paths, target: PackFiles.referenceTarget(of: paths))
    Signals.listen { _ in _exit(ExitStatus.interrupted.rawValue) }
    let faults = fault.isEmpty ? Fault.all : Fault.all.filter { fault.contains($0.name) }
    let baseline = try await AuditCommand.run(plan, nil)
    let audit = FaultMatrix(
      faults: try await run(plan, faults, baseline),
      scenarios: plan.scenarios.map { ($0.scenario.id, $0.scenario.covers) }
        + plan.invariants.map { ($0.id, $0.covers) },
      baseline: baseline,
      expectations: (plan.scenarios.flatMap { $0.scenario.steps.flatMap(\.allExpectations) }
        + plan.invariants.flatMap(\.expectations)).map { ("\($0.place)", $0.subject.title) })
    Output.write(audit.text(isWhole: verbose, showsDeadWeight: verbose || fault.isEmpty))
    try writeMatrix(audit)
    if !audit.survivors.isEmpty { throw ExitStatus.failed.exitCode }
  }

  private func run(_ plan: Plan, _ faults: [Fault], _ baseline: FaultMatrixRun) async throws -> [FaultMatrixRow] {
    try await withThrowingTaskGroup(of: (Int, FaultMatrixRow).self) { group in
      var results: [Int: FaultMatrixRow] = [:]
      for (index, fault) in faults.enumerated() {
        if index >= jobs, let (done, result) = try await group.next() { results[done] = result }
        group.addTask {
          let run = try await AuditCommand.run(plan, fault)
          return (
            index,
            FaultMatrixRow(
              name: fault.name, area: fault.area.rawValue, severity: fault.severity.rawValue, sentence: fault.sentence,
              run: run, baseline: baseline)
          )
        }
      }
      for try await (done, result) in group { results[done] = result }
      return results.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  /// Runs the whole pack against a service of its own.
  private static func run(_ plan: Plan, _ fault: Fault?) async throws -> FaultMatrixRun {
    var configuration = ReferenceServiceConfiguration(managerKey: RandomText.key())
    configuration.faults = fault.map { [$0] } ?? []
    let listener = AuditListener()
    return try await withReferenceService(configuration) { service in
      var options = HTTPClientOptions()
      // a fault may leave requests without a response
      options.timeout = 3
      let client = try HTTPClient(options)
      let session = try TargetSession(
        target: plan.target, transport: client, makeTransport: { try HTTPClient(client.options) },
        redactor: SecretRedactor(), environment: [:],
        launched: ["service": ["url": .string(service.url), "manager-key": .string(service.managerKey)]],
        runID: RandomText.identifier())
      _ = await Runner(plan: plan, session: session, options: RunOptions(), listeners: [listener]).run()
      await client.shutdown()
      return listener.run
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
