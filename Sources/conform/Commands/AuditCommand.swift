// conform audit: plays the pack against each fault of the reference service, and says which one nobody notices.

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
    abstract: "Plays the pack against each fault of the reference service, and says which one no scenario notices.",
    discussion:
      "F: a scenario failed; E: one could not be played; W: only a warning; !: nobody noticed. Exit status 1 where a fault was not noticed."
  )

  @Argument(help: "Scenario files or folders.")
  var paths: [String] = ["Scenarios"]

  @Option(name: .long, help: "Only this fault; may be given several times.")
  var fault: [String] = []

  @Option(name: .shortAndLong, help: "How many faults are played at a time.")
  var jobs = 3

  @Option(name: .long, help: "Write the whole matrix, fault by scenario, into this file (comma-separated values).")
  var matrix: String?

  @Flag(
    name: .shortAndLong,
    help:
      "Name every scenario that noticed a fault, every expectation that broke with none, and what one scenario holds alone."
  )
  var verbose = false

  func validate() throws {
    for name in fault where Fault.named(name) == nil {
      throw ValidationError("there is no fault '\(name)'; 'conform serve --list-faults' shows those that there are")
    }
    guard (1...64).contains(jobs) else { throw ValidationError("--jobs must be from 1 to 64") }
  }

  func run() async throws {
    let plan = try SelectionOptions.plan(paths: paths, target: SelectionOptions.reference(of: paths))
    Signals.listen { _ in _exit(Status.interrupted.rawValue) }
    let faults = fault.isEmpty ? Fault.all : Fault.all.filter { fault.contains($0.name) }
    let baseline = try await AuditCommand.play(plan, nil)
    let audit = FaultMatrix(
      faults: try await play(plan, faults, baseline),
      scenarios: plan.scenarios.map { ($0.scenario.id, $0.scenario.covers) }
        + plan.invariants.map { ($0.id, $0.covers) },
      baseline: baseline,
      expectations: (plan.scenarios.flatMap { $0.scenario.steps.flatMap(\.allExpectations) }
        + plan.invariants.flatMap(\.expectations)).map { ("\($0.place)", $0.subject.title) })
    Output.write(audit.text(isWhole: verbose, showsDeadWeight: verbose || fault.isEmpty))
    try writeMatrix(audit)
    if !audit.survivors.isEmpty { throw Status.failed.exitCode }
  }

  private func play(_ plan: Plan, _ faults: [Fault], _ baseline: FaultMatrixRun) async throws -> [FaultMatrixRow] {
    try await withThrowingTaskGroup(of: (Int, FaultMatrixRow).self) { group in
      var results: [Int: FaultMatrixRow] = [:]
      for (index, fault) in faults.enumerated() {
        if index >= jobs, let (done, result) = try await group.next() { results[done] = result }
        group.addTask {
          let run = try await AuditCommand.play(plan, fault)
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

  /// Plays the whole pack against a service of its own.
  private static func play(_ plan: Plan, _ fault: Fault?) async throws -> FaultMatrixRun {
    var configuration = ReferenceServiceConfiguration(managerKey: RunSession.randomKey)
    configuration.faults = fault.map { [$0] } ?? []
    let listener = AuditListener()
    return try await withReferenceService(configuration) { service in
      var options = HTTPClientOptions()
      // a fault may leave requests without an answer
      options.timeout = 3
      let client = try HTTPClient(options)
      let session = try TargetSession(
        target: plan.target, client: client, redactor: SecretRedactor(), environment: [:],
        launched: ["service": ["url": .string(service.url), "manager-key": .string(service.managerKey)]],
        runID: String(UInt32.random(in: 0 ... .max), radix: 36))
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
      throw Status.couldNotRun.exitCode
    }
  }
}

/// Keeps how each case ended.
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
  /// Its own, and those of the steps inside it.
  fileprivate var allExpectations: [Expectation] {
    switch operation {
    case .repeat(_, let steps): expectations + steps.flatMap(\.allExpectations)
    case .concurrently(let branches): expectations + (branches.first ?? []).flatMap(\.allExpectations)
    default: expectations
    }
  }
}
