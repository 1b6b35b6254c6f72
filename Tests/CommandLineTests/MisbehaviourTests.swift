import ConformanceModel
import Foundation
import HostileEndpoint
import RunEvents
import TestSupport
import Testing

@Suite("Nothing that an endpoint does can break a run", .enabled(if: Workspace.has("python3"), "python3 is in PATH"))
struct MisbehaviourTests {
  private static let reports = [
    "junit", "junit-extended", "summary", "tap", "ctrf", "gitlab", "github=Reports/github.txt",
  ]

  private static let arguments =
    ["run", "--timeout", "15", "--max-answer", "1", "--jobs", "64"] + reports.flatMap { ["--report", $0] }

  @Test("each misbehaviour ends its own case as documented, in little memory, and touches no other")
  func all() throws {
    let server = try HostileServer(), behaving = try HostileServer(behaves: true)
    let run = try HostileRun(Misbehaviour.all, at: server, MisbehaviourTests.arguments)
    #expect(run.outcome.status == 1, "\(run.outcome.errors)")
    for misbehaviour in Misbehaviour.all { run.expect(misbehaviour) }
    run.expectGoodCases()
    #expect(server.elsewhere.connectionCount == 0)
    try expectHarmless(run.workspace, run.outcome)
    try run.workspace.keepReport("Reports/junit.xml", as: "misbehaviours.xml")
    try run.expectLittleMemory(
      beside: HostileRun(Misbehaviour.all, at: behaving, MisbehaviourTests.arguments),
      again: { try HostileRun(Misbehaviour.all, at: server, MisbehaviourTests.arguments) })
  }

  @Test("nor do the largest ones, at the default limits", arguments: Misbehaviour.large)
  func large(misbehaviour: Misbehaviour) throws {
    let server = try HostileServer(), behaving = try HostileServer(behaves: true)
    let run = try HostileRun([misbehaviour], at: server, ["run"])
    // only a body without end is truncated at the default limit
    let verdict: Verdict = misbehaviour.name == "endless-body" ? .errored : .failed
    #expect(run.cases[misbehaviour.name]?.verdict == verdict, "\(run.outcome.output)\(run.outcome.errors)")
    run.expectGoodCases()
    try run.expectLittleMemory(
      beside: HostileRun([misbehaviour], at: behaving, ["run"]),
      again: { try HostileRun([misbehaviour], at: server, ["run"]) })
  }

  /// Every report is complete, and none contains control characters for its viewer.
  private func expectHarmless(_ workspace: Workspace, _ outcome: Outcome) throws {
    #expect(
      !outcome.output.unicodeScalars.contains {
        $0.value < 0x20 && $0 != "\n" || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E
      })
    for line in outcome.output.split(separator: "\n") {
      #expect(
        !line.drop(while: \.isWhitespace).hasPrefix("::") && !line.contains("##[") && !line.contains("##vso[")
          && !line.contains("##teamcity["))
    }
    for path in [
      "Reports/junit.xml", "Reports/junit-extended.xml", "Reports/summary.md", "Reports/report.tap",
      "Reports/github.txt",
    ] {
      #expect(
        try workspace.read(path).unicodeScalars.allSatisfy {
          $0.value >= 0x20 && $0.value != 0x202E || $0 == "\n" || $0 == "\t"
        }, "\(path)")
    }
    for path in ["Reports/ctrf.json", "Reports/gl-code-quality.json"] {
      _ = try JSONSerialization.jsonObject(with: Data(workspace.read(path).utf8))
    }
  }

  @Test("the guide has each of them with its verdict and its words")
  func guide() throws {
    #expect(Set(Misbehaviour.all.map(\.name)).count == Misbehaviour.all.count)
    let url = Workspace.repository.appending(path: "Tests/HostileEndpoint/README.md")
    let text = try String(contentsOf: url, encoding: .utf8)
    let start = try #require(text.firstRange(of: "<!-- table -->\n")?.upperBound),
      end = try #require(text.firstRange(of: "<!-- end -->")?.lowerBound)
    let table =
      (["| misbehaviour | the endpoint … | verdict | the message says |", "|---|---|---|---|"]
      + Misbehaviour.all.map(\.row)).joined(separator: "\n") + "\n"
    let renewed = text[..<start] + table + text[end...]
    if ProcessInfo.processInfo.environment["CONFORM_WRITE_GOLDEN"] != nil { try Data(renewed.utf8).write(to: url) }
    #expect(renewed == text)
  }
}

extension Misbehaviour {
  /// What would take the most memory without limits.
  fileprivate static let large = all.filter {
    [
      "endless-body", "json-many-members", "json-large-strings", "json-large-secret", "xml-large-text",
      "text-of-one-character",
    ].contains($0.name)
  }
}
