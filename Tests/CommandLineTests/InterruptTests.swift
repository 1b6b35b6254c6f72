import Conformance
import Foundation
import TestSupport
import Testing

@Suite("A run that is stopped")
struct InterruptTests {
  private static let scenario = """
    title: Asks for a token
    covers: TST-01
    given:
      - create-client: { as: erp }
    steps:
      - request-token: { client: erp }
        expect: issued
    cases: { n: { from: 1, to: 40 } }
    """

  /// An endpoint that answers some requests and then says nothing; `stalled` runs once it says nothing.
  private func play(_ signal: Int32) throws -> (Workspace, Int32) {
    let (answered, reached) = (Locked(0), DispatchSemaphore(value: 0))
    let server = try RawServer { request, connection in
      if request.text.hasPrefix("GET") { return connection.answer("HTTP/1.1 200 OK", "{}") }
      let count = answered.withLock {
        $0 += 1
        return $0
      }
      if count <= 10 { return connection.answer("HTTP/1.1 200 OK", #"{"access_token":"0123456789abcdef\#(count)","token_type":"Bearer"}"#) }
      if count == 14 { reached.signal() }
    }
    let workspace = try Workspace(scenarios: ["asks": InterruptTests.scenario], target: Workspace.bareTarget(server.url))
    let (process, _, _) = try workspace.start(["run", "--jobs", "4", "--timeout", "60"], environment: ["TEST_SECRET": Workspace.secret])
    reached.wait()
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return (workspace, process.terminationStatus)
  }

  @Test("SIGINT and SIGTERM leave a valid report that says which cases were not finished", arguments: [SIGINT, SIGTERM])
  func orderly(signal: Int32) throws {
    let (workspace, status) = try play(signal)
    #expect(status == 130)
    let junit = try workspace.read("Reports/junit.xml")
    #expect(junit.contains(#"tests="40" failures="0" errors="30""#))
    #expect(junit.contains("not finished: interrupted by \(signal == SIGINT ? "SIGINT" : "SIGTERM")"))
    #expect(try workspace.read("Reports/run.jsonl").contains(#""aborted":"interrupted by"#))
    try workspace.keepReport("Reports/junit.xml", as: "interrupted-\(signal).xml")
  }

  @Test("SIGKILL leaves the former report as it was, and a log of whole lines")
  func killed() throws {
    let (workspace, _) = try play(SIGKILL)
    #expect(!workspace.exists("Reports/junit.xml"))
    let lines = try workspace.read("Reports/run.jsonl").split(separator: "\n")
    #expect(lines.filter { $0.contains(#""event":"case-finished""#) }.count == 10)
    for line in lines.dropLast() { #expect(throws: Never.self) { try JSON(parsing: String(line)) } }
  }
}
