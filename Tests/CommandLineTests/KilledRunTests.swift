// What SIGKILL leaves of a run, at any moment: a log from which every report can be made, with each case of the plan once.

import ConformanceModel
import Foundation
import JSONValue
import Reporting
import RunEvents
import TestSupport
import Testing

@Suite("A run that is killed")
struct KilledRunTests {
  private static let scenario = RunTests.passing + "\ncases: { n: { from: 1, to: 60 } }"

  /// 120 cases with rows, the invariant of the pack, and the built-in one.
  private static let cases = 122

  private static let formats = ReportFormat.allCases.flatMap { ["--report", $0.rawValue] }

  /// How often: CI kills more than one who waits for the tests.
  private static let kills = ProcessInfo.processInfo.environment["CONFORM_KILLS"].flatMap { Int($0) } ?? 10

  private static func workspace() throws -> Workspace {
    let workspace = try Workspace(scenarios: [
      "many": scenario,
      "soft": scenario.replacing("TST-01", with: "TST-02").replacing("status: 401", with: "status: 403"),
    ])
    try workspace.write(
      "invariants:\n  - { id: answers, title: Answers come – überall, covers: TST-01, expect: { status: { type: number } } }\n",
      to: "Scenarios/invariants.yaml")
    return workspace
  }

  /// Renders every report of `Reports/run.jsonl`, and expects each case of the plan in each of them, those that ended with their verdict.
  private static func expectWhole(_ workspace: Workspace) throws {
    // it may end within a character
    let log = String(
      decoding: try Data(contentsOf: workspace.folder.appending(path: "Reports/run.jsonl")), as: UTF8.self)
    let first = log.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? ""
    guard (try? JSON(parsing: first)) != nil else {
      // nothing is known of the run, and nothing was sent
      let outcome = try workspace.conform("render")
      #expect(outcome.status == 2)
      #expect(
        outcome.errors.contains(log.isEmpty ? "is empty" : "the run was killed before it had a plan"),
        "\(outcome.errors)")
      return
    }
    let (process, output, errors) = try workspace.start(["render", "--reports", "made"] + formats, within: 60)
    process.waitUntilExit()
    let text = try Workspace.text(errors)
    try #require(process.terminationStatus == 0, "\(text)")
    let lines = log.split(separator: "\n").filter {
      $0.hasPrefix(#"{"event":"case-finished""#) && $0.hasSuffix("}") && (try? JSON(parsing: String($0))) != nil
    }
    let ended = Set(lines.compactMap { line in (try? JSON(parsing: String(line)))?["n"]?.int })
    #expect(ended.count == lines.count)
    let open = cases - ended.count
    for name in ["junit.xml", "junit-extended.xml"] {
      let junit = try workspace.read("made/\(name)")
      #expect(
        junit.contains(#"<testsuites name="conform" tests="\#(cases)" failures="0" errors="\#(open)""#),
        "\(junit.prefix(200)), \(open) open")
      #expect(junit.matches(of: /<testcase\b/).count == cases)
    }
    let tap = try workspace.read("made/report.tap")
    #expect(tap.contains("\n1..\(cases)\n"))
    #expect(tap.matches(of: /(?m)^ok\b/).count == ended.count)
    #expect(tap.matches(of: /(?m)^not\ ok\b/).count == open)
    let ctrf = try JSON(parsing: workspace.read("made/ctrf.json"))["results"]
    #expect(ctrf?["tests"]?.array?.count == cases)
    #expect(ctrf?["summary"]?["failed"]?.int == open)
    let ids = ctrf?["tests"]?.array?.compactMap { $0["id"]?.string } ?? []
    #expect(Set(ids).count == cases)
    let issues = try JSON(parsing: workspace.read("made/gl-code-quality.json")).array ?? []
    #expect(issues.filter { $0["severity"]?.string == "major" }.count == open)
    #expect(
      try workspace.read("made/summary.md").contains(
        open == 0 ? "## CONFORMS" : "## ERRORED: \(open) of \(cases) cases"))
    #expect(try open == 0 || Workspace.text(output).contains("::error "))
  }

  @Test("leaves a log of which every report is made, and each case is in it once")
  func killed() throws {
    let workspace = try KilledRunTests.workspace()
    #expect(try workspace.conform("run", "--no-probe").status == 0)
    let whole = try workspace.read("Reports/run.jsonl").utf8.count
    var generator = SplitMix(seed: 20_220_720)
    for _ in 0..<KilledRunTests.kills {
      try FileManager.default.removeItem(at: workspace.folder.appending(path: "Reports"))
      let size = Int.random(in: 1..<whole, using: &generator)
      let (process, _, _) = try workspace.start([
        "run", "--no-probe", "--jobs", "\([1, 4, 16].randomElement(using: &generator) ?? 1)",
      ])
      let path = workspace.folder.appending(path: "Reports/run.jsonl").path
      var info = stat()
      while stat(path, &info) != 0 || Int(info.st_size) < size, process.isRunning { poll(nil, 0, 1) }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      try KilledRunTests.expectWhole(workspace)
    }
  }

  @Test("leaves a log that may end at any byte: within a number, a character, or the plan")
  func cut() throws {
    let workspace = try KilledRunTests.workspace()
    #expect(try workspace.conform("run", "--no-probe").status == 0)
    let whole = try Data(contentsOf: workspace.folder.appending(path: "Reports/run.jsonl"))
    let plan = try #require(whole.range(of: Data(#"{"event":"case-started""#.utf8))).lowerBound
    let head = String(decoding: whole[..<plan], as: UTF8.self)
    #expect(
      head.contains(#""cases":\#(KilledRunTests.cases)"#)
        && head.matches(of: /"event":"case-planned"/).count == KilledRunTests.cases)
    // the title of the invariant has characters of several bytes
    let umlaut = try #require(whole.range(of: Data("ü".utf8))).lowerBound
    let first = try #require(whole.firstIndex(of: 0x0A))
    var generator = SplitMix(seed: 1)
    let cuts =
      [0, first - 1, first, first + 1, first + 25, umlaut + 1, plan - 1, plan, plan + 1, whole.count - 1]
      + (0..<6).map { _ in Int.random(in: plan..<whole.count, using: &generator) }
    for cut in cuts {
      try whole[..<cut].write(to: workspace.folder.appending(path: "Reports/run.jsonl"))
      try KilledRunTests.expectWhole(workspace)
    }
  }

  @Test("has its plan on the disk before anything is asked of the target for a case")
  func planFirst() throws {
    let stalled = DispatchSemaphore(value: 0)
    let server = try RawServer { request, connection in
      if request.text.hasPrefix("GET") { return connection.respond("HTTP/1.1 200 OK", "{}") }
      stalled.signal()
    }
    let workspace = try Workspace(
      scenarios: [
        "asks":
          "title: Asks\ncovers: TST-01\ngiven:\n  - create-client: { as: erp }\nsteps:\n  - request-token: { client: erp }\n    expect: issued\ncases: { n: { from: 1, to: 40 } }"
      ],
      target: Workspace.bareTarget(server.url))
    let (process, _, _) = try workspace.start(
      ["run", "--no-probe", "--jobs", "1"], environment: ["TEST_SECRET": Workspace.secret])
    #expect(stalled.wait(timeout: .now() + 60) == .success)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let log = try workspace.read("Reports/run.jsonl")
    #expect(log.matches(of: /"event":"case-planned"/).count == 40 && log.contains(#""cases":40"#))
  }
}
