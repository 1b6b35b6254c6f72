// Runs of the cases that failed in the last run, through the whole program.

import Foundation
import TestSupport
import Testing

@Suite("conform run --failed")
struct FailedOptionTests {
  private static let failing = FailFastTests.scenario("{ status: 418 }")
  private static let passing = FailFastTests.scenario("issued")
  private static let rows = FailFastTests.scenario("{ status: \"${status}\" }", "cases: { status: [200, 418] }")

  private func workspace() throws -> Workspace {
    let workspace = try Workspace(scenarios: [
      "a": FailedOptionTests.passing, "b": FailedOptionTests.failing, "c": FailedOptionTests.failing,
      "d": FailedOptionTests.rows,
    ])
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 1 && outcome.output.contains("FAILED: 3 of 5 cases"), "\(outcome)")
    return workspace
  }

  @Test("runs only what failed, says what is fixed, and ends with 4 if nothing is left")
  func loop() throws {
    let workspace = try workspace()
    try workspace.write(FailedOptionTests.passing, to: "Scenarios/area/c.yaml")
    let first = try workspace.conform("run", "--failed")
    #expect(first.status == 1 && first.output.contains("FAILED: 2 of 3 cases"), "\(first)")
    let lines =
      "\nSTILL FAILING b\nFIXED c\nSTILL FAILING d/status=418\nof 3 cases that failed before: 1 fixed, 2 still failing\n"
    #expect(first.output.contains(lines), "\(first)")
    try workspace.write(FailedOptionTests.passing, to: "Scenarios/area/b.yaml")
    let second = try workspace.conform("run", "--failed")
    #expect(second.output.contains("\nFIXED b\nSTILL FAILING d/status=418\nof 2 cases"), "\(second)")
    let corrected = FailedOptionTests.rows.replacing(
      "{ status: \"${status}\" }", with: "{ outcome: issued, should: { status: \"${status}\" } }")
    try workspace.write(corrected, to: "Scenarios/area/d.yaml")
    let third = try workspace.conform("run", "--failed")
    #expect(third.status == 0 && third.output.contains("of 1 case that failed before: 1 fixed\n"), "\(third)")
    #expect(third.output.contains(#/1 fixed\nthen: \S*conform run\n/#), "\(third)")
    #expect(!first.output.contains("\nthen: ") && !second.output.contains("\nthen: "))
    let log = try workspace.read("Reports/run.jsonl")
    let fourth = try workspace.conform("run", "--failed")
    #expect(fourth.status == 4 && fourth.errors.hasPrefix("nothing to run again: no case failed"), "\(fourth)")
    #expect(try workspace.read("Reports/run.jsonl") == log)
  }

  @Test(
    "does not forget a failure that it does not run again",
    arguments: [["--fail-fast", "--jobs", "1"], ["--only", "b"], ["Scenarios/area/b.yaml"]])
  func remembers(arguments: [String]) throws {
    let workspace = try workspace()
    let partial = try workspace.conform(["run", "--failed"] + arguments)
    #expect(partial.status == 1, "\(partial)")
    #expect(partial.output.contains("of 3 cases that failed before: 1 still failing, 2 not run\n"), "\(partial)")
    let whole = try workspace.conform("run", "--failed")
    #expect(whole.output.contains("of 3 cases that failed before: 3 still failing\n"), "\(whole)")
  }

  @Test("knows the failures after a run that could not start", arguments: [[], ["--failed"]])
  func unstarted(arguments: [String]) throws {
    let workspace = try workspace()
    try workspace.write("titel: x", to: "Scenarios/area/a.yaml")
    for _ in 1...2 { #expect(try workspace.conform(["run"] + arguments).status == 2) }
    try workspace.write(FailedOptionTests.passing, to: "Scenarios/area/a.yaml")
    let outcome = try workspace.conform("run", "--failed")
    #expect(outcome.output.contains("of 3 cases that failed before: 3 still failing\n"), "\(outcome)")
  }

  @Test("runs the cases again by which an invariant failed")
  func invariant() throws {
    let workspace = try Workspace(scenarios: ["a": FailedOptionTests.passing, "b": FailedOptionTests.passing])
    let invariant = "  - { id: teapot, title: It is a teapot, covers: TST-01, expect: { status: 418 } }\n"
    try workspace.write("invariants:\n\(invariant)", to: "Scenarios/invariants.yaml")
    #expect(try workspace.conform("run", "--only", "a").output.contains("1 failed"))
    let outcome = try workspace.conform("run", "--failed")
    #expect(
      outcome.output.contains(
        "\nPASSED a, but for the invariant teapot\nof 1 case that failed before: 1 passed but for an invariant\n"),
      "\(outcome)")
  }

  @Test("notes a case that the pack no longer has, once")
  func removed() throws {
    let workspace = try workspace()
    try FileManager.default.removeItem(at: workspace.folder.appending(path: "Scenarios/area/c.yaml"))
    let outcome = try workspace.conform("run", "--failed")
    #expect(outcome.errors == "note: the pack no longer has 1 case that failed: c\n", "\(outcome)")
    #expect(try workspace.conform("run", "--failed").errors == "")
  }

  @Test("refuses a log that is missing or is none, and the option --shard; nothing changes")
  func refused() throws {
    let workspace = try Workspace(scenarios: ["a": FailedOptionTests.passing])
    let missing = try workspace.conform("run", "--failed")
    #expect(missing.status == 2 && missing.errors.hasPrefix("--failed: Reports/run.jsonl does not exist"), "\(missing)")
    #expect(!workspace.exists("Reports"))
    try workspace.write("not a log\n", to: "Reports/run.jsonl")
    let other = try workspace.conform("run", "--failed")
    #expect(other.status == 2 && other.errors.contains("is not a run log"), "\(other)")
    #expect(try workspace.read("Reports/run.jsonl") == "not a log\n")
    #expect(try workspace.conform("run", "--failed", "--shard", "1/2").status == 2)
  }

  @Test("refuses the failures of another target, and keeps their log")
  func otherTarget() throws {
    let workspace = try workspace()
    let log = try workspace.read("Reports/run.jsonl")
    try workspace.write(Workspace.bareTarget("http://127.0.0.1:1"), to: "other.yaml")
    let outcome = try workspace.conform("run", "--failed", "--target", "other.yaml")
    #expect(outcome.status == 2, "\(outcome)")
    #expect(outcome.errors.hasPrefix("--failed: the last run, Reports/run.jsonl, was of the target '"), "\(outcome)")
    #expect(
      outcome.errors.hasSuffix(
        ", not of 'A bare endpoint'; name the folder of the last run of this target by --reports\n"))
    #expect(try workspace.read("Reports/run.jsonl") == log)
  }

  @Test("with a selection of none of them changes nothing and ends with 4")
  func noneSelected() throws {
    let workspace = try workspace()
    let outcome = try workspace.conform("run", "--failed", "--only", "a")
    #expect(outcome.status == 4, "\(outcome)")
    #expect(outcome.errors == "nothing to run again: none of the 3 cases that failed is selected\n")
    #expect(try workspace.read("Reports/run.jsonl").contains(#""id":"b""#))
    #expect(try workspace.conform("run", "--only", "b").status == 1)
    let one = try workspace.conform("run", "--failed", "--only", "a")
    #expect(one.errors == "nothing to run again: the case that failed is not selected\n", "\(one)")
  }
}
