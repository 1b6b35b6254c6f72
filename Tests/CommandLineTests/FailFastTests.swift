// Runs that stop after so many failures, through the whole program.

import Foundation
import RunEvents
import Testing

@Suite("conform run --fail-fast and --max-failures")
struct FailFastTests {
  static func scenario(_ expectation: String, _ rest: String = "") -> String {
    """
    title: A client gets a token
    covers: TST-01
    given:
      - create-client: { as: erp }
    steps:
      - request-token: { as: token, client: erp }
        expect: \(expectation)
    \(rest)
    """
  }

  private static let waiting = """
      - wait: 24h
      - post-payload: { token: token }
        expect: { status: 401 }
    """

  private func workspace() throws -> Workspace {
    try Workspace(scenarios: [
      "a-waits": FailFastTests.scenario("issued", FailFastTests.waiting), "b-passes": FailFastTests.scenario("issued"),
      "c-fails": FailFastTests.scenario("{ status: 418 }"), "d-fails": FailFastTests.scenario("{ status: 419 }"),
      "e-passes": FailFastTests.scenario("issued"),
    ])
  }

  @Test("the first failure ends the run with 1: nothing else starts, and the clock is not advanced")
  func failFast() throws {
    let workspace = try workspace()
    let outcome = try workspace.conform("run", "--fail-fast", "--jobs", "1", "--history", "history")
    #expect(outcome.status == 1, "\(outcome)")
    let stop = "stopped after the first failure (--fail-fast)"
    #expect(outcome.output.contains("2 skipped: not run: \(stop)\n"), "\(outcome.output)")
    #expect(outcome.output.contains("1 skipped: not finished: \(stop)\n"), "\(outcome.output)")
    #expect(outcome.output.hasSuffix("FAILED: 1 of 5 cases do not conform; \(stop)\n"), "\(outcome.output)")
    let log = try workspace.read("Reports/run.jsonl")
    #expect(!log.contains(#""event":"clock-advanced""#) && log.contains(#""aborted":"\#(stop)","failure-limit":1"#))
    let junit = try workspace.read("Reports/junit.xml")
    #expect(junit.contains(#"tests="5" failures="1" errors="0" skipped="3""#), "\(junit)")
    #expect(junit.contains("not run: \(stop)") && junit.contains(#"name="aborted" value="\#(stop)""#), "\(junit)")
    let history = try workspace.read("history/\(try #require(workspace.names(in: "history").first))")
    #expect(history.contains("c-fails") && !history.contains("d-fails") && !history.contains("a-waits"), "\(history)")
    #expect(try workspace.conform("render").status == 0)
  }

  @Test("more failures end it later, whatever the jobs", arguments: ["1", "16"])
  func maxFailures(jobs: String) throws {
    let workspace = try workspace()
    let outcome = try workspace.conform("run", "--max-failures", "2", "--jobs", jobs)
    #expect(outcome.status == 1 && outcome.output.contains("FAILED: 2 of 5 cases"), "\(outcome)")
    #expect(outcome.output.contains("; stopped after 2 failures (--max-failures)\n"), "\(outcome)")
    #expect(
      try workspace.conform("run", "--max-failures", "3").output.contains("FAILED: 2 of 5 cases do not conform\n"))
  }

  @Test("errors end it with 3")
  func errors() throws {
    let workspace = try Workspace(scenarios: [
      "a": FailFastTests.scenario("issued").replacing("given:\n", with: "given:\n  - request-token: { auth: none }\n"),
      "b": FailFastTests.scenario("issued"),
    ])
    let outcome = try workspace.conform("run", "--fail-fast", "--jobs", "1")
    #expect(outcome.status == 3, "\(outcome)")
    #expect(outcome.output.contains("ERRORED: 1 of 2 cases could not be judged; stopped after the first"), "\(outcome)")
  }

  @Test(
    "arguments that contradict each other are refused",
    arguments: [["--max-failures", "0"], ["--fail-fast", "--max-failures", "2"], ["--fail-fast", "--baseline", "b"]])
  func refused(arguments: [String]) throws {
    let outcome = try workspace().conform(["run"] + arguments)
    #expect(outcome.status == 2 && outcome.errors.contains("--max-failures") || outcome.errors.contains("--fail-fast"))
  }
}
