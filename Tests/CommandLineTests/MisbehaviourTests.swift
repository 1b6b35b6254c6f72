import Conformance
import Foundation
import HostileEndpoint
import TestSupport
import Testing

@Suite("Nothing that an endpoint does can break a run", .enabled(if: Workspace.has("python3"), "python3 is in PATH"))
struct MisbehaviourTests {
  private static let reports = ["junit", "junit-extended", "summary", "tap", "ctrf", "gitlab", "github=Reports/github.txt"]

  private static let arguments =
    ["run", "--timeout", "2", "--max-answer", "1", "--jobs", "256"] + reports.flatMap { ["--report", $0] }

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
    let more = run.peak - behaved.peak
    print("peak: \(run.peak >> 20) MiB beside \(behaved.peak >> 20) MiB")
    #expect(more < 64 << 20, "\(run.peak >> 20) MiB, and \(behaved.peak >> 20) MiB where the endpoint behaves")
  }

  /// Every report is there and whole, and none steers whoever shows it.
  private func expectHarmless(_ workspace: Workspace, _ outcome: Outcome) throws {
    #expect(!outcome.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E })
    for line in outcome.output.split(separator: "\n") {
      #expect(!line.drop(while: \.isWhitespace).hasPrefix("::") && !line.contains("##[") && !line.contains("##vso[") && !line.contains("##teamcity["))
    }
    for path in ["Reports/junit.xml", "Reports/report.tap", "Reports/ctrf.json", "Reports/gl-code-quality.json", "Reports/github.txt"] {
      #expect(try workspace.read(path).unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E || $0 == "\n" || $0 == "\t" }, "\(path)")
    }
    for path in ["Reports/ctrf.json", "Reports/gl-code-quality.json"] { _ = try JSONSerialization.jsonObject(with: Data(workspace.read(path).utf8)) }
    let names = Set(Misbehaviour.all.map(\.name))
    #expect(names.count == Misbehaviour.all.count && names.count >= 60)
  }
}
