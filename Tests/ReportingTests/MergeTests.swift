// Logs of shards as one: what is joined. What is refused: MergeRefusalTests.

import ConformanceModel
import Foundation
import RunEvents
import Testing

@testable import Reporting

@Suite("Merged logs")
struct MergeTests {
  /// Four cases in two shards and an invariant; every case of shard 1 passes, those of shard 2 fail.
  static let plan =
    (0..<4).map { number -> PlannedCase in
      var planned = Sample.planned(number, scenario: "case-\(number)")
      planned.shard = number % 2 + 1
      return planned
    } + [Sample.planned(4, suite: "invariants", scenario: "no-leak")]

  static let fingerprints = Fingerprints(pack: "0a", target: "0a", plan: "0a")

  static func shard(_ shard: Int, of count: Int = 2, plan: [PlannedCase] = plan, invariant: Verdict = .passed)
    -> [Event]
  {
    guard case .runStarted(var run) = Sample.start else { return [] }
    run.cases = plan.count
    run.runID = "run-1"
    run.fingerprints = fingerprints
    run.environment = [RunFact("target.base-url", "http://127.0.0.1:1"), RunFact("ci.job", "job \(shard)")]
    run.shards = Shards(present: [shard], count: count)
    run.command += ["--shard", "\(shard)/\(count)"]
    run.startedAt = run.startedAt + SimulatedDuration(milliseconds: Int64(shard) * 1000)
    let cases = plan.filter { $0.shard == shard }.map { planned in
      Event.caseFinished(
        shard == 1 ? Sample.finished(planned, .passed) : Sample.finished(planned, .failed, [Sample.finding()]))
    }
    let findings =
      [Verdict.failed, .errored, .warned].contains(invariant)
      ? [Sample.finding(invariant, .assertion, "in shard \(shard)")] : []
    let last = plan.filter { $0.shard == nil }.map { Event.caseFinished(Sample.finished($0, invariant, findings)) }
    return [.runStarted(run)] + plan.map { .casePlanned($0) } + cases + last + [Sample.end()]
  }

  static func write(_ events: [Event], to name: String, in folder: Folder, without cut: Int = 0) throws
    -> String
  {
    try folder.write(log: events.map(\.line), to: name)
    if cut > 0 { try folder.write(folder.bytes(name).dropLast(cut), to: name) }
    return folder.file(name)
  }

  static func merge(_ logs: [[Event]], in folder: Folder) throws -> RunLog {
    var paths: [String] = []
    for (index, log) in logs.enumerated() { paths.append(try write(log, to: "shard-\(index).jsonl", in: folder)) }
    try LogMerge(paths).write(to: folder.file("merged.jsonl"))
    return try RunLog(path: folder.file("merged.jsonl"))
  }

  @Test("have each case once, in the order of the plan, whatever the order of the logs", arguments: [false, true])
  func whole(isReversed: Bool) throws {
    let folder = try Folder()
    let logs = [MergeTests.shard(1), MergeTests.shard(2)]
    let log = try MergeTests.merge(isReversed ? logs.reversed() : logs, in: folder)
    #expect(log.numbers == [0, 1, 2, 3, 4])
    #expect(log.numbers.map { log.verdict($0) } == [.passed, .failed, .passed, .failed, .passed])
    #expect(log.suites == ["expiry", "invariants"])
    #expect(log.part == nil)
    #expect(log.run.startedAt == Sample.wall + SimulatedDuration(milliseconds: 1000))
    #expect(log.run.command == ["conform", "run", "--target", "targets/north wind.yaml"])
    #expect(log.summary?.clockAdvances == 6)
    #expect(log.summary?.seconds == 2.345)
    #expect(log.summary?.aborted == nil)
    #expect(folder.names.allSatisfy { !$0.hasSuffix(".tmp") })
  }

  @Test(
    "judge an invariant by the most severe of its verdicts, with the findings of all",
    arguments: [
      ([Verdict.passed, .failed], Verdict.failed), ([.errored, .failed], .failed), ([.errored, .warned], .errored),
      ([.warned, .passed], .warned),
      ([.passed, .skipped], .passed), ([.skipped, .skipped], .skipped),
    ])
  func invariant(verdicts: [Verdict], joined: Verdict) throws {
    let log = try MergeTests.merge(
      [MergeTests.shard(1, invariant: verdicts[0]), MergeTests.shard(2, invariant: verdicts[1])], in: Folder())
    let record = try log.record(4)
    #expect(record.verdict == joined)
    #expect(record.findings.count == verdicts.count { [.failed, .errored, .warned].contains($0) })
    #expect(record.exchanges == 4)
  }

  @Test("of which shards are missing name them, count their cases as errored, and take the rest later")
  func missing() throws {
    let folder = try Folder()
    var plan = MergeTests.plan
    for number in 0..<4 { plan[number].shard = number % 3 + 1 }
    let log = try MergeTests.merge(
      [MergeTests.shard(1, of: 3, plan: plan), MergeTests.shard(3, of: 3, plan: plan)], in: folder)
    #expect(log.numbers.map { log.verdict($0) } == [.passed, .errored, .failed, .passed, .errored])
    #expect(log.summary?.aborted == "shard 2 of 3 is missing")
    #expect(log.part == "shards 1 and 3 of 3")
    #expect(try log.record(1).findings.map(\.message) == ["not finished: shard 2 of 3 is missing"])
    #expect(
      try log.record(4).findings.map(\.message) == ["shard 2 of 3 is missing, and its exchanges were not evaluated"])
    let rest = try MergeTests.write(MergeTests.shard(2, of: 3, plan: plan), to: "rest.jsonl", in: folder)
    // into the file that is read
    try LogMerge([folder.file("merged.jsonl"), rest]).write(to: folder.file("merged.jsonl"))
    let whole = try RunLog(path: folder.file("merged.jsonl"))
    #expect(whole.numbers.map { whole.verdict($0) } == [.passed, .failed, .failed, .passed, .passed])
    #expect(whole.summary?.aborted == nil)
    #expect(whole.part == nil)
  }

  @Test(
    "leave out an incomplete line at the end of a log, whatever it looks like",
    arguments: [#"{"event":"#, #"{"a":1}"#, "7", #"{"event":"case-started"}"#])
  func half(_ line: String) throws {
    let folder = try Folder()
    let first = try MergeTests.write(MergeTests.shard(1), to: "one", in: folder)
    let whole = try folder.bytes("one")
    try folder.write(whole + Array(line.utf8), to: "one")
    let second = try MergeTests.write(MergeTests.shard(2), to: "two", in: folder)
    try LogMerge([first, second]).write(to: folder.file("merged"))
    #expect(try RunLog(path: folder.file("merged")).caseCount == 5)
  }

  @Test("take a log that was cut anywhere after its first line, and lose no case", arguments: 1...40)
  func cut(step: Int) throws {
    let folder = try Folder()
    let first = try MergeTests.write(MergeTests.shard(1), to: "one", in: folder)
    let size = MergeTests.shard(2).map { $0.line.count + 1 }
    let longest = size.reduce(0, +) - size[0]
    let second = try MergeTests.write(MergeTests.shard(2), to: "two", in: folder, without: longest * step / 40)
    try LogMerge([first, second]).write(to: folder.file("merged"))
    let log = try RunLog(path: folder.file("merged"))
    #expect(log.caseCount == 5)
    #expect(log.verdict(0) == .passed)
    #expect(log.count(.passed) + log.count(.failed) + log.count(.errored) == 5)
    #expect(log.summary?.aborted == "the log of shard 2 of 2 is incomplete")
    // a case that ended has its verdict, any other is errored
    let ended = try RunLog(path: second)
    for number in [1, 3] { #expect(log.verdict(number) == ended.verdict(number)) }
  }

  @Test("of a launched target may have different ports, and a shard without a run id belongs to any run")
  func launched() throws {
    func launched(_ shard: Int) -> [Event] {
      var events = MergeTests.shard(shard)
      guard case .runStarted(var run) = events[0] else { return events }
      run.environment = [
        RunFact("target.base-url", "http://127.0.0.1:\(shard)"), RunFact("target.launch", "reference-service"),
      ]
      if shard == 2 { run.runID = nil }
      events[0] = .runStarted(run)
      return events
    }
    let log = try MergeTests.merge([launched(1), launched(2)], in: Folder())
    #expect(log.caseCount == 5)
    #expect(log.run.runID == "run-1")
  }

  @Test("a plan that was not split is copied")
  func single() throws {
    let folder = try Folder()
    let path = try MergeTests.write(Sample.everyVerdict, to: "whole", in: folder)
    try LogMerge([path]).write(to: folder.file("merged"))
    #expect(try folder.bytes("merged") == folder.bytes("whole"))
  }

  @Test("cannot be written into a full disk, and say so; a former file stays")
  func fullDisk() throws {
    let folder = try Folder()
    let path = try MergeTests.write(MergeTests.shard(1), to: "one", in: folder)
    #expect(throws: ReportError.self) { try LogMerge([path]).write(to: "/nowhere/run.jsonl") }
  }

  static func changed(_ shard: Int, _ change: (inout RunDescription) -> Void) -> [Event] {
    var events = MergeTests.shard(shard)
    guard case .runStarted(var run) = events[0] else { return events }
    change(&run)
    events[0] = .runStarted(run)
    return events
  }

  /// With another end.
  private static func ended(_ events: [Event], _ change: (inout RunSummary) -> Void) -> [Event] {
    events.map { event in
      guard case .runFinished(var summary) = event else { return event }
      change(&summary)
      return .runFinished(summary)
    }
  }

  @Test("are the same, byte for byte, in any order of the logs, with one line for each end of a case")
  func sameBytes() throws {
    let folder = try Folder()
    let logs = [MergeTests.shard(1), MergeTests.shard(2)]
    _ = try MergeTests.merge(logs, in: folder)
    let first = try folder.read("merged.jsonl")
    _ = try MergeTests.merge(logs.reversed(), in: folder)
    #expect(try folder.read("merged.jsonl") == first)
    #expect(first.split(separator: "\n").count { $0.hasPrefix(#"{"event":"case-finished""#) } == 5)
    #expect(first.split(separator: "\n").count { $0.hasPrefix(#"{"event":"case-planned""#) } == 5)
  }

  @Test("describe the run from its first start on, with the requirements of the pack")
  func description() throws {
    let early = Sample.wall + SimulatedDuration(milliseconds: -5000)
    let requirement = Requirement(id: "EXP-02", level: .must, source: "here", text: "It holds.")
    var second = MergeTests.changed(2) {
      ($0.startedAt, $0.jobs) = (early, 99)
      $0.simulatedStart = .documented + SimulatedDuration(milliseconds: -1000)
    }
    second.insert(.requirements([requirement]), at: 1)
    let log = try MergeTests.merge([MergeTests.changed(1) { $0.runID = nil }, second], in: Folder())
    #expect(log.run.startedAt == early)
    #expect(log.run.simulatedStart == .documented + SimulatedDuration(milliseconds: -1000))
    #expect(log.run.jobs == 99 && log.run.runID == "run-1" && log.run.seed == 42)
    #expect(log.requirements == [requirement])
    #expect(log.caseCount == 5)
  }

  @Test("have the seed that all shards share, if they share one")
  func seed() throws {
    let log = try MergeTests.merge([MergeTests.shard(1), MergeTests.changed(2) { $0.seed = 43 }], in: Folder())
    #expect(log.run.seed == nil)
  }

  @Test("repeat each note once, and say which shard was stopped, also after a second merge")
  func notes() throws {
    let folder = try Folder()
    var plan = MergeTests.plan
    for number in 0..<4 { plan[number].shard = number % 3 + 1 }
    let first = MergeTests.ended(MergeTests.shard(1, of: 3, plan: plan)) {
      $0.notes = ["one", "two"]
      $0.aborted = "interrupted by SIGINT"
    }
    let third = MergeTests.ended(MergeTests.shard(3, of: 3, plan: plan)) { $0.notes = ["two", "three"] }
    let part = try MergeTests.merge([first, third], in: folder)
    #expect(part.summary?.notes == ["one", "two", "three"])
    #expect(part.summary?.aborted == "shard 2 of 3 is missing; shard 1 of 3: interrupted by SIGINT")
    let rest = try MergeTests.write(MergeTests.shard(2, of: 3, plan: plan), to: "rest.jsonl", in: folder)
    try LogMerge([folder.file("merged.jsonl"), rest]).write(to: folder.file("whole.jsonl"))
    #expect(
      try RunLog(path: folder.file("whole.jsonl")).summary?.aborted == "shard 1 of 3: interrupted by SIGINT")
  }

  @Test("take a complete last line without its line break")
  func unbroken() throws {
    let folder = try Folder()
    let first = try MergeTests.write(MergeTests.shard(1), to: "one", in: folder, without: 1)
    // killed after the end of case 3
    let second = try MergeTests.write(MergeTests.shard(2).dropLast(2), to: "two", in: folder, without: 1)
    try LogMerge([first, second]).write(to: folder.file("merged"))
    let log = try RunLog(path: folder.file("merged"))
    // the second log lacks the end of the invariant
    #expect(log.numbers.map { log.verdict($0) } == [.passed, .failed, .passed, .failed, .errored])
    #expect(log.summary?.aborted == "the log of shard 2 of 2 is incomplete")
  }

  @Test("join the records of an invariant: the gravest verdict, with the time and the exchanges of all")
  func joined() throws {
    let planned = Sample.planned(4, suite: "invariants", scenario: "no-leak")
    func record(_ verdict: Verdict, _ findings: [Finding] = [], at second: Int64 = 0) -> CaseRecord {
      var record = Sample.finished(planned, verdict, seconds: 2, findings)
      let shift = SimulatedDuration(milliseconds: second * 1000)
      record.startedAt = record.startedAt + shift
      record.simulatedStart = record.simulatedStart + shift
      record.simulatedEnd = record.simulatedEnd + shift
      return record
    }
    let deviation = [Sample.finding()]
    let expected: [([CaseRecord], Verdict)] = [
      ([record(.skipped), record(.passed)], .passed), ([record(.skipped, deviation), record(.passed)], .skipped),
      ([record(.passed), record(.skipped, deviation), record(.skipped)], .skipped),
      ([record(.skipped, deviation), record(.warned)], .warned), ([record(.warned), record(.errored)], .errored),
      ([record(.errored), record(.failed)], .failed), ([record(.pending), record(.passed)], .pending),
    ]
    for (records, verdict) in expected {
      #expect(SharedRecord.join(records)?.verdict == verdict)
      #expect(SharedRecord.join(records.reversed())?.verdict == verdict)
    }
    let one = record(.failed, deviation, at: 7)
    for records in [[one, record(.passed), record(.passed, at: 9)], [record(.passed), record(.passed, at: 9), one]] {
      let joined = try #require(SharedRecord.join(records))
      #expect(joined.startedAt == record(.passed).startedAt)
      #expect(joined.simulatedStart == record(.passed).simulatedStart)
      #expect(joined.simulatedEnd == record(.passed, at: 9).simulatedEnd)
      #expect(joined.seconds == 6 && joined.exchanges == 6 && joined.findings == deviation)
    }
    #expect(SharedRecord.join([]) == nil)
  }

  @Test("the command of the whole plan has neither shard nor durations")
  func command() {
    let command = ["conform", "run", "--shard", "1/2", "a", "--durations=x", "--durations", "y", "--shard=1/2", "b"]
    #expect(LogMerge.unsplit(command) == ["conform", "run", "a", "b"])
  }
}
