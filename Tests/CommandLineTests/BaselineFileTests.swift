// The file of a baseline and the gate that it makes, without a process.

import ConformanceModel
import Foundation
import Reporting
import RunEvents
import Testing

@testable import conform

@Suite("The file of a baseline") struct BaselineFileTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func path(_ name: String) -> String { workspace.folder.appending(path: name).path }

  /// Writes the log of a run with one case.
  private func log(_ name: String, _ verdict: Verdict, target: String = "A target", version: String = "1") throws {
    let instant = SimulatedInstant(seconds: 0)
    var run = RunDescription(
      version: version, target: target, targetFile: "target.yaml", startedAt: instant, simulatedStart: instant,
      seed: nil, jobs: 1, host: "", command: [])
    run.cases = 1
    let planned = PlannedCase(
      number: 0, id: "case", scenario: "case", suite: "suite", title: "", row: nil, covers: [], tags: [],
      file: "case.yaml", line: 1)
    let record = CaseRecord(
      planned: planned, verdict: verdict, startedAt: instant, seconds: 0, simulatedStart: instant,
      simulatedEnd: instant, exchanges: 0, findings: [])
    let summary = RunSummary(finishedAt: instant, seconds: 0, simulatedEnd: instant, clockAdvances: 0, aborted: nil)
    let events: [Event] = [.runStarted(run), .casePlanned(planned), .caseFinished(record), .runFinished(summary)]
    let writer = try RunLogWriter(path: path(name))
    for event in events {
      var line: [UInt8] = []
      event.encode(to: &line)
      writer.append(line)
    }
    try writer.close()
  }

  private func gate(_ file: BaselineFile, isWhole: Bool = true) throws -> RegressionGate {
    try RegressionGate(file, target: "A target", packVersion: nil, without: [PlannedCase](), isWhole: isWhole)
  }

  @Test("of its own is replaced by the log of a run without a regression, and only then")
  func own() throws {
    try log("base.jsonl", .failed)
    try log("run.jsonl", .passed)
    let (base, run) = (try workspace.read("base.jsonl"), try workspace.read("run.jsonl"))
    // of a run that was killed
    try workspace.write("half", to: "base.jsonl.new")
    let file = BaselineFile(path("base.jsonl"), log: path("run.jsonl"))
    #expect(file.path == path("base.jsonl"))
    try file.keep()
    #expect(try workspace.read("base.jsonl") == base && !workspace.exists("baseline.jsonl"))
    try file.promote()
    #expect(try workspace.read("base.jsonl") == run && workspace.exists("run.jsonl"))
    #expect(!workspace.exists("base.jsonl.new"))
  }

  @Test(
    "that is the log itself is kept until a run without a regression", arguments: [Verdict.passed, .warned, .failed])
  func replaced(verdict: Verdict) throws {
    try log("run.jsonl", verdict)
    let before = try workspace.read("run.jsonl")
    let first = BaselineFile(path("run.jsonl"), log: path("run.jsonl"))
    #expect(first.path == path("run.jsonl"))
    try first.keep()
    #expect(try workspace.read("baseline.jsonl") == before && !workspace.exists("run.jsonl"))
    try log("run.jsonl", .skipped)
    // the next run compares with what was kept, and keeps it
    let second = BaselineFile(path("run.jsonl"), log: path("run.jsonl"))
    #expect(second.path == path("baseline.jsonl"))
    try second.keep()
    #expect(try workspace.read("baseline.jsonl") == before && workspace.exists("run.jsonl"))
    try second.promote()
    #expect(!workspace.exists("baseline.jsonl") && workspace.exists("run.jsonl"))
  }

  @Test("is not kept if nothing was judged in it, or if it is not a log", arguments: [Verdict.errored, .skipped, nil])
  func unjudged(verdict: Verdict?) throws {
    if let verdict { try log("run.jsonl", verdict) } else { try workspace.write("x", to: "run.jsonl") }
    try BaselineFile(path("run.jsonl"), log: path("run.jsonl")).keep()
    #expect(!workspace.exists("baseline.jsonl") && workspace.exists("run.jsonl"))
  }

  @Test("that is a link stays a link, and its file is replaced")
  func link() throws {
    try log("real.jsonl", .failed)
    try log("run.jsonl", .passed)
    try FileManager.default.createSymbolicLink(
      atPath: path("base.jsonl"), withDestinationPath: path("real.jsonl"))
    try BaselineFile(path("base.jsonl"), log: path("run.jsonl")).promote()
    #expect(try workspace.read("real.jsonl") == workspace.read("run.jsonl"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path("base.jsonl")) == path("real.jsonl"))
  }

  @Test("that cannot be written is an error, and leaves no temporary file")
  func unwritable() throws {
    try log("run.jsonl", .passed)
    try workspace.write("", to: "folder/inside")
    for name in ["folder", "missing/base.jsonl"] {
      #expect(throws: ReportError.self) { try BaselineFile(path(name), log: path("run.jsonl")).promote() }
    }
    #expect(!workspace.exists("folder.new") && workspace.exists("folder/inside"))
    #expect(throws: ReportError.self) { try BaselineFile(path("base.jsonl"), log: path("none.jsonl")).promote() }
  }

  // MARK: - The gate

  @Test("is refused if it is missing, was not judged, or is a run of another target")
  func refused() throws {
    try log("skipped.jsonl", .skipped)
    try log("other.jsonl", .passed, target: "Another")
    try workspace.write("x", to: "broken.jsonl")
    for (name, words, hasAdvice) in [
      ("missing.jsonl", "cannot be used as a baseline", true), ("broken.jsonl", "cannot be used as a baseline", false),
      ("skipped.jsonl", "nothing was judged in this run", false), ("other.jsonl", "is a run of another target", false),
    ] {
      let error = #expect(throws: StartError.self) { try gate(BaselineFile(path(name), log: path("run.jsonl"))) }
      let message = error.map { "\($0)" } ?? ""
      #expect(message.contains(words) && message.contains("nothing was sent"), "\(message)")
      #expect(message.contains("omit --baseline in the first run") == hasAdvice)
    }
  }

  @Test("is replaced only if it is a log, and the run contains the whole pack")
  func promotion() throws {
    try log("run.jsonl", .passed)
    let junit = """
      <testsuites><testsuite name="suite"><testcase name="case" classname="suite"/></testsuite></testsuites>
      """
    for (isLog, isWhole) in [(true, true), (true, false), (false, true)] {
      if isLog { try log("base", .failed) } else { try workspace.write(junit, to: "base") }
      let before = try workspace.read("base")
      try gate(BaselineFile(path("base"), log: path("run.jsonl")), isWhole: isWhole).promote()
      #expect((try workspace.read("base") == before) == !(isLog && isWhole))
    }
  }
}
