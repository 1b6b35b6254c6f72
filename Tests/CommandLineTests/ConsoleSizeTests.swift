// What a person sees of a run with many failures.

import ConformanceModel
import Foundation
import RunEvents
import Testing

@Suite("The console after many failures")
struct ConsoleSizeTests {
  /// Faults that fail about as many cases as a service in development does.
  static let faults = [
    "bare-bearer-challenge", "expires-in-missing", "secret-in-a-header-of-the-view", "blank-payloads-get-400",
    "names-beyond-ascii-refused", "tokens-outlive-their-client", "foreign-token-accepted", "use-prolongs",
    "secret-look-alikes-accepted", "empty-secret-accepted", "payloads-lose-their-last-byte",
    "first-character-of-secrets-ignored",
  ]

  @Test("fits on a few screens: each failure once, ten in full, with the command that runs the case alone")
  func manyFailures() throws {
    let workspace = try Workspace()
    let reference = Workspace.repository.appending(path: "Scenarios/targets/reference.yaml")
    try workspace.write(String(contentsOf: reference, encoding: .utf8), to: "Scenarios/targets/reference.yaml")
    let outcome = try CompareTests.finished(workspace, ConsoleSizeTests.faults, ["--pack", "builtin"])
    #expect(outcome.status == 1, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    let log = try RunLog(path: workspace.folder.appending(path: "Reports/run.jsonl").path)
    let failures = log.count(.failed) + log.count(.errored)
    #expect(failures >= 60, "\(failures): the faults fail fewer cases than this test is about")
    #expect(lines.count < 150, "\(lines.count) lines for \(failures) failures")
    let commands = lines.filter { $0.hasPrefix("  this case: ") }
    #expect((6...10).contains(commands.count), "\(outcome.output)")
    // each failure has one line that begins with its verdict
    let heads = lines.filter { $0.hasPrefix("FAILED ") || $0.hasPrefix("ERRORED ") }.map {
      $0.split(separator: " - ")[0]
    }
    #expect(Set(heads).count == heads.count, "\(heads)")
    // all others are counted
    let counted = lines.reduce(heads.count) { sum, line in
      let others = line.firstMatch(of: #/^  … and ([0-9]+) more (?:failed|errored) for the same reason: /#)?.1
      let listed = line.firstMatch(of: #/ \(and ([0-9]+) more\)$/#)?.1
      return sum + (Int(others ?? listed ?? "0") ?? 0)
    }
    let invariants = lines.reduce(0) { sum, line in
      guard let names = line.firstMatch(of: #/^  … and the same responses violate [^:]*: (.*)$/#)?.1 else { return sum }
      return sum + names.split(separator: ", ").count
    }
    let warned = lines.filter { $0.hasPrefix("WARNED ") }.reduce(0) { sum, line in
      sum + (line.firstMatch(of: #/ \(and ([0-9]+) more\)$/#).flatMap { Int($0.1) } ?? 0)
    }
    #expect(counted + invariants - warned == failures, "\(outcome.output)")
  }

  @Test("names a command that runs one case of a scenario, and no other")
  func oneCase() throws {
    let scenario = """
      title: The response says ${status}
      covers: TST-01
      cases:
        - { name: "two words", status: 200 }
        - { name: "three short words", status: 201 }
      given:
        - create-client: { as: erp }
      steps:
        - request-token: { client: erp }
          expect: { status: "${status}" }
      """
    let workspace = try Workspace(scenarios: ["several": scenario])
    let outcome = try workspace.conform("run", "--reports", "first")
    #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
    let line = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("  this case: ") })
    let command = line.dropFirst("  this case: ".count)
    #expect(command.contains(" --only 'several/") && command.contains("three short words"), "\(command)")
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "\(command) --reports again"]
    process.currentDirectoryURL = workspace.folder
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1 && text.contains("FAILED: 1 of 1 cases do not conform"), "\(text)")
  }
}
