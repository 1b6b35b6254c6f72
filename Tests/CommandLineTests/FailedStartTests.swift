import ConformanceModel
import Foundation
import Testing

@Suite("A run that cannot start")
struct FailedStartTests {
  /// A folder with the green reports of a former run.
  private func green() throws -> Workspace {
    let workspace = try Workspace(scenarios: ["one": RunTests.passing])
    #expect(try workspace.conform("run").status == 0)
    #expect(try workspace.read("Reports/junit.xml").contains(#"failures="0" errors="0""#))
    return workspace
  }

  @Test("leaves no green report of a former run, but one errored case that says what is wrong")
  func mistake() throws {
    let workspace = try green()
    try workspace.write(RunTests.passing.replacing("covers:", with: "cover:"), to: "Scenarios/area/one.yaml")
    let outcome = try workspace.conform("run", "--report", "junit", "--report", "html", "--report", "tap")
    #expect(outcome.status == 2)
    let junit = try workspace.read("Reports/junit.xml")
    #expect(junit.contains(#"tests="1" failures="0" errors="1""#) && junit.contains("cover"), "\(junit)")
    #expect(try workspace.read("Reports/report.html").contains("cover"))
    #expect(try workspace.read("Reports/report.tap").contains("not ok 1"))
    try workspace.keepReport("Reports/junit.xml", as: "failed-start.xml")
  }

  @Test("nor if nothing is selected, a variable is not set, or the baseline cannot be used")
  func arguments() throws {
    for arguments in [["--tag", "none"], ["--target", "variable.yaml"], ["--baseline", "missing.jsonl"]] {
      let workspace = try green()
      try workspace.write(
        Workspace.bareTarget("http://127.0.0.1:9").replacing("TEST_SECRET", with: "UNSET_SECRET"), to: "variable.yaml")
      let (process, _, errors) = try workspace.start(["run"] + arguments, within: 60)
      process.waitUntilExit()
      #expect(process.terminationStatus == 2, "\(arguments)")
      #expect(try !Workspace.text(errors).isEmpty)
      #expect(try workspace.read("Reports/junit.xml").contains(#"tests="1" failures="0" errors="1""#), "\(arguments)")
    }
  }

  @Test("is no baseline of the next runs, and does not replace one")
  func baseline() throws {
    let workspace = try Workspace(scenarios: ["one": RunTests.passing])
    let gated = ["run", "--baseline", "Reports/run.jsonl"]
    let first = try workspace.conform(gated)
    #expect(first.status == 2 && first.errors.contains("omit --baseline in the first run"), "\(first.errors)")
    let second = try workspace.conform(gated)
    #expect(second.status == 2 && second.errors.contains("nothing was judged in this run"), "\(second.errors)")
    #expect(try workspace.conform("run").status == 0)
    #expect(try workspace.conform(gated).status == 0)
    #expect(try workspace.conform(gated + ["--tag", "none"]).status == 2)
    let last = try workspace.conform(gated)
    #expect(last.status == 0 && last.output.contains("NOTHING REGRESSED"), "\(last.output)\(last.errors)")
  }

  @Test("nor if the target cannot be launched")
  func launch() throws {
    let workspace = try green()
    try workspace.write(
      Workspace.bareTarget("http://127.0.0.1:${port}")
        + "\nlaunch: { command: [no-such-program-9f], ready: { request: GET /, within: 5s } }",
      to: "launched.yaml")
    let outcome = try workspace.conform(
      "run", "--target", "launched.yaml", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 3, "\(outcome.errors)")
    #expect(try workspace.read("Reports/junit.xml").contains(#"tests="1" failures="0" errors="1""#))
  }

  @Test("leaves the log and the reports as they were if the arguments themselves are wrong")
  func wrongArguments() throws {
    for arguments in [["--jobs", "0"], ["--no-such-option"], ["--shard", "3/2"], ["--start", "today"]] {
      let workspace = try green()
      let former = try workspace.read("Reports/run.jsonl"), report = try workspace.read("Reports/junit.xml")
      let (process, _, errors) = try workspace.start(["run"] + arguments, within: 60)
      process.waitUntilExit()
      #expect(process.terminationStatus == 2, "\(arguments)")
      #expect(try !Workspace.text(errors).isEmpty)
      #expect(try workspace.read("Reports/run.jsonl") == former, "\(arguments)")
      #expect(try workspace.read("Reports/junit.xml") == report, "\(arguments)")
    }
  }
}

@Suite("Environment variables of a target")
struct TargetVariableTests {
  private func outcome(_ secret: String) throws -> (Outcome, SmallService) {
    let service = try SmallService()
    let scenario = InterruptTests.scenario.replacing("to: 40", with: "to: 1")
    let workspace = try Workspace(scenarios: ["asks": scenario], target: Workspace.bareTarget(service.url))
    service.state.withLock { $0.secrets["known"] = Workspace.secret }
    return (try workspace.conform("run", environment: ["TEST_SECRET": secret]), service)
  }

  @Test(
    "that are empty, or have a line break in a secret, are named with status 2, and nothing is sent",
    arguments: [
      ("", "the environment variable TEST_SECRET is empty"), ("\n", "the environment variable TEST_SECRET is empty"),
      ("one\ntwo", "the environment variable TEST_SECRET contains a line break"),
    ])
  func refused(value: String, message: String) throws {
    let (outcome, service) = try outcome(value)
    #expect(outcome.status == 2 && outcome.errors.contains(message), "\(outcome.errors)")
    #expect(service.requests.isEmpty)
  }

  @Test("lose a line break at their end")
  func trimmed() throws {
    for end in ["\n", "\r\n"] {
      let (outcome, _) = try outcome(Workspace.secret + end)
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    }
  }
}
