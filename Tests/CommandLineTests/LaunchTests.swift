import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite("A target that the harness launches")
struct LaunchTests {
  /// The reference service as a program like any other. `before` is run by the shell that becomes it.
  func target(_ before: String = "", ready: String = "within: 60s") throws -> String {
    let reference = try String(
      contentsOf: Workspace.repository.appending(path: "Scenarios/targets/reference.yaml"), encoding: .utf8)
    let launch = """
      launch:
        command: [/bin/sh, -c, 'echo "started"; \(before) exec "$CONFORM" serve --port "$1"', sh, "${port}"]
        environment: { CONFORM: "\(Workspace.program.path)", CONFORM_MANAGER_KEY: "${run.key}" }
        ready: { request: GET /control/clock, \(ready) }
      """
    return reference.replacing("launch: reference-service", with: launch).replacing(
      "${service.url}", with: "http://127.0.0.1:${port}"
    )
    .replacing("${service.manager-key}", with: "${run.key}")
  }

  @Test("it is started on a free port, tested and stopped, with its output in a file")
  func launched() throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing], target: try target())
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(try workspace.read("Reports/target.log").hasPrefix("started\nhttp://127.0.0.1:"))
  }

  @Test("its folder is gone after the run; one that a killed run left is removed, unless it is young or still held")
  func folders() throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing], target: try target())
    let place = workspace.folder.appending(path: "place")
    for name in ["left", "held", "young"] { try workspace.write("", to: "place/conform-launch-\(name)/clock") }
    try workspace.write("", to: "place/other/clock")
    for name in ["conform-launch-left", "conform-launch-held", "other"] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: place.appending(path: name).path)
    }
    let held = open(place.appending(path: "conform-launch-held").path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(held) }
    #expect(flock(held, LOCK_EX | LOCK_NB) == 0)
    #expect(try workspace.conform("run", environment: ["TMPDIR": place.path]).status == 0)
    #expect(try workspace.names(in: "place") == ["conform-launch-held", "conform-launch-young", "other"])
  }

  @Test("one that ends before it is ready is reported with its status and its last output")
  func early() throws {
    let workspace = try Workspace(
      scenarios: ["passing": RunTests.passing], target: try target("echo no database; exit 9;"))
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 3)
    #expect(
      outcome.errors.contains(
        "the launched target ended with status 9 before it was ready; its last output:\nstarted\nno database"),
      "\(outcome.errors)")
  }

  @Test("one that never becomes ready is given up, with the last response")
  func neverReady() throws {
    let workspace = try Workspace(
      scenarios: ["passing": RunTests.passing], target: try target(ready: "status: [204], within: 4s"))
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 3)
    #expect(
      outcome.errors.contains("the launched target was not ready within 4 s: GET http://127.0.0.1:"),
      "\(outcome.errors)")
    #expect(outcome.errors.contains("HTTP 200; its last output:"))
  }

  @Test("a missing program is reported")
  func missing() throws {
    let workspace = try Workspace(
      scenarios: ["passing": RunTests.passing], target: try target().replacing("[/bin/sh, -c,", with: "[./gone, -c,"))
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 3)
    #expect(
      outcome.errors.contains("the target cannot be launched: the program Scenarios/targets/gone does not exist"),
      "\(outcome.errors)")
  }

  @Test("one that dies during the run is reported, and the remaining cases are errored")
  func dies() throws {
    // the client driver is what kills it, so that it happens in the middle for sure
    let killing = """
      clients:
        command: [/bin/sh, -c, 'kill -KILL $(cat "$TMPDIR/pid") && cat >/dev/null && echo "{}"']
        operations: [create]
      inbox:
      """
    var text = try target("echo $$ > \"$TMPDIR/pid\";")
    let start = try #require(text.range(of: "clients:\n")), end = try #require(text.range(of: "inbox:\n"))
    text.replaceSubrange(start.lowerBound..<end.upperBound, with: killing + "\n")
    let workspace = try Workspace(
      scenarios: [
        "made": ClientDriverTests.scenario,
        "other":
          "title: x\ncovers: TST-01\nsteps:\n  - http: { url: /control/clock }\n    expect: { status: 200 }\ncases: { n: { from: 1, to: 20 } }",
      ],
      target: text)
    let outcome = try workspace.conform("run", "--jobs", "1", environment: ["TMPDIR": workspace.folder.path])
    #expect(outcome.status == 3)
    #expect(
      outcome.output.contains(
        "NOT FINISHED: the launched target was ended by the signal 9 (Killed) during the run; its last output:\nstarted"
      ),
      "\(outcome.output)\(outcome.errors)")
    let junit = try workspace.read("Reports/junit.xml")
    #expect(junit.contains(#"tests="21""#) && !junit.contains(#"errors="0""#))
    try workspace.keepReport("Reports/junit.xml", as: "target-died.xml")
  }

  @Test("nothing of it is left when the harness is stopped or killed", arguments: [SIGINT, SIGTERM, SIGKILL])
  func gone(signal: Int32) throws {
    let service = try SmallService()
    let (reached, released) = service.holdTokenRequests()
    let parts = """
      launch:
        command: [/bin/sh, -c, 'exec 3>"$LINE"; (trap "" TERM INT; sleep 1000) & sleep 1000']
      \(SmallService.managed)
      """
    let workspace = try Workspace(scenarios: ["made": ClientDriverTests.scenario], target: service.target(parts))
    // all that it starts hold the pipe open: it is at its end when none is left
    let line = workspace.folder.appending(path: "line").path
    try #require(mkfifo(line, 0o600) == 0)
    let descriptor = open(line, O_RDONLY | O_NONBLOCK)
    defer { close(descriptor) }
    _ = fcntl(descriptor, F_SETFL, 0)
    let (process, _, _) = try workspace.start(["run"], environment: ["LINE": line])
    reached.wait()
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    released.signal()
    var byte: UInt8 = 0
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    #expect(poll(&waiting, 1, 60_000) == 1 && read(descriptor, &byte, 1) == 0)
  }
}
