// Logs that are not of one run, and with which words their merge is refused.

import ConformanceModel
import Foundation
import RunEvents
import Testing

@testable import Reporting

@Suite("Logs that are merged")
struct MergeRefusalTests {
  @Test("of cases with the same numbers in two logs are refused, each with what to do")
  func refused() throws {
    let folder = try Folder()
    var other = MergeTests.plan
    other[1].id = "another"
    var split = MergeTests.plan
    split[0].shard = 2
    var moved = MergeTests.plan
    moved[2].line = 99
    func changed(_ change: (inout RunDescription) -> Void) -> [Event] {
      var events = MergeTests.shard(2)
      guard case .runStarted(var run) = events[0] else { return events }
      change(&run)
      events[0] = .runStarted(run)
      return events
    }
    func fingerprints(_ change: (inout Fingerprints) -> Void) -> [Event] {
      changed {
        var own = MergeTests.fingerprints
        change(&own)
        $0.fingerprints = own
      }
    }
    let stray = MergeTests.shard(2) + [.caseFinished(Sample.finished(MergeTests.plan[0], .passed))]
    let wrong: [(String, [Event])] = [
      ("the same shard twice", MergeTests.shard(1)), ("a whole plan", Sample.everyVerdict),
      ("another version", changed { $0.version = "2.0.0" }),
      ("another target", changed { $0.target = "Production" }),
      ("another target file", changed { $0.targetFile = "targets/other.yaml" }),
      ("another split", MergeTests.shard(2, of: 3)), ("another number of cases", changed { $0.cases = 6 }),
      ("another run", changed { $0.runID = "run-2" }),
      ("another server", changed { $0.environment[0].value = "http://127.0.0.1:2" }),
      ("another behaviour", changed { $0.environment.append(RunFact("target.behaviour.lost-secret", "old-set-dies")) }),
      ("a target with another secret", fingerprints { $0.target = "0b" }),
      ("other expectations", fingerprints { $0.pack = "0b" }), ("another selection", fingerprints { $0.plan = "0b" }),
      ("no fingerprints", changed { $0.fingerprints = nil }),
      ("another scenario", MergeTests.shard(2, plan: other)),
      ("other durations", MergeTests.shard(2, plan: split)),
      ("another version of a scenario", MergeTests.shard(2, plan: moved)), ("a case of another shard", stray),
    ]
    let first = try MergeTests.write(MergeTests.shard(1), to: "one.jsonl", in: folder)
    var messages = ""
    for (name, events) in wrong {
      let second = try MergeTests.write(events, to: "two.jsonl", in: folder)
      let error = try #require(throws: ReportError.self) { try LogMerge([first, second]) }
      messages += "\(name):\n  \(error.description.replacing(folder.path + "/", with: ""))\n"
    }
    try expectGolden("merge-refusals.txt", messages)
  }

  @Test("without a run id are refused if they started more than a day apart", arguments: [23, 25])
  func daysApart(hours: Int64) throws {
    func events(_ shard: Int) -> [Event] {
      var events = MergeTests.shard(shard)
      guard case .runStarted(var run) = events[0] else { return events }
      run.runID = nil
      if shard == 2 { run.startedAt = run.startedAt + SimulatedDuration(milliseconds: hours * 3_600_000) }
      events[0] = .runStarted(run)
      return events
    }
    let folder = try Folder()
    guard hours > 24 else {
      #expect(try MergeTests.merge([events(1), events(2)], in: folder).caseCount == 5)
      return
    }
    let error = try #require(throws: ReportError.self) {
      _ = try MergeTests.merge([events(1), events(2)], in: folder)
    }
    #expect(error.message.contains("they are not of one run"), "\(error)")
  }

  @Test("are refused if a plan is not in order", arguments: [[0, 2, 1, 3, 4], [0, 1, 1, 2, 3, 4]])
  func disordered(order: [Int]) throws {
    let folder = try Folder()
    let plan = order.map { MergeTests.plan[$0] }
    var events = MergeTests.shard(2).filter { if case .casePlanned = $0 { false } else { true } }
    events.insert(contentsOf: plan.map { .casePlanned($0) }, at: 1)
    let paths = [
      try MergeTests.write(MergeTests.shard(1), to: "one", in: folder),
      try MergeTests.write(events, to: "two", in: folder),
    ]
    let error = try #require(throws: ReportError.self) { try LogMerge(paths) }
    #expect(error.message == "the plan is not in order after case \(order[2] == 1 && order[1] == 1 ? 1 : 2)")
  }

  @Test(
    "of targets with another base URL are refused unless both launched their target, and so is any other difference",
    arguments: [
      ([true, true], "target.base-url", true), ([true, false], "target.base-url", false),
      ([false, true], "target.base-url", false), ([true, true], "target.clock", false),
    ])
  func launchedOnce(launched: [Bool], fact: String, isMerged: Bool) throws {
    let folder = try Folder()
    var paths: [String] = []
    for (index, isLaunched) in launched.enumerated() {
      let events = MergeTests.changed(index + 1) {
        $0.environment = [RunFact(fact, "value \(index)")]
        if isLaunched { $0.environment.append(RunFact("target.launch", "reference-service")) }
      }
      paths.append(try MergeTests.write(events, to: "shard-\(index)", in: folder))
    }
    let merge = try? LogMerge(paths)
    #expect((merge != nil) == isMerged)
  }
}
