import Conformance
import Foundation
import HostileEndpoint
import TestSupport
import Testing

@Suite("Nothing that an endpoint does can break a run", .enabled(if: Workspace.has("python3"), "python3 is in PATH"))
struct MisbehaviourTests {
  private static let reports = ["junit", "junit-extended", "summary", "tap", "ctrf", "gitlab", "github=Reports/github.txt"]

  private static let arguments =
    ["run", "--timeout", "5", "--max-answer", "1", "--jobs", "64"] + reports.flatMap { ["--report", $0] }

  @Test("each misbehaviour ends its own case as documented, in little memory, and touches no other")
  func all() throws {
    let server = try HostileServer()
    let workspace = try Workspace(misbehaviours: Misbehaviour.all, at: server)
    let run = try HostileRun(workspace, MisbehaviourTests.arguments)
    #expect(run.outcome.status == 1, "\(run.outcome.errors)")
    for misbehaviour in Misbehaviour.all { run.expect(misbehaviour) }
    for number in 1...20 {
      let record = run.cases["good-\(number)"]
      #expect(record?.verdict == .passed, "\(record?.problems.map(\.message) ?? ["has not ended"])")
    }
    #expect(server.elsewhere.connectionCount == 0)
    try expectHarmless(workspace, run.outcome)
    try workspace.keepReport("Reports/junit.xml", as: "misbehaviours.xml")

    let behaved = try HostileRun(Workspace(misbehaviours: Misbehaviour.all, at: HostileServer(behaves: true)), MisbehaviourTests.arguments)
    #expect(run.peak - behaved.peak < 64 << 20, "\(run.peak >> 20) MiB, and \(behaved.peak >> 20) MiB where the endpoint behaves")
  }

  @Test("and neither do those that are largest, at the usual limits", arguments: Misbehaviour.large)
  func large(misbehaviour: Misbehaviour) throws {
    let workspace = try Workspace(misbehaviours: [misbehaviour], at: HostileServer())
    let run = try HostileRun(workspace, ["run"])
    #expect(run.cases[misbehaviour.name]?.verdict == .failed)
    #expect(run.cases.values.count { $0.verdict == .passed } == 20)
    let behaved = try HostileRun(Workspace(misbehaviours: [misbehaviour], at: HostileServer(behaves: true)), ["run"])
    print("peak: \(misbehaviour.name) \(run.peak >> 20) MiB beside \(behaved.peak >> 20) MiB")
    #expect(run.peak - behaved.peak < 64 << 20, "\(run.peak >> 20) MiB, and \(behaved.peak >> 20) MiB where the endpoint behaves")
  }


  /// Every report is there and whole, and none steers whoever shows it.
  private func expectHarmless(_ workspace: Workspace, _ outcome: Outcome) throws {
    #expect(!outcome.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E })
    for line in outcome.output.split(separator: "\n") {
      #expect(!line.drop(while: \.isWhitespace).hasPrefix("::") && !line.contains("##[") && !line.contains("##vso[") && !line.contains("##teamcity["))
    }
    for path in ["Reports/junit.xml", "Reports/junit-extended.xml", "Reports/summary.md", "Reports/report.tap", "Reports/github.txt"] {
      #expect(try workspace.read(path).unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E || $0 == "\n" || $0 == "\t" }, "\(path)")
    }
    for path in ["Reports/ctrf.json", "Reports/gl-code-quality.json"] { _ = try JSONSerialization.jsonObject(with: Data(workspace.read(path).utf8)) }
    let names = Set(Misbehaviour.all.map(\.name))
    #expect(names.count == Misbehaviour.all.count && names.count >= 60)
  }
}

extension Misbehaviour {
  /// What would take most memory if nothing stopped it.
  fileprivate static let large = all.filter {
    ["endless-body", "json-many-members", "json-large-strings", "json-large-secret", "xml-large-text", "text-of-one-character"].contains($0.name)
  }
}
