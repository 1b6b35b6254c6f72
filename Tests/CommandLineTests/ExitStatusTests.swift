// What decides the exit status, without a process: the verdicts of a log, its end, and a comparison.

import ConformanceModel
import Foundation
import Reporting
import RunEvents
import Testing

@testable import conform

/// Not that of the testing library.
private typealias ExitStatus = conform.ExitStatus

@Suite("The exit status") struct ExitStatusTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  /// A log whose cases have these verdicts, as `conform run` writes it.
  private func log(
    _ verdicts: [Verdict], aborted: String? = nil, shards: Shards? = nil, as name: String = "run.jsonl"
  ) throws -> RunLog {
    let instant = SimulatedInstant(seconds: 0)
    var run = RunDescription(
      version: "1", target: "A target", targetFile: "target.yaml", startedAt: instant, simulatedStart: instant,
      seed: nil, jobs: 1, host: "", command: [])
    run.cases = verdicts.count
    run.shards = shards
    let records = verdicts.enumerated().map { number, verdict in
      CaseRecord(
        planned: PlannedCase(
          number: number, id: "case-\(number)", scenario: "case-\(number)", suite: "suite", title: "", row: nil,
          covers: [], tags: [], file: "case.yaml", line: 1),
        verdict: verdict, startedAt: instant, seconds: 0, simulatedStart: instant, simulatedEnd: instant, exchanges: 0,
        findings: [])
    }
    let summary = RunSummary(
      finishedAt: instant, seconds: 0, simulatedEnd: instant, clockAdvances: 0, aborted: aborted)
    let events: [Event] =
      [.runStarted(run)] + records.map { .casePlanned($0.planned) } + records.map { .caseFinished($0) }
      + [.runFinished(summary)]
    let path = workspace.folder.appending(path: name).path
    let writer = try RunLogWriter(path: path)
    for event in events {
      var line: [UInt8] = []
      event.encode(to: &line)
      writer.append(line)
    }
    try writer.close()
    return try RunLog(path: path)
  }

  @Test(
    "is that of the gravest verdict: failed, then errored, then what is pending or was not judged",
    arguments: [
      ([.passed], .conforms, .conforms), ([.warned], .conforms, .failed), ([.passed, .warned], .conforms, .failed),
      ([.skipped, .passed], .conforms, .conforms), ([.skipped, .warned], .conforms, .failed),
      ([.passed, .failed], .failed, .failed), ([.errored, .failed, .pending], .failed, .failed),
      ([.passed, .errored], .couldNotRun, .couldNotRun), ([.errored, .warned, .pending], .couldNotRun, .couldNotRun),
      ([.passed, .pending], .incomplete, .incomplete), ([.warned, .pending], .incomplete, .failed),
      ([.skipped, .skipped], .incomplete, .incomplete), ([.skipped, .pending], .incomplete, .incomplete),
      ([], .incomplete, .incomplete),
    ] as [([Verdict], ExitStatus, ExitStatus)])
  fileprivate func verdicts(_ verdicts: [Verdict], _ status: ExitStatus, _ strict: ExitStatus) throws {
    let log = try log(verdicts)
    #expect(ExitStatus(log, isStrict: false) == status)
    #expect(ExitStatus(log, isStrict: true) == strict)
  }

  @Test("of a run that ended early says so, whatever its verdicts", arguments: [Verdict.passed, .failed, .skipped])
  func aborted(verdict: Verdict) throws {
    #expect(try ExitStatus(log([verdict], aborted: "interrupted by SIGINT"), isStrict: false) == .interrupted)
    #expect(try ExitStatus(log([verdict], aborted: "the target has ended"), isStrict: false) == .couldNotRun)
  }

  @Test("of a shard without a judged case leaves the decision to the others, and that of merged shards does not")
  func shards() throws {
    let own = Shards(present: [1], count: 2)
    #expect(try ExitStatus(log([.skipped], shards: own), isStrict: false) == .conforms)
    #expect(try ExitStatus(log([], shards: own), isStrict: false) == .conforms)
    #expect(try ExitStatus(log([.failed], shards: own), isStrict: false) == .failed)
    #expect(try ExitStatus(log([.pending], shards: own), isStrict: false) == .incomplete)
    let merged = Shards(present: [1, 2], count: 2, isMerged: true)
    #expect(try ExitStatus(log([.skipped], shards: merged), isStrict: false) == .incomplete)
    #expect(try ExitStatus(log([.passed], shards: merged), isStrict: false) == .conforms)
  }

  @Test(
    "of a gated run is that of what regressed",
    arguments: [
      ([.passed], [.passed], .conforms, .conforms), ([.passed], [.failed], .failed, .failed),
      ([.passed], [.errored], .couldNotRun, .couldNotRun), ([.failed], [.failed], .conforms, .conforms),
      ([.errored], [.failed], .failed, .failed), ([.failed], [.passed], .conforms, .conforms),
      ([.passed, .passed], [.failed, .errored], .failed, .failed),
      ([.passed, .failed], [.errored, .failed], .couldNotRun, .couldNotRun),
      // a new case that fails
      ([.passed], [.passed, .failed], .conforms, .failed), ([.passed], [.passed, .errored], .conforms, .couldNotRun),
      ([.passed], [.errored, .failed], .couldNotRun, .failed), ([.passed], [.passed, .passed], .conforms, .conforms),
      // what is not judged any longer
      ([.passed, .passed], [.passed, .skipped], .conforms, .failed),
      ([.passed, .passed], [.passed], .conforms, .failed),
      ([.passed], [.skipped], .failed, .failed), ([.skipped], [.skipped], .conforms, .conforms),
      ([.failed, .skipped], [.failed, .pending], .conforms, .conforms),
      // a new warning
      ([.passed], [.warned], .conforms, .failed), ([.warned], [.warned], .conforms, .conforms),
      ([.passed, .passed], [.errored, .warned], .couldNotRun, .couldNotRun),
    ] as [([Verdict], [Verdict], ExitStatus, ExitStatus)])
  fileprivate func gated(_ before: [Verdict], _ now: [Verdict], _ status: ExitStatus, _ strict: ExitStatus) throws {
    let comparison = try Comparison(ComparedRun(log(before, as: "old.jsonl")), ComparedRun(log(now)))
    #expect(RegressionGate.status(comparison, isStrict: false) == status)
    #expect(RegressionGate.status(comparison, isStrict: true) == strict)
  }
}
