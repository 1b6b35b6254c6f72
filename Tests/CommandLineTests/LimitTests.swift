// Limits of a process: open files and memory. And its memory stays private: no core files.

import ConformanceModel
import Foundation
import HTTPModel
import TestSupport
import Testing

@Suite("The limits of a machine", .enabled(if: Workspace.has("prlimit"), "prlimit is in PATH"))
struct LimitTests {
  private static let scenario = InterruptTests.scenario.replacing("to: 40", with: "to: 200")

  @Test(
    "with few open files fewer cases run at a time, with a note, and the verdicts are the same",
    arguments: [false, true])
  func fewFiles(ofService: Bool) throws {
    let service = try SmallService()
    let workspace = try Workspace(
      scenarios: ["many": ofService ? RunTests.passing + "\ncases: { n: { from: 1, to: 200 } }" : LimitTests.scenario],
      target: ofService ? nil : service.target(SmallService.managed))
    let files = ofService ? 60 + 3 * ProcessInfo.processInfo.activeProcessorCount : 70
    let outcome = try workspace.conform(under: ["prlimit", "--nofile=\(files)"], "run", "--no-probe", "--jobs", "150")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("200 cases: 200 passed"))
    #expect(
      outcome.errors.contains(
        /note: only \d+ of 150 cases run at the same time, because of the limit of open files; see ulimit -n/),
      "\(outcome.errors)")
  }

  @Test("a lower limit than the machine's own is raised where it may be")
  func raised() throws {
    let service = try SmallService()
    let workspace = try Workspace(
      scenarios: ["many": LimitTests.scenario], target: service.target(SmallService.managed))
    let outcome = try workspace.conform(under: ["prlimit", "--nofile=40:4096"], "run", "--no-probe", "--jobs", "150")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(!outcome.errors.contains("note:"), "\(outcome.errors)")
  }

  @Test("too few open files for anything end the run with 3 before anything is sent")
  func tooFewFiles() throws {
    let service = try SmallService()
    let workspace = try Workspace(
      scenarios: ["many": LimitTests.scenario], target: service.target(SmallService.managed))
    let outcome = try workspace.conform(under: ["prlimit", "--nofile=20"], "run", "--no-probe", "--jobs", "150")
    #expect(outcome.status == 3)
    #expect(
      outcome.errors.contains(
        /the limit of 20 open files is too low: \d+ are needed; raise it with ulimit -n/),
      "\(outcome.errors)")
    #expect(service.requests.isEmpty)
  }

  @Test("more branches at a time than connections may be open wait for one another")
  func branches() throws {
    let service = try SmallService()
    let scenario = """
      title: Asks often
      covers: TST-01
      given:
        - create-client: { as: erp }
      steps:
        - concurrently: 50
          steps:
            - request-token: { client: erp }
              expect: issued
      """
    let workspace = try Workspace(scenarios: ["asks": scenario], target: service.target(SmallService.managed))
    let outcome = try workspace.conform(under: ["prlimit", "--nofile=50"], "run", "--no-probe", "--jobs", "1")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test("a small limit of the stack is no matter: threads have stacks of their own")
  func stack() throws {
    let workspace = try Workspace(scenarios: ["passes": RunTests.passing])
    let outcome = try workspace.conform(under: ["prlimit", "--stack=65536"], "run")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test("too little memory is reported at the start, with status 3; a little more suffices for a whole run")
  func memory() throws {
    let workspace = try Workspace(scenarios: ["many": RunTests.passing + "\ncases: { n: { from: 1, to: 100 } }"])
    var outcomes: [Outcome] = []
    // up to where it suffices; below that the system's loader fails before the program starts
    for limit in stride(from: 200 << 20, through: 4000 << 20, by: 50 << 20) {
      outcomes.append(try workspace.conform(under: ["prlimit", "--as=\(limit)"], "run"))
      if outcomes.last?.status == 0 { break }
    }
    #expect(outcomes.last?.status == 0, "\(outcomes.last?.errors ?? "")")
    let refused = outcomes.dropLast().filter { $0.status != 127 }
    #expect(!refused.isEmpty)
    for outcome in refused {
      #expect(outcome.status == 3)
      #expect(
        outcome.errors.contains(
          /the memory limit of \d+ MiB is too low: \d+ MiB more are needed to start; raise it with ulimit -v/
        ), "\(outcome.errors)")
    }
  }

  @Test("memory that runs out in the middle leaves a log that renders, or errored cases: never a verdict")
  func memoryRunsOut() throws {
    let server = try RawServer { request, connection in
      if request.text.hasPrefix("GET") { return connection.respond("HTTP/1.1 200 OK", "{}") }
      connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n")
      let part = String(repeating: "x", count: 1 << 20)
      for _ in 0..<1000 { guard connection.send(part) else { return } }
    }
    let workspace = try Workspace(
      scenarios: ["asks": InterruptTests.scenario.replacing("to: 40", with: "to: 3")],
      target: Workspace.bareTarget(server.url))
    // enough to start, but not for three responses
    let limit = (700 + 16 * ProcessInfo.processInfo.activeProcessorCount) << 20
    let outcome = try workspace.conform(
      under: ["prlimit", "--as=\(limit)"], "run", "--max-answer", "1024", "--timeout", "30",
      environment: ["TEST_SECRET": Workspace.secret, "SWIFT_BACKTRACE": "enable=no"])
    #expect(![0, 1, 2].contains(outcome.status), "\(outcome.status) \(outcome.output)\(outcome.errors)")
    #expect(try workspace.conform("render", "--report", "junit=made.xml").status == 0)
    #expect(try workspace.read("made.xml").contains(#"tests="3" failures="0" errors="3""#))
  }

  @Test(
    "no core file is made of a run, which has secrets in it",
    .enabled(if: Workspace.has("python3"), "python3 is in PATH"))
  func core() throws {
    let script = """
      import os, resource, signal, subprocess, sys
      hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
      resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
      def cores(words, wait):
          child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=dict(os.environ, SWIFT_BACKTRACE="enable=no"))
          if wait: child.stdout.readline()
          os.kill(child.pid, signal.SIGSEGV)
          return os.WCOREDUMP(os.waitpid(child.pid, 0)[1])
      print(cores(["sleep", "60"], False), cores(sys.argv[1:], True), [name for name in os.listdir() if "core" in name])
      """
    let workspace = try Workspace()
    try FileManager.default.createDirectory(
      at: workspace.folder.appending(path: "empty"), withIntermediateDirectories: true)
    let outcome = try workspace.conform(under: ["env", "-C", "empty", "python3", "-c", script], "serve", "--port", "0")
    // where the machine makes no core files at all, nothing is shown by there being none
    guard outcome.output.hasPrefix("True") else { return }
    #expect(outcome.output.hasPrefix("True False "), "\(outcome.output)\(outcome.errors)")
  }

  @Test(
    "what is launched makes core files as it does elsewhere",
    .enabled(if: Workspace.has("python3"), "python3 is in PATH"))
  func launched() throws {
    // PR_GET_DUMPABLE is 3
    let server = """
      import ctypes, http.server, sys
      open("dumpable", "w").write(str(ctypes.CDLL(None).prctl(3)))
      class Service(http.server.BaseHTTPRequestHandler):
          def do_GET(self): self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
          do_POST = do_GET
          def log_message(self, *arguments): pass
      http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Service).serve_forever()
      """
    let target = """
      target: A program
      base-url: http://127.0.0.1:${port}
      launch: { command: [python3, server.py, "${port}"], ready: { request: GET /, within: 60s } }
      token: { url: /token }
      connectors: { only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } } }
      clients: { static: [{ id: known, secret: "${env.TEST_SECRET}" }] }
      """
    let workspace = try Workspace(
      scenarios: ["asks": InterruptTests.scenario.replacing("to: 40", with: "to: 1")], target: target)
    try workspace.write(server, to: "Scenarios/targets/server.py")
    #expect(try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret]).status == 1)
    #expect(try workspace.read("Scenarios/targets/dumpable") == "1")
  }
}
