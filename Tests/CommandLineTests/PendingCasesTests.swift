// Pending cases beside the log of their run, without a process.

import ConformanceModel
import Execution
import FoundationEssentials
import JSONValue
import RunEvents
import Testing

@testable import conform

@Suite("Pending cases") struct PendingCasesTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private static func run(_ id: String = "a-run", at seconds: Int64 = 7) -> RunDescription {
    let instant = SimulatedInstant(seconds: seconds)
    return RunDescription(
      version: "1", runID: id, target: "A target", targetFile: "target.yaml", startedAt: instant,
      simulatedStart: instant, seed: nil, jobs: 1, host: "", command: [])
  }

  private static func planned(_ number: Int) -> PlannedCase {
    PlannedCase(
      number: number, id: "case-\(number)", scenario: "case-\(number)", suite: "suite", title: "", row: nil, covers: [],
      tags: ["of the log"], file: "case.yaml", line: 1)
  }

  private static func state(_ number: Int, _ id: String) throws -> PendingState {
    let json: JSON = [
      "n": .int(number), "id": .string(id), "due": 5, "started-at": 1, "simulated-start": 1, "exchanges": 0,
      "steps-done": 1, "step-count": 2, "fingerprint": "0f", "names": [:], "confidential": [:], "given-taken": [:],
      "clients": .array([]),
    ]
    return try #require(PendingState(json))
  }

  /// The log of a run with two pending cases, the first of which has a warning and two steps.
  private func log(begunAgain: Bool = false) throws -> RunLog {
    let instant = SimulatedInstant(seconds: 7)
    let plan = [PendingCasesTests.planned(0), PendingCasesTests.planned(1)]
    let warning = Finding(.warned, .assertion, "a warning", place: nil)
    let step = StepRecord(
      number: 0, line: 2, sentence: "wait", wall: instant, simulated: instant, exchange: nil, checks: [])
    var events: [Event] = [.runStarted(PendingCasesTests.run())] + plan.map { .casePlanned($0) }
    events += [.stepFinished(step), .stepFinished(step)]
    events += plan.map { planned in
      .caseFinished(
        CaseRecord(
          planned: planned, verdict: .pending, startedAt: instant, seconds: 0, simulatedStart: instant,
          simulatedEnd: instant, exchanges: 0, findings: planned.number == 0 ? [warning] : []))
    }
    if begunAgain { events.append(.caseStarted(CaseStart(number: 1, wall: instant, simulated: instant))) }
    let writer = try RunLogWriter(path: workspace.folder.appending(path: "run.jsonl").path)
    for event in events {
      var line: [UInt8] = []
      event.encode(to: &line)
      writer.append(line)
    }
    try writer.close()
    return try RunLog(path: workspace.folder.appending(path: "run.jsonl").path)
  }

  private func contents(_ run: RunDescription = run(), ids: [Int: String] = [0: "case-0", 1: "case-1"]) throws
    -> PendingContents
  {
    PendingContents(
      header: PendingHeader(run, target: "", isEncrypted: false),
      states: try Dictionary(uniqueKeysWithValues: ids.map { ($0.key, try PendingCasesTests.state($0.key, $0.value)) }))
  }

  @Test("have what the log has of them: plan, findings, steps, and whether they were begun again")
  func whole() throws {
    let log = try log(begunAgain: true)
    let states = try PendingCases(try contents(), log, [0, 1]).states
    #expect(states.map(\.id) == ["case-0", "case-1"])
    #expect(states.map { $0.findings.map(\.message) } == [["a warning"], []])
    #expect(states.map(\.planned?.tags) == [["of the log"], ["of the log"]])
    #expect(states.map(\.recorded) == [["wait": 2], [:]])
    #expect(states.map(\.wasBegun) == [false, true])
  }

  @Test(
    "of another run are refused, by its start or its id",
    arguments: [run("another-run"), run(at: 8)])
  func otherRun(run: RunDescription) throws {
    let log = try log()
    let error = #expect(throws: ReportError.self) { try PendingCases(try contents(run), log, [0]) }
    #expect(error?.message == "is not the log of the run that pending.jsonl belongs to")
  }

  @Test("were pending in the log, or it was changed; a file of another run is no reason")
  func neverPending() throws {
    let log = try log()
    #expect(throws: Never.self) { try PendingCases.check(try contents(), against: log) }
    let path = workspace.folder.appending(path: "run.jsonl").path
    let lines = try workspace.read("run.jsonl").split(separator: "\n").map { line in
      line.contains(#""id":"case-1""#)
        ? String(line).replacing(#""verdict":"pending""#, with: #""verdict":"passed""#) : String(line)
    }
    try workspace.write((lines + [""]).joined(separator: "\n"), to: "run.jsonl")
    let changed = try RunLog(path: path)
    let error = #expect(throws: ReportError.self) { try PendingCases.check(try contents(), against: changed) }
    #expect(
      error?.message == "case 'case-1' is pending in pending.jsonl, and never was in the log; the log was changed")
    let other = PendingCasesTests.run("another-run")
    #expect(throws: Never.self) { try PendingCases.check(try contents(other), against: changed) }
  }

  @Test("are refused if their file does not have one, or another in its place", arguments: [nil, "case-7"])
  func missing(id: String?) throws {
    let log = try log()
    let ids = [0: "case-0", 1: id].compactMapValues(\.self)
    let error = #expect(throws: ReportError.self) { try PendingCases(try contents(ids: ids), log, [0, 1]) }
    #expect(error?.message == "case 'case-1' is pending, but pending.jsonl does not contain it")
  }
}
