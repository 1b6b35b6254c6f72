import Foundation
import TestSupport
import Testing

@Suite("The number of jobs and the time limit of a request")
struct TargetLimitTests {
  private static let asking =
    "title: It responds\ncovers: TST-01\nsteps:\n  - http: { url: / }\n    expect: { status: 200 }\n"

  @Test(
    "are those of the target file unless an option names others",
    arguments: [
      ("", [], "16", "10 s"), ("jobs: 2\ntimeout: 2m 30s\n", [], "2", "150 s"),
      ("jobs: 2\ntimeout: 0.5\n", [], "2", "0.5 s"), ("timeout: 250ms\n", ["-j", "3"], "3", "0.25 s"),
      ("jobs: 2\ntimeout: 1m\n", ["--jobs", "3", "--timeout", "20"], "3", "20 s"),
      ("timeout: 1m\n", ["--timeout", "1m 5s"], "16", "65 s"),
    ])
  func chosen(lines: String, options: [String], jobs: String, limit: String) throws {
    let server = try RawServer { _, connection in connection.respond("HTTP/1.1 200 OK", "{}") }
    let workspace = try Workspace(
      scenarios: ["asks": TargetLimitTests.asking], target: "\(Workspace.bareTarget(server.url))\n\(lines)")
    let outcome = try workspace.conform(["run"] + options, environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let log = try workspace.read("Reports/run.jsonl")
    #expect(log.contains(#"{"name":"option.jobs","value":"\#(jobs)"}"#) && log.contains(#""jobs":\#(jobs)"#))
    #expect(log.contains(#"{"name":"option.timeout","value":"\#(limit)"}"#))
  }

  @Test("of the target file hold for the requests of its run", arguments: [[], ["--timeout", "150ms"]])
  func holds(options: [String]) throws {
    let server = try RawServer { request, connection in
      if request.number == 1 { connection.respond("HTTP/1.1 200 OK", "{}") }
    }
    let workspace = try Workspace(
      scenarios: ["asks": TargetLimitTests.asking], target: "\(Workspace.bareTarget(server.url))\ntimeout: 200ms\n")
    let outcome = try workspace.conform(["run"] + options, environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 3)
    let limit = options.isEmpty ? "0.2" : "0.15"
    #expect(
      outcome.output.contains("no complete response from 127.0.0.1:\(server.port) within \(limit) s"),
      "\(outcome.output)\(outcome.errors)")
  }

  @Test("are refused as options if they make no sense", arguments: ["0", "1h 1s", "3601", "soon", "-1", "1e2", ""])
  func refused(limit: String) throws {
    let workspace = try Workspace(scenarios: ["asks": TargetLimitTests.asking])
    let outcome = try workspace.conform("run", "--timeout=\(limit)")
    #expect(outcome.status == 2 && outcome.errors.contains("--timeout"), "\(outcome.errors)")
    #expect(!workspace.exists("Reports"))
  }
}
