// One plan on several machines: split, run and merged by the built program.

import ConformanceModel
import Foundation
import Reporting
import RunEvents
import Testing

@Suite("A plan that runs in shards")
struct ShardTests {
  private static let step =
    "given:\n  - create-client: { as: erp }\nsteps:\n  - request-token: { client: erp }\n    expect: "

  /// Every verdict, some cases with rows, and invariants of which one is broken by exchanges of one scenario only.
  private static func workspace() throws -> Workspace {
    let workspace = try Workspace(scenarios: [
      "passed": "title: passed\ncovers: TST-01\n\(step)issued\ncases: { n: { from: 1, to: 7 } }",
      "failed": "title: failed\ncovers: TST-01\n\(step){ status: 400 }",
      "warned": "title: warned\ncovers: TST-02\n\(step){ status: 400 }", "waits": RunTests.passing,
      "skipped": "title: skipped\ncovers: TST-01\nwhen: { lost-secret: old-set-dies }\n\(step)issued",
      "errored":
        "title: errored\ncovers: TST-01\n\(step.replacing("given:\n", with: "given:\n  - request-token: { auth: none }\n"))issued",
      "refused": "title: refused\ncovers: TST-01\nsteps:\n  - http: { url: /nowhere }\n    expect: { status: 404 }",
    ])
    try workspace.write(
      """
      invariants:
        - { id: answers, title: Everything is there, covers: TST-01, expect: { status: { not: 404 } } }
        - { id: holds, title: Answers come, covers: TST-01, expect: { status: { type: number } } }
        - { id: never, title: Nothing is moved, covers: TST-01, of: read-inbox, expect: { status: 200 } }

      """, to: "Scenarios/invariants.yaml")
    return workspace
  }

  /// Everything of a JUnit file except for times and the description of the run.
  private static func comparable(_ junit: String) -> String {
    var text = junit.replacing(/\ (time|timestamp|hostname)="[^"]*"/, with: "").replacing(
      /<properties>[^§]*?<\/properties>/, with: "")
    text = text.replacing(/wall time [0-9TZ:.\-]+/, with: "").replacing(/127\.0\.0\.1:[0-9]+/, with: "").replacing(
      /&lt; Date: [^\n]*/, with: "")
    // ids and secrets are drawn anew in each run
    return text.replacing(/cases-[^\n]*/, with: "").replacing(/(client_id|Authorization|again|name)[^\n]*/, with: "")
  }

  @Test("is, once merged, what the whole plan is: the same cases, verdicts, counts, reports and exit status")
  func merged() throws {
    let workspace = try ShardTests.workspace()
    let whole = try workspace.conform("run", "--reports", "whole")
    #expect(whole.status == 1)
    for shard in 1...3 { _ = try workspace.conform("run", "--shard", "\(shard)/3", "--reports", "part-\(shard)") }
    let merged = try workspace.conform(
      "merge", "part-3/run.jsonl", "part-1/run.jsonl", "part-2/run.jsonl", "--reports", "merged")
    #expect(merged.status == 1)
    let logs = try ["whole", "merged", "part-1", "part-2", "part-3"].map {
      try RunLog(path: workspace.folder.appending(path: "\($0)/run.jsonl").path)
    }
    #expect(logs[0].numbers == logs[1].numbers)
    #expect(logs[0].suites == logs[1].suites)
    for number in logs[0].numbers {
      let (one, other) = (try logs[0].record(number), try logs[1].record(number))
      #expect(one.verdict == other.verdict, "\(one.planned.id)")
      #expect(one.planned.id == other.planned.id)
      #expect(one.reason == other.reason)
      #expect(one.exchanges == other.exchanges)
      #expect(one.findings.map(\.message) == other.findings.map(\.message), "\(one.planned.id)")
    }
    #expect(Set(Verdict.allCases.filter { logs[1].count($0) > 0 }) == [.passed, .failed, .warned, .skipped, .errored])
    #expect(
      try ShardTests.comparable(workspace.read("whole/junit.xml"))
        == ShardTests.comparable(workspace.read("merged/junit.xml")))
    // each case of a scenario in exactly one shard, the three invariants and the built-in one in all
    #expect(logs[2...].map { $0.caseCount - 4 }.reduce(0, +) == logs[0].caseCount - 4)
    #expect(whole.output.split(separator: "\n").last == merged.output.split(separator: "\n").last)
    try workspace.keepReport("merged/junit.xml", as: "merged.xml")
  }

  @Test("and misses a shard does not look green: it is named, its cases are errored, and it can come later")
  func missing() throws {
    let workspace = try Workspace(scenarios: ["many": RunTests.passing + "\ncases: { n: { from: 1, to: 10 } }"])
    for shard in [1, 3] {
      #expect(try workspace.conform("run", "--shard", "\(shard)/3", "--reports", "part-\(shard)").status == 0)
    }
    let merged = try workspace.conform("merge", "part-1/run.jsonl", "part-3/run.jsonl")
    #expect(merged.status == 3)
    #expect(merged.output.hasSuffix("NOT FINISHED: shard 2 of 3 is missing\n"), "\(merged.output)")
    #expect(try workspace.read("Reports/junit.xml").contains(#"tests="10" failures="0" errors="3""#))
    #expect(try workspace.read("Reports/summary.md").contains("## NOT FINISHED: shard 2 of 3 is missing"))
    try workspace.keepReport("Reports/junit.xml", as: "shard-missing.xml")
    _ = try workspace.conform("run", "--shard", "2/3", "--reports", "part-2")
    let whole = try workspace.conform("merge", "Reports/run.jsonl", "part-2/run.jsonl")
    #expect(whole.status == 0, "\(whole.output)\(whole.errors)")
    #expect(whole.output.contains("10 cases: 10 passed"))
  }

  @Test("of which one has nothing to do ends with 0 there, and the merge holds")
  func empty() throws {
    let workspace = try Workspace(scenarios: ["one": RunTests.passing])
    let outcomes = try (1...2).map { try workspace.conform("run", "--shard", "\($0)/2", "--reports", "part-\($0)") }
    #expect(outcomes.map(\.status) == [0, 0])
    #expect(outcomes[1].output.contains("shard 2 of 2: 0 cases: none"), "\(outcomes[1].output)")
    try workspace.keepReport("part-2/junit.xml", as: "shard-empty.xml")
    #expect(try workspace.conform("merge", "part-1/run.jsonl", "part-2/run.jsonl").status == 0)
  }

  @Test("and of which all is skipped ends with 4 only where the whole is seen")
  func allSkipped() throws {
    let workspace = try Workspace(scenarios: [
      "skipped": "title: skipped\ncovers: TST-01\nwhen: { lost-secret: old-set-dies }\n\(ShardTests.step)issued"
    ])
    for shard in 1...2 {
      #expect(try workspace.conform("run", "--shard", "\(shard)/2", "--reports", "part-\(shard)").status == 0)
    }
    #expect(try workspace.conform("merge", "part-1/run.jsonl", "part-2/run.jsonl").status == 4)
  }

  @Test(
    "takes its shard from the variables of the CI system, and prints them",
    arguments: [
      (["CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "3"], "CI_NODE_INDEX=2 and CI_NODE_TOTAL=3"),
      (["CIRCLE_NODE_INDEX": "1", "CIRCLE_NODE_TOTAL": "3"], "CIRCLE_NODE_INDEX=1 and CIRCLE_NODE_TOTAL=3"),
      (
        ["BUILDKITE_PARALLEL_JOB": "1", "BUILDKITE_PARALLEL_JOB_COUNT": "3"],
        "BUILDKITE_PARALLEL_JOB=1 and BUILDKITE_PARALLEL_JOB_COUNT=3"
      ),
      (
        ["JOB_COMPLETION_INDEX": "1", "JOB_COMPLETION_COUNT": "3"], "JOB_COMPLETION_INDEX=1 and JOB_COMPLETION_COUNT=3"
      ),
    ])
  func environment(variables: [String: String], source: String) throws {
    let workspace = try Workspace(scenarios: ["many": RunTests.passing + "\ncases: { n: { from: 1, to: 10 } }"])
    let outcome = try workspace.conform("run", environment: variables)
    #expect(outcome.errors == "shard 2 of 3, from \(source); --no-shard runs the whole plan\n")
    #expect(outcome.output.contains("shard 2 of 3: 3 cases: 3 passed"))
    let start = try workspace.read("Reports/run.jsonl").prefix { $0 != "\n" }
    let program = Workspace.program.path.replacing("/", with: "\\/")
    #expect(
      [program, Workspace.program.path].contains { start.contains(#""command":["\#($0)","run","--shard","2/3"]"#) },
      "\(start)")
    #expect(start.contains(#""cases":10,"shards":{"present":[2],"of":3}"#))
    let empty = variables.mapValues { _ in "" }
    for (arguments, variables) in [(["--no-shard"], variables), (["--shard", "1/1"], variables), ([], empty)] {
      let (process, output, _) = try workspace.start(["run"] + arguments, environment: variables)
      process.waitUntilExit()
      #expect(try Workspace.text(output).contains("\n10 cases: 10 passed"))
    }
    #expect(try workspace.conform("list", environment: variables).output.contains("many (3 of 10 cases)"))
  }

  @Test(
    "is not split where the job is the only one, or where its number is not known",
    arguments: [
      ["CI_NODE_TOTAL": "1"], ["CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "1"],
      ["CIRCLE_NODE_INDEX": "0", "CIRCLE_NODE_TOTAL": "1"], ["JOB_COMPLETION_INDEX": "5"],
    ])
  func alone(variables: [String: String]) throws {
    let workspace = try Workspace(scenarios: ["one": RunTests.passing])
    let outcome = try workspace.conform("run", environment: variables)
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    #expect(outcome.output.contains("\n1 case: 1 passed"))
  }

  @Test(
    "refuses odd shards with 2, and sends nothing",
    arguments: [
      (["--shard", "0/3"], [:]), (["--shard", "4/3"], [:]), (["--shard", "1"], [:]), (["--shard", "1/x"], [:]),
      (["--shard", "+1/2"], [:]), (["--shard", "1/20000"], [:]),
      (["--shard", "1/2", "--no-shard"], [:]), ([], ["CI_NODE_INDEX": "0", "CI_NODE_TOTAL": "3"]),
      ([], ["CI_NODE_INDEX": "4", "CI_NODE_TOTAL": "3"]),
      ([], ["CIRCLE_NODE_INDEX": "3", "CIRCLE_NODE_TOTAL": "3"]),
      ([], ["BUILDKITE_PARALLEL_JOB": "first", "BUILDKITE_PARALLEL_JOB_COUNT": "3"]),
    ] as [([String], [String: String])])
  func odd(arguments: [String], variables: [String: String]) throws {
    let workspace = try Workspace(scenarios: ["one": RunTests.passing])
    let (process, output, errors) = try workspace.start(["run"] + arguments, environment: variables)
    process.waitUntilExit()
    #expect(process.terminationStatus == 2)
    #expect(try Workspace.text(output) == "")
    #expect(try Workspace.text(errors).contains(/shard|durations/))
    #expect(!workspace.exists("Reports"))
  }

  @Test("is not split by durations that cannot be read: the reports have one errored case, and nothing is sent")
  func noDurations() throws {
    let workspace = try Workspace(scenarios: ["one": RunTests.passing])
    let outcome = try workspace.conform("run", "--shard", "1/2", "--durations", "nowhere.jsonl")
    #expect(outcome.status == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains("--durations expects the run.jsonl of a former run"), "\(outcome.errors)")
    let junit = try workspace.read("Reports/junit.xml")
    #expect(junit.contains(#"tests="1" failures="0" errors="1""#) && junit.contains("nowhere.jsonl"), "\(junit)")
  }

  @Test("is split by the durations of a former run, and by other ones not into shards that belong together")
  func durations() throws {
    let workspace = try Workspace(scenarios: ["many": RunTests.passing + "\ncases: { n: { from: 1, to: 10 } }"])
    _ = try workspace.conform("run", "--reports", "former")
    // one case took as long as all others together
    let lines = try workspace.read("former/run.jsonl").split(separator: "\n").map { (line) -> String in
      guard line.hasPrefix(#"{"event":"case-finished""#) else { return String(line) }
      return String(line).replacing(/"seconds":[0-9.]+/, with: "\"seconds\":\(line.contains("\"n\":4,") ? 9 : 1)")
    }
    try workspace.write(log: lines, to: "former.jsonl")
    let sizes = try (1...2).map { shard in
      _ = try workspace.conform(
        "run", "--shard", "\(shard)/2", "--durations", "former.jsonl", "--reports", "part-\(shard)")
      return try RunLog(path: workspace.folder.appending(path: "part-\(shard)/run.jsonl").path).numbers
    }
    #expect(sizes.contains([4]) && sizes.map(\.count).reduce(0, +) == 10)
    #expect(try workspace.conform("merge", "part-1/run.jsonl", "part-2/run.jsonl").status == 0)
    _ = try workspace.conform("run", "--shard", "2/2", "--reports", "part-2")
    let refused = try workspace.conform("merge", "part-1/run.jsonl", "part-2/run.jsonl")
    #expect(refused.status == 2)
    #expect(refused.errors.contains("give all shards the same --durations, or none"), "\(refused.errors)")
  }

  @Test("refuses files that are not logs, and leaves the former reports as they were")
  func noLog() throws {
    let workspace = try Workspace(scenarios: ["one": RunTests.passing])
    try workspace.write("former", to: "Reports/run.jsonl")
    try workspace.write("no log", to: "odd.jsonl")
    for arguments in [["merge"], ["merge", "odd.jsonl"], ["merge", "nowhere.jsonl"]] {
      let (process, _, errors) = try workspace.start(arguments)
      process.waitUntilExit()
      #expect(process.terminationStatus == 2)
      #expect(try !Workspace.text(errors).isEmpty)
    }
    #expect(try workspace.read("Reports/run.jsonl") == "former")
  }
}
