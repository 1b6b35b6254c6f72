// A launched target that runs on after the run, through the whole program.

import Foundation
import TestSupport
import Testing

@Suite("conform run --keep-target")
struct KeepTargetTests {
  /// The status of a response, as curl prints it: 000 without a response.
  private func status(_ url: Substring) throws -> String {
    let curl = Process()
    let output = Pipe()
    curl.executableURL = URL(filePath: "/usr/bin/env")
    curl.arguments = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "\(url)/"]
    curl.standardOutput = output
    try curl.run()
    curl.waitUntilExit()
    return String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
  }

  @Test(
    "keeps the launched program until a signal; the status is that of the run",
    .enabled(if: Workspace.has("curl"), "curl is in PATH"), arguments: [SIGINT, SIGTERM])
  func keeps(signal: Int32) throws {
    let workspace = try Workspace(
      scenarios: ["fails": FailFastTests.scenario("{ status: 418 }")], target: try LaunchTests().target())
    let (process, output, errors) = try workspace.start(["run", "--fail-fast", "--keep-target"])
    defer { process.terminate() }
    try WatchTests.wait(for: "stops it\n", in: errors, of: process)
    #expect(try Workspace.text(output).contains("FAILED: 1 of 1") && workspace.exists("Reports/junit.xml"))
    let text = try Workspace.text(errors)
    let found = try #require(text.firstMatch(of: /runs on at (http:\/\/127\.0\.0\.1:[0-9]+) \(process ([0-9]+)\)/))
    let program = try #require(pid_t(found.2))
    #expect(program != process.processIdentifier && kill(program, 0) == 0)
    #expect(try status(found.1) != "000")
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(kill(program, 0) != 0)
    #expect(try status(found.1) == "000")
  }

  @Test("needs a target that conform launches, and runs once")
  func refused() throws {
    let workspace = try Workspace(
      scenarios: ["a": FailFastTests.scenario("issued")], target: Workspace.bareTarget("http://127.0.0.1:1"))
    let outcome = try workspace.conform("run", "--keep-target")
    #expect(outcome.status == 2, "\(outcome)")
    #expect(outcome.errors == "--keep-target needs a target that conform launches; A bare endpoint is not one\n")
    #expect(try workspace.conform("run", "--keep-target", "--watch").status == 2)
  }
}
