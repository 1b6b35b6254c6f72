import ConformanceModel
import Foundation
import JSONValue
import TestSupport
import Testing

@Suite("A run that is stopped")
struct InterruptTests {
  static let scenario = """
    title: Asks for a token
    covers: TST-01
    given:
      - create-client: { as: erp }
    steps:
      - request-token: { client: erp }
        expect: issued
    cases: { n: { from: 1, to: 40 } }
    """

  /// An endpoint that responds to some requests and then stalls.
  private func run(_ signal: Int32) throws -> (Workspace, Int32) {
    let (answered, reached) = (Locked(0), DispatchSemaphore(value: 0))
    let server = try RawServer { request, connection in
      if request.text.hasPrefix("GET") { return connection.respond("HTTP/1.1 200 OK", "{}") }
      let count = answered.withLock {
        $0 += 1
        return $0
      }
      if count <= 10 {
        return connection.respond(
          "HTTP/1.1 200 OK", #"{"access_token":"0123456789abcdef\#(count)","token_type":"Bearer"}"#)
      }
      if count == 14 { reached.signal() }
    }
    let workspace = try Workspace(
      scenarios: ["asks": InterruptTests.scenario], target: Workspace.bareTarget(server.url))
    let (process, _, _) = try workspace.start(
      ["run", "--jobs", "4", "--timeout", "60"], environment: ["TEST_SECRET": Workspace.secret])
    reached.wait()
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return (workspace, process.terminationStatus)
  }

  private static let names = [SIGINT: "SIGINT", SIGTERM: "SIGTERM", SIGHUP: "SIGHUP"]

  @Test(
    "SIGINT, SIGTERM and SIGHUP leave a valid report that names the cases that were not finished",
    arguments: [SIGINT, SIGTERM, SIGHUP])
  func orderly(signal: Int32) throws {
    let (workspace, status) = try run(signal)
    #expect(status == 130)
    let junit = try workspace.read("Reports/junit.xml")
    #expect(junit.contains(#"tests="40" failures="0" errors="30""#))
    #expect(junit.contains("not finished: interrupted by \(try #require(InterruptTests.names[signal]))"))
    #expect(try workspace.read("Reports/run.jsonl").contains(#""aborted":"interrupted by"#))
    try workspace.keepReport("Reports/junit.xml", as: "interrupted-\(signal).xml")
  }

  @Test("the first signal lets requests in flight finish: the clients that they create are deleted")
  func underWay() throws {
    let service = try SmallService()
    let (reached, released) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    service.state.withLock {
      $0.hook = { request in
        guard request.head.hasPrefix("POST /clients") else { return }
        reached.signal()
        released.wait()
      }
    }
    let workspace = try Workspace(
      scenarios: ["asks": InterruptTests.scenario.replacing("to: 40", with: "to: 3")],
      target: service.target("environment: live\n\(SmallService.managed)"))
    let (process, output, _) = try workspace.start(["run", "--jobs", "1"])
    reached.wait()
    kill(process.processIdentifier, SIGINT)
    // taken once it is not pending any more
    while try InterruptTests.isPending(SIGINT, process.processIdentifier) { poll(nil, 0, 1) }
    released.signal()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(service.state.withLock { $0.names.count } == 1, "no other case began")
    #expect(service.clients.isEmpty)
    #expect(!service.requests.contains { $0.hasPrefix("POST /token") }, "no further step began")
    #expect(try Workspace.text(output).contains("not finished: interrupted by SIGINT"))
  }

  @Test("the second signal ends it at once, and its log renders", arguments: [SIGINT, SIGTERM, SIGHUP])
  func twice(signal: Int32) throws {
    let (reached, released) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    // a target whose deletions stall
    let service = try SmallService()
    service.state.withLock {
      $0.hook = { request in
        guard request.head.hasPrefix("DELETE /clients") else { return }
        reached.signal()
        released.wait()
      }
    }
    let workspace = try Workspace(
      scenarios: ["asks": InterruptTests.scenario.replacing("to: 40", with: "to: 3")],
      target: service.target("environment: live\n\(SmallService.managed)"))
    let (process, _, _) = try workspace.start(["run", "--jobs", "1", "--timeout", "600"])
    reached.wait()
    for _ in 1...2 {
      kill(process.processIdentifier, signal)
      while process.isRunning, try InterruptTests.isPending(signal, process.processIdentifier) { poll(nil, 0, 1) }
    }
    process.waitUntilExit()
    for _ in 1...3 { released.signal() }
    #expect(process.terminationReason == .exit && process.terminationStatus == 130)
    #expect(!workspace.exists("Reports/junit.xml"))
    #expect(try workspace.conform("render").status == 0)
    #expect(try workspace.read("Reports/junit.xml").contains(#"tests="3" failures="0" errors="0""#))
    #expect(try workspace.read("Reports/run.jsonl").matches(of: /"event":"client-created"/).count == 3)
  }

  @Test("a launch that is waited for is given up", .enabled(if: Workspace.has("python3"), "python3 is in PATH"))
  func launch() throws {
    let target = """
      target: A program
      base-url: http://127.0.0.1:${port}
      launch: { command: [sh, -c, "echo here >started; exec sleep 600"], ready: { request: GET /, within: 5m } }
      token: { url: /token }
      connectors: { only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } } }
      clients: { static: [{ id: known, secret: "${env.TEST_SECRET}" }] }
      """
    let workspace = try Workspace(scenarios: ["asks": InterruptTests.scenario], target: target)
    let (process, _, errors) = try workspace.start(["run"], environment: ["TEST_SECRET": Workspace.secret])
    while process.isRunning, !workspace.exists("Scenarios/targets/started") { poll(nil, 0, 1) }
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(try Workspace.text(errors).contains("interrupted by SIGINT before the target was ready"))
  }

  @Test("a hang-up that the caller ignores is ignored: nohup")
  func nohup() throws {
    let service = try SmallService()
    let (reached, released) = service.holdTokenRequests()
    let workspace = try Workspace(
      scenarios: ["asks": InterruptTests.scenario.replacing("to: 40", with: "to: 1")],
      target: service.target(SmallService.managed))
    let (process, _, _) = try workspace.start(["run", "--timeout", "60"], under: ["nohup"])
    reached.wait()
    kill(process.processIdentifier, SIGHUP)
    released.signal()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
  }

  @Test(
    "a reader of the console that goes away changes nothing: the reports are written, and the status is that of the run",
    arguments: [401, 403])
  func brokenPipe(status: Int) throws {
    let workspace = try Workspace(
      scenarios: [
        "many": RunTests.passing.replacing("status: 401", with: "status: \(status)")
          + "\ncases: { n: { from: 1, to: 40 } }"
      ])
    let script = #"{ "$@"; echo $? >status; } | true"#
    _ = try workspace.conform(under: ["--default-signal=PIPE", "sh", "-c", script, "sh"], "run", "--verbose")
    #expect(try workspace.read("status") == (status == 401 ? "0\n" : "1\n"))
    #expect(try workspace.read("Reports/junit.xml").hasSuffix("</testsuites>\n"))
    let full = try workspace.conform(under: ["sh", "-c", #""$@" >/dev/full"#, "sh"], "run", "--verbose")
    #expect(full.status == (status == 401 ? 0 : 1))
  }

  static func isPending(_ signal: Int32, _ process: pid_t) throws -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return false }
    return text.matches(of: /(?m)^(?:Sig|Shd)Pnd:\s*([0-9a-f]+)$/).contains {
      UInt64($0.1, radix: 16).map { $0 & 1 << (signal - 1) != 0 } ?? false
    }
  }

  @Test("SIGKILL leaves the former report as it was, and a log of whole lines")
  func killed() throws {
    let (workspace, _) = try run(SIGKILL)
    #expect(!workspace.exists("Reports/junit.xml"))
    let lines = try workspace.read("Reports/run.jsonl").split(separator: "\n")
    #expect(lines.filter { $0.contains(#""event":"case-finished""#) }.count == 10)
    for line in lines.dropLast() { #expect(throws: Never.self) { try JSON(parsing: String(line)) } }
  }
}
