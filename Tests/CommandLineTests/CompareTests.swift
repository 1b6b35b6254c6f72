import Foundation
import JSONValue
import Testing

@Suite("conform compare, run --baseline and --history")
struct CompareTests {
  static let lifetime = """
    title: The answer says 24 hours
    covers: TST-01
    given:
      - create-client: { as: erp }
    steps:
      - request-token: { as: token, client: erp }
        expect: { status: 200, json: { expires_in: 86400 } }
    """

  static let issued = """
    title: A token is issued, and accepted
    covers: TST-01
    given:
      - create-client: { as: erp }
    steps:
      - request-token: { as: token, client: erp }
        expect: { status: 200 }
      - post-payload: { token: token }
        expect: accepted
    """

  /// Scenarios that are alike, so that a number that is always the same is known as such.
  static let scenarios = [
    "lifetime": lifetime, "issued": issued, "issued-again": issued, "issued-once-more": issued,
    "border": RunTests.passing,
  ]

  /// A workspace with the target file of a service that has these faults, and the service.
  static func finished(_ workspace: Workspace, _ faults: [String], _ arguments: [String]) throws -> Outcome {
    let served = try ServedService(faults.flatMap { ["--fault", $0] }, key: "the-key-of-the-manager")
    defer { served.stop() }
    let target = try workspace.read("Scenarios/targets/reference.yaml").replacing(
      "launch: reference-service\n", with: ""
    ).replacing("${service.url}", with: served.url)
      .replacing("${service.manager-key}", with: "${env.CONFORM_MANAGER_KEY}")
    try workspace.write(target, to: "external.yaml")
    let (process, output, errors) = try workspace.start(
      ["run", "--target", "external.yaml"] + arguments, environment: ["CONFORM_MANAGER_KEY": "the-key-of-the-manager"],
      within: 60)
    process.waitUntilExit()
    return try Outcome(
      status: process.terminationStatus, output: Workspace.text(output), errors: Workspace.text(errors))
  }

  @Test("two runs of a service that is the same differ in nothing, whichever files are compared")
  func same() throws {
    let workspace = try Workspace(scenarios: CompareTests.scenarios)
    for folder in ["one", "two"] {
      _ = try workspace.conform("run", "--reports", folder, "--report", "junit", "--report", "junit-extended")
    }
    for (old, new) in [
      ("run.jsonl", "run.jsonl"), ("run.jsonl", "junit.xml"), ("junit.xml", "run.jsonl"),
      ("junit-extended.xml", "junit.xml"),
    ] {
      let outcome = try workspace.conform("compare", "one/\(old)", "two/\(new)", "--strict", "--slower", "1000")
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      #expect(
        outcome.output.contains("5 cases in both: 0 regressed, 5 unchanged\nNOTHING REGRESSED\n"), "\(outcome.output)")
    }
  }

  @Test("a fault is a regression with its reason, its end is a fix, and other changed responses are shown")
  func regression() throws {
    let workspace = try Workspace(scenarios: CompareTests.scenarios)
    #expect(try CompareTests.finished(workspace, [], ["--reports", "good"]).status == 0)
    #expect(try CompareTests.finished(workspace, ["expires-in-an-hour"], ["--reports", "bad"]).status == 1)
    let worse = try workspace.conform("compare", "good/run.jsonl", "bad/run.jsonl")
    #expect(worse.status == 1)
    for part in [
      "REGRESSED: 1\n  lifetime: The answer says 24 hours (passed → failed)\n    body as JSON, /expires_in: expected 86400, got 3600\n    at Scenarios/area/lifetime.yaml:7\n",
      "  body /expires_in (in 4 cases)\n    before: 86400\n    now: 3600\n",
      "REGRESSED: 1 case fails now and did not before\n",
    ] {
      #expect(worse.output.contains(part), "missing: \(part) in \(worse.output)")
    }
    let better = try workspace.conform("compare", "bad/run.jsonl", "good/run.jsonl")
    #expect(better.status == 0)
    #expect(better.output.contains("FIXED: 1\n  lifetime: The answer says 24 hours (failed → passed)\n"))
    // JUnit has verdicts and reasons, but no responses
    let junit = try workspace.conform("compare", "good/junit.xml", "bad/run.jsonl")
    #expect(junit.status == 1)
    #expect(junit.output.contains("responses were not compared: JUnit files do not contain them, only run logs do"))
  }

  @Test("several formats go to their files at once, and each kind of mistake in the arguments or files ends with 2")
  func formats() throws {
    let workspace = try Workspace(scenarios: ["issued": CompareTests.issued])
    _ = try workspace.conform("run")
    let log = "Reports/run.jsonl"
    let outcome = try workspace.conform(
      "compare", log, log, "--format", "html=c.html", "--format", "json=c.json", "--format", "markdown", "-o", "c.md")
    #expect(outcome.status == 0)
    #expect(outcome.output == "")
    for name in ["c.html", "c.json", "c.md"] { #expect(workspace.exists(name)) }
    try workspace.write("<html/>", to: "page.html")
    for arguments in [
      ["compare", log, "none"], ["compare", "page.html", log], ["compare", "Scenarios/requirements.yaml", log],
      ["compare", log],
      ["compare", log, log, "--format", "text", "--format", "json"], ["compare", log, log, "--format", "pdf"],
      ["compare", log, log, "--slower", "1"],
    ] {
      let (process, _, errors) = try workspace.start(arguments, within: 60)
      process.waitUntilExit()
      #expect(process.terminationStatus == 2, "\(arguments)")
      #expect(try !Workspace.text(errors).isEmpty)
    }
    #expect(try workspace.conform("compare", log, log, "--format", "json=none/c.json").status == 3)
  }

  @Test("a side can be a folder, a pattern or several files, and what is wrong with them ends with 2")
  func severalFiles() throws {
    let workspace = try Workspace()
    func suite(_ name: String, _ failure: String = "") -> String {
      "<testsuite name=\"\(name)\"><testcase classname=\"\(name)\" name=\"works\">\(failure)</testcase></testsuite>"
    }
    for (side, failure) in [("before", ""), ("after", "<failure message=\"boom\"/>")] {
      try workspace.write(suite("A"), to: "\(side)/one/TEST-A.xml")
      try workspace.write(suite("B", failure), to: "\(side)/two/TEST-B.xml")
    }
    for arguments in [
      ["before", "after"], ["before/**/TEST-*.xml", "after/*/*.xml"],
      ["before/one/TEST-A.xml", "before/two/TEST-B.xml", "--new", "after/one/TEST-A.xml", "after/two/TEST-B.xml"],
    ] {
      let outcome = try workspace.conform(["compare"] + arguments)
      #expect(outcome.status == 1, "\(outcome.errors)")
      #expect(outcome.output.contains("REGRESSED: 1\n  B works (passed → failed)\n    boom\n"), "\(outcome.output)")
      #expect(outcome.output.contains("2 cases in both: 1 regressed, 1 unchanged\n"), "\(outcome.output)")
    }
    try workspace.write("<testsuite name=\"A\"><testcase name=\"a\"><failure>", to: "cut.xml")
    for (arguments, message) in [
      (["before"], "expected two runs, the former one first"),
      (["before", "after", "after"], "name those of the later run by --new"),
      (["before", "none/*.xml"], "none/*.xml: no file matches this pattern"),
      (["before", "cut.xml"], "cut.xml: is truncated: it ends inside of <failure>, after 0 cases"),
    ] {
      let outcome = try workspace.conform(["compare"] + arguments)
      #expect(outcome.status == 2 && outcome.errors.contains(message), "\(outcome.errors)")
    }
  }

  @Test("with a baseline only what regressed makes a run fail, also where the baseline is the log that is written anew")
  func gate() throws {
    let workspace = try Workspace(scenarios: CompareTests.scenarios)
    #expect(try CompareTests.finished(workspace, ["expires-in-an-hour"], []).status == 1)
    let asBefore = try CompareTests.finished(workspace, ["expires-in-an-hour"], ["--baseline", "Reports/run.jsonl"])
    #expect(asBefore.status == 0, "\(asBefore.output)\(asBefore.errors)")
    #expect(asBefore.output.contains("FAILED: 1 of 5 cases do not conform\n\ncompared with the baseline:\n"))
    #expect(asBefore.output.contains("5 cases in both: 0 regressed, 1 still failing, 4 unchanged"))
    let worse = try CompareTests.finished(
      workspace, ["expires-in-an-hour", "tokens-live-a-second-longer"], ["--baseline", "Reports/run.jsonl"])
    #expect(worse.status == 1 && !worse.errors.contains("--strict:"))
    #expect(worse.output.contains("REGRESSED: 1\n  border: "))
    #expect(try workspace.read("Reports/compare.md").hasPrefix("## REGRESSED: 1 case fails now and did not before"))
    #expect(try workspace.read("Reports/compare.html").contains("<h2 id=\"regressed\" class=\"bad\">Regressed: 1</h2>"))
    // a run with a regression is not the next baseline: the regression fails the next run too
    let again = try CompareTests.finished(
      workspace, ["expires-in-an-hour", "tokens-live-a-second-longer"], ["--baseline", "Reports/run.jsonl"])
    #expect(again.status == 1 && again.output.contains("REGRESSED: 1\n  border: "), "\(again.output)")
    #expect(try CompareTests.finished(workspace, [], ["--baseline", "Reports/junit.xml"]).output.contains("2 fixed"))
    #expect(workspace.exists("Reports/baseline.jsonl"))
    #expect(try CompareTests.finished(workspace, [], ["--baseline", "Reports/run.jsonl"]).status == 0)
    #expect(!workspace.exists("Reports/baseline.jsonl"), "a run without a regression is the next baseline")
    // the responses of the former run remain readable as long as they are needed
    let answers = try CompareTests.finished(workspace, ["expires-in-an-hour"], ["--baseline", "Reports/run.jsonl"])
    #expect(
      answers.output.contains("  body /expires_in (in 4 cases)\n    before: 86400\n    now: 3600\n"),
      "\(answers.output)")
  }

  @Test("the comparison is appended to the summary of the job, and printed apart from a report on the standard output")
  func places() throws {
    let workspace = try Workspace(scenarios: ["one": RunTests.passing])
    #expect(try workspace.conform("run", "--reports", "good").status == 0)
    try workspace.write("before\n", to: "step.md")
    let outcome = try workspace.conform(
      "run", "--baseline", "good/run.jsonl", "--report", "tap=-",
      environment: ["GITHUB_STEP_SUMMARY": workspace.folder.appending(path: "step.md").path])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("compared with the baseline:") && !outcome.output.contains("compared with"))
    let summary = try workspace.read("step.md"), comparison = try workspace.read("Reports/compare.md")
    #expect(summary.hasPrefix("before\n") && summary.contains(comparison), "\(summary)")
  }

  @Test("a baseline in a file of its own is replaced by a run without a regression only")
  func promotion() throws {
    let workspace = try Workspace(scenarios: CompareTests.scenarios)
    #expect(try CompareTests.finished(workspace, [], []).status == 0)
    try workspace.write(try workspace.read("Reports/run.jsonl"), to: "kept/baseline.jsonl")
    let arguments = ["--baseline", "kept/baseline.jsonl"]
    let good = try workspace.read("kept/baseline.jsonl")
    for _ in 1...2 {
      #expect(try CompareTests.finished(workspace, ["tokens-live-a-second-longer"], arguments).status == 1)
      #expect(try workspace.read("kept/baseline.jsonl") == good)
    }
    #expect(try CompareTests.finished(workspace, [], arguments + ["--only", "border"]).status == 0)
    #expect(try workspace.read("kept/baseline.jsonl") == good, "a part of the pack is not a baseline of the whole")
    #expect(try CompareTests.finished(workspace, [], arguments).status == 0)
    #expect(try workspace.read("kept/baseline.jsonl") == workspace.read("Reports/run.jsonl"))
  }

  @Test("a baseline of another target is refused, and one of another pack version is reported")
  func otherBaseline() throws {
    let workspace = try Workspace(scenarios: ["border": RunTests.passing])
    #expect(try workspace.conform("run", "--reports", "former").status == 0)
    let file = "Scenarios/targets/reference.yaml"
    let target = try workspace.read(file)
    try workspace.write(target.replacing(/target: .+/, with: "target: Another one"), to: file)
    let refused = try workspace.conform("run", "--baseline", "former/run.jsonl")
    #expect(refused.status == 2 && refused.errors.contains("former/run.jsonl: is a run of another target, '"))
    try workspace.write(target, to: file)
    try workspace.write(
      Workspace.requirements.replacing("pack: \"1\"", with: "pack: \"2\""), to: "Scenarios/requirements.yaml")
    let outcome = try workspace.conform("run", "--baseline", "former/run.jsonl")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("note: the baseline is a run of pack version 1, this run of 2"))
  }

  @Test("a shard is compared with its own part of the baseline: cases of other shards are not missing")
  func shard() throws {
    let workspace = try Workspace(scenarios: CompareTests.scenarios)
    #expect(try workspace.conform("run", "--reports", "whole").status == 0)
    for baseline in ["whole/run.jsonl", "whole/junit.xml"] {
      let outcome = try workspace.conform("run", "--shard", "1/2", "--baseline", baseline, "--strict")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("3 cases in both: 0 regressed, 3 unchanged\n"), "\(outcome.output)")
    }
  }

  @Test("a case that cannot be judged any more ends a gated run with 3, and one that could not before does not")
  func errored() throws {
    let workspace = try Workspace(scenarios: ["issued": CompareTests.issued, "lifetime": CompareTests.lifetime])
    #expect(try workspace.conform("run", "--reports", "good").status == 0)
    // a failed setup says nothing about the requirement
    try workspace.write(
      CompareTests.issued.replacing("steps:", with: "  - post-payload: {}\nsteps:"), to: "Scenarios/area/issued.yaml")
    let outcome = try workspace.conform("run", "--reports", "bad", "--baseline", "good/run.jsonl")
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(try workspace.conform("run", "--reports", "bad", "--baseline", "bad/run.jsonl").status == 0)
    // but a failure was not known there
    try workspace.write(
      CompareTests.issued.replacing("status: 200", with: "status: 400"), to: "Scenarios/area/issued.yaml")
    let failing = try workspace.conform("run", "--reports", "bad", "--baseline", "bad/run.jsonl")
    #expect(failing.status == 1 && failing.output.contains("REGRESSED: 1\n  issued: "), "\(failing.output)")
  }

  @Test("a run in which nothing was judged is no baseline, and does not take the place of one")
  func unjudged() throws {
    let workspace = try Workspace(scenarios: ["issued": CompareTests.issued])
    let path = "Scenarios/area/issued.yaml", gated = ["run", "--baseline", "Reports/run.jsonl"]
    try workspace.write(CompareTests.issued.replacing("steps:", with: "  - post-payload: {}\nsteps:"), to: path)
    #expect(try workspace.conform("run", "--reports", "unjudged").status == 3)
    for baseline in ["unjudged/run.jsonl", "unjudged/junit.xml"] {
      let outcome = try workspace.conform("run", "--baseline", baseline)
      #expect(outcome.status == 2)
      #expect(
        outcome.errors.contains("\(baseline): nothing was judged in this run; it cannot be a baseline"),
        "\(outcome.errors)")
    }
    #expect(try workspace.conform("run").status == 3)
    let refused = try workspace.conform(gated)
    #expect(refused.status == 2 && refused.errors.contains("Reports/run.jsonl: nothing was judged in this run"))
    #expect(!workspace.exists("Reports/baseline.jsonl"))
    try workspace.write(CompareTests.issued, to: path)
    #expect(try workspace.conform("run").status == 0)
    #expect(try workspace.conform(gated).status == 0)
  }

  @Test("new cases that fail are seen, and close only a strict gate")
  func newCases() throws {
    let workspace = try Workspace(scenarios: ["issued": CompareTests.issued])
    #expect(try workspace.conform("run", "--reports", "good").status == 0)
    let former = try workspace.read("good/run.jsonl")
    try workspace.write(CompareTests.lifetime.replacing("86400", with: "1"), to: "Scenarios/area/lifetime.yaml")
    let outcome = try workspace.conform("run", "--baseline", "good/run.jsonl")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("NOTHING REGRESSED; 1 new case fails"))
    // a run without a regression has replaced the baseline
    try workspace.write(former, to: "good/run.jsonl")
    for arguments in [
      ["run", "--baseline", "good/run.jsonl", "--strict"],
      ["compare", "good/run.jsonl", "Reports/run.jsonl", "--strict"],
    ] {
      let (process, _, errors) = try workspace.start(arguments, within: 60)
      process.waitUntilExit()
      #expect(process.terminationStatus == 1)
      #expect(try Workspace.text(errors).contains("--strict: new cases that fail"))
    }
  }

  @Test("a baseline that cannot be used ends the run with 2 before anything is sent, and its reports say so")
  func baselineMissing() throws {
    let workspace = try Workspace(scenarios: ["issued": CompareTests.issued])
    for baseline in ["none.jsonl", "Scenarios/requirements.yaml", "Scenarios"] {
      let outcome = try workspace.conform("run", "--baseline", baseline)
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("nothing was sent"))
      let junit = try workspace.read("Reports/junit.xml")
      #expect(junit.contains(#"tests="1" failures="0" errors="1""#) && junit.contains("nothing was sent"), "\(junit)")
      #expect(try !workspace.read("Reports/run.jsonl").contains("step-finished"))
    }
  }

  @Test("a history has each run once, names what is flaky, and render only reads it")
  func history() throws {
    let workspace = try Workspace(scenarios: CompareTests.scenarios)
    for faults in [[], ["expires-in-an-hour"]] {
      _ = try CompareTests.finished(workspace, faults, ["--history", "past/runs"])
    }
    let third = try CompareTests.finished(workspace, [], ["--history", "past/runs"])
    #expect(third.output.contains("flaky: lifetime ✓✗✓ (1 passed, 1 failed, 1 passed)\n"), "\(third.output)")
    #expect(
      try workspace.read("Reports/summary.md").contains(
        "| lifetime | ✓✗✓ | 1 passed, 1 failed, 1 passed | fixed, flaky |"))
    try workspace.write("{", to: "past/runs/20261123T120000.000Z-00000000-00000000.json")
    try workspace.write("{", to: "past/runs/foreign.json")
    let rendered = try workspace.conform("render", "--history", "past/runs", "--reports", "again")
    #expect(rendered.status == 0)
    #expect(rendered.errors.contains("note: past/runs/foreign.json: ignored, it is not the result of a run"))
    #expect(try workspace.read("again/summary.md").contains("| lifetime | ✓✗✓ |"))
    let files = try FileManager.default.contentsOfDirectory(atPath: workspace.folder.appending(path: "past/runs").path)
    #expect(files.count == 5)
    #expect(!files.contains { $0.hasSuffix(".tmp") })
  }
}
