import ConformanceModel
import Foundation
import TestSupport
import Testing

@testable import conform

@Suite("conform resume")
struct ResumeTests {
  private static let file = "Scenarios/targets/reference.yaml"
  private static let live = "environment: live\n\(WallClockTests.parts)"
  /// Fails at once.
  private static let failing = """
    title: A token is refused at once
    covers: [TST-01]
    given:
      - create-client: { as: erp }
      - request-token: { as: token, client: erp }
    steps:
      - post-payload: { token: token }
        expect: { status: 401 }
    """
  private static let unending = WallClockTests.expiry.replacing("- wait: 1s", with: "- wait: 1h")

  private func workspace(
    _ service: SmallService, _ scenarios: [String: String] = ["expires": WallClockTests.expiry], key: String? = nil
  ) throws -> Workspace {
    let workspace = try Workspace(scenarios: scenarios, target: service.target(ResumeTests.live))
    let environment = key.map { ["CONFORM_PENDING_KEY": $0] } ?? [:]
    let outcome = try workspace.conform(
      "run", "--allow-destructive", "--max-wait", "100ms", environment: environment)
    #expect([1, 4].contains(outcome.status), "\(outcome.output)\(outcome.errors)")
    return workspace
  }

  @Test("a run with pending cases ends with 4, and an early resume keeps the status of the run")
  func early() throws {
    let service = try SmallService(lifetime: 1)
    let waiting = try workspace(service, ["waits": ResumeTests.unending])
    let outcome = try waiting.conform("resume", "--target", ResumeTests.file)
    #expect(outcome.status == 4)
    #expect(outcome.output.hasPrefix("nothing is due yet: the next of 1 pending case is due at 20"))
    #expect(outcome.errors == "1 of 1 case pending; 'conform resume --target FILE' runs the rest\n")
    let failed = try workspace(service, ["waits": ResumeTests.unending, "fails": ResumeTests.failing])
    #expect(try failed.conform("resume", "--target", ResumeTests.file).status == 1)
  }

  @Test("without a pending case it says so, and ends with the status of the run")
  func nothing() throws {
    let service = try SmallService(lifetime: 1)
    let passing = ResumeTests.failing.replacing("status: 401", with: "status: 201")
    for (scenario, status) in [(passing, Int32(0)), (ResumeTests.failing, 1)] {
      let workspace = try Workspace(scenarios: ["one": scenario], target: service.target(WallClockTests.parts))
      #expect(try workspace.conform("run").status == status)
      // left by a run that was killed after its last case
      try workspace.write("{}\n", to: "Reports/pending.jsonl")
      let outcome = try workspace.conform("resume", "--target", ResumeTests.file)
      #expect(outcome.status == status && outcome.output == "no case is pending\n", "\(outcome.errors)")
      #expect(!workspace.exists("Reports/pending.jsonl"))
    }
  }

  @Test("wrong options and a missing log are reported before anything is read or written")
  func options() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try Workspace(scenarios: [:], target: service.target(WallClockTests.parts))
    for (arguments, words) in [
      (["--jobs", "0"], "--jobs must be from 1 to 10000"), (["--max-wait", "soon"], "--max-wait must be a duration"),
      (["none.jsonl"], "none.jsonl: cannot be read"),
    ] {
      let outcome = try workspace.conform(["resume", "--target", ResumeTests.file] + arguments)
      #expect(outcome.status == 2 && outcome.errors.contains(words), "\(outcome.errors)")
    }
    #expect(service.requests.isEmpty && !workspace.exists("Reports"))
  }

  @Test("--strict counts the warnings of the run, also if nothing is due or pending", arguments: [false, true])
  func strict(isPending: Bool) throws {
    let service = try SmallService(lifetime: 1)
    let warned = ResumeTests.failing.replacing("{ status: 401 }", with: "{ should: { status: 200 } }")
    let scenarios = ["warned": warned].merging(isPending ? ["waits": ResumeTests.unending] : [:]) { one, _ in one }
    let workspace = try Workspace(scenarios: scenarios, target: service.target(WallClockTests.parts))
    let status: Int32 = isPending ? 4 : 0
    #expect(try workspace.conform("run", "--max-wait", "100ms").status == status)
    #expect(try workspace.conform("resume", "--target", ResumeTests.file).status == status)
    #expect(try workspace.conform("resume", "--target", ResumeTests.file, "--strict").status == 1)
  }

  @Test("takes the target from the command line, never from the log", arguments: ["resume", "clean"])
  func target(command: String) throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try workspace(service)
    let outcome = try workspace.conform(command)
    #expect(outcome.status == 2)
    #expect(
      outcome.errors == """
        --target FILE is required; the run used Scenarios/targets/reference.yaml, and a log is not trusted to choose \
        the target

        """)
  }

  @Test("another target or other bindings are refused before anything is sent")
  func bindings() throws {
    let service = try SmallService(lifetime: 1), other = try SmallService(lifetime: 1)
    for target in [other.target(ResumeTests.live), service.target(ResumeTests.live).replacing("/in,", with: "/in2,")] {
      let workspace = try workspace(service)
      try workspace.write(target, to: ResumeTests.file)
      let before = service.requests.count
      let outcome = try WallClockTests.resume(workspace)
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("the bindings of the target have changed since the run"), "\(outcome.errors)")
      #expect(service.requests.count == before && other.requests.isEmpty)
      #expect(workspace.exists("Reports/pending.jsonl"))
    }
  }

  @Test(
    "a case that changed, was renamed or is gone is errored, and its client is deleted",
    arguments: [
      ("status: 401", "status: 201", "the scenario or an invariant has changed since the case began"),
      ("title:", "id: renamed\ntitle:", "the case 'expires' no longer exists"),
      ("", "", "the case 'expires' no longer exists"),
    ])
  func changed(old: String, new: String, message: String) throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try workspace(service)
    let path = "Scenarios/area/expires.yaml"
    if old.isEmpty {
      try FileManager.default.removeItem(at: workspace.folder.appending(path: path))
    } else {
      try workspace.write(WallClockTests.expiry.replacing(old, with: new), to: path)
    }
    let outcome = try WallClockTests.resume(workspace)
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains(message), "\(outcome.output)")
    #expect(service.clients.isEmpty && !workspace.exists("Reports/pending.jsonl"))
  }

  @Test("invariants that changed since the case began are not held against it: it is errored")
  func changedInvariants() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try workspace(service)
    try workspace.write(
      "invariants:\n  - id: no-500\n    title: No 500\n    covers: TST-01\n    expect: { status: { below: 500 } }\n",
      to: "Scenarios/invariants.yaml")
    let outcome = try WallClockTests.resume(workspace)
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("the scenario or an invariant has changed since the case began"))
  }

  @Test("an invariant that only a resumed exchange violates fails")
  func invariants() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try Workspace(
      scenarios: ["expires": WallClockTests.expiry], target: service.target(WallClockTests.parts))
    try workspace.write(
      "invariants:\n  - id: no-401\n    title: No 401\n    covers: TST-01\n    expect: { status: { below: 401 } }\n",
      to: "Scenarios/invariants.yaml")
    #expect(try workspace.conform("run", "--max-wait", "100ms").status == 4)
    let outcome = try WallClockTests.resume(workspace)
    #expect(outcome.status == 1 && outcome.output.contains("FAILED no-401"), "\(outcome.output)\(outcome.errors)")
  }

  @Test("a case that was being resumed when conform was killed is errored: what it sent is in no log")
  func killed() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try workspace(service)
    let log = try workspace.read("Reports/run.jsonl")
    let started = try #require(log.split(separator: "\n").first { $0.contains("\"case-started\"") })
    try workspace.write("\(log)\(started)\n", to: "Reports/run.jsonl")
    let before = service.requests.count { $0.hasPrefix("POST /in ") }
    let outcome = try WallClockTests.resume(workspace)
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("it was being resumed when conform was killed"), "\(outcome.output)")
    #expect(service.requests.count { $0.hasPrefix("POST /in ") } == before)
    #expect(service.clients.isEmpty)
  }

  @Test(
    "a state at a place where no case waits is errored, and one with impossible numbers is refused",
    arguments: [
      ("\"steps-done\":4", "\"steps-done\":5", Int32(3)), ("\"steps-done\":4", "\"steps-done\":3", 3),
      ("\"steps-done\":4", "\"steps-done\":6", 2), ("\"steps-done\":4", "\"steps-done\":0", 2),
      ("\"steps-done\":4", "\"steps-done\":-1", 2), ("\"exchanges\":", "\"exchanges\":-", 2),
      ("\"exchanges\":", "\"exchanges\":922337203685477580", 2), ("\"n\":0", "\"n\":-1", 2),
      ("\"due\":", "\"due\":-9999", 2), ("\"started-at\":", "\"started-at\":9999", 2),
      ("\"step-count\":5", "\"step-count\":6", 3), ("\"given-taken\":{", "\"given-taken\":{\"first\":-1", 2),
    ])
  func impossible(old: String, new: String, status: Int32) throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try workspace(service)
    try ResumeTests.forge(old, new, workspace)
    let before = service.requests.count { $0.hasPrefix("POST /in ") }
    let outcome = try WallClockTests.resume(workspace)
    #expect(outcome.status == status, "\(outcome.output)\(outcome.errors)")
    #expect(
      status == 2
        ? outcome.errors.contains("line 2: is not a pending case, or has an impossible number")
        : outcome.output.contains("it cannot be pending after"), "\(outcome.output)\(outcome.errors)")
    #expect(service.requests.count { $0.hasPrefix("POST /in ") } == before)
    #expect(workspace.exists("Reports/pending.jsonl") == (status == 2))
  }

  /// Changes the first pending case, and its digest too.
  private static func forge(_ old: String, _ new: String, _ workspace: Workspace) throws {
    let file = try workspace.read("Reports/pending.jsonl")
    try #require(file.contains(old), "\(file)")
    let lines = file.split(separator: "\n").map { Array($0.utf8) }
    let line = try #require(PendingDigest.removed(from: lines[1], header: lines[0]))
    let changed = String(decoding: line, as: UTF8.self).replacing(old, with: new)
    try workspace.write(
      "\(String(decoding: lines[0], as: UTF8.self))\n\(PendingFileTests.sealed(changed, lines[0]))\n",
      to: "Reports/pending.jsonl")
  }

  @Test("a state that was edited is refused by name: its case does not fail for values that it never saw")
  func edited() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try workspace(service)
    let file = try workspace.read("Reports/pending.jsonl"), log = try workspace.read("Reports/run.jsonl")
    let token = try #require(file.firstMatch(of: /"names":.*?"value":"([^"]+)"/)?.1)
    try workspace.write(file.replacing(token, with: "no-such-token"), to: "Reports/pending.jsonl")
    let before = service.requests.count
    let outcome = try WallClockTests.resume(workspace)
    #expect(outcome.status == 2, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.errors.contains("line 2: case 'expires', or line 1, was changed after conform wrote it; nothing"))
    #expect(try service.requests.count == before && workspace.read("Reports/run.jsonl") == log)
    try workspace.write(file, to: "Reports/pending.jsonl")
    #expect(try WallClockTests.resume(workspace).status == 0)
  }

  @Test("a state that was moved on to a later wait is errored: the log does not have the waits before it")
  func skippedAhead() throws {
    let service = try SmallService(lifetime: 1)
    let later = "\n  - wait: 2s\n  - post-payload: { token: token }\n    expect: { status: 401 }"
    let workspace = try workspace(service, ["waits": WallClockTests.expiry + later])
    try ResumeTests.forge("\"steps-done\":4", "\"steps-done\":6", workspace)
    let outcome = try WallClockTests.resume(workspace)
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("it cannot be pending after 6 of 7 steps"), "\(outcome.output)")
  }

  @Test("a report never replaces a scenario of a pending case")
  func reportPlace() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try workspace(service)
    let outcome = try WallClockTests.resume(workspace, "--report", "junit=Scenarios/area/expires.yaml")
    #expect(outcome.status == 2 && outcome.errors.contains("--report junit would overwrite"), "\(outcome.errors)")
    #expect(try workspace.read("Scenarios/area/expires.yaml") == WallClockTests.expiry)
  }

  @Test("a case that has finished and is in the file, since conform was killed then, does not stay there")
  func finished() throws {
    let service = try SmallService(lifetime: 1)
    let later = WallClockTests.expiry.replacing("- wait: 1s", with: "- wait: 2s")
    let workspace = try workspace(service, ["first": WallClockTests.expiry, "later": later])
    let file = try workspace.read("Reports/pending.jsonl")
    _ = try WallClockTests.resume(workspace)
    try workspace.write(file, to: "Reports/pending.jsonl")
    #expect(try WallClockTests.resume(workspace).status == 0)
    #expect(!workspace.exists("Reports/pending.jsonl"))
  }

  @Test("an expected deviation that occurred in another case of the scenario is not missed")
  func deviations() throws {
    let service = try SmallService(lifetime: 1)
    let scenario =
      WallClockTests.expiry.replacing("{ outcome: accepted, should: { status: 200 } }", with: "{ status: '${first}' }")
      + "\ncases:\n  - { case: fails, first: 418 }\n  - { case: waits, first: 201 }"
    let workspace = try Workspace(
      scenarios: ["expires": scenario],
      target: service.target("expected-deviations: known.expected.yaml\n\(WallClockTests.parts)"))
    try workspace.write(
      "expected:\n  - { id: expires, reason: it is no teapot }\n", to: "Scenarios/targets/known.expected.yaml")
    #expect(try workspace.conform("run", "--max-wait", "100ms").status == 4)
    let outcome = try WallClockTests.resume(workspace)
    #expect(outcome.status == 0 && !outcome.output.contains("no longer occurs"), "\(outcome.output)")
  }

  @Test("the limits of the target file apply")
  func limits() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try workspace(service)
    try workspace.write(service.target("timeout: 300ms\n\(ResumeTests.live)"), to: ResumeTests.file)
    let released = DispatchSemaphore(value: 0)
    service.state.withLock {
      $0.hook = { request in if request.head.hasPrefix("POST /in") { released.wait() } }
    }
    let outcome = try WallClockTests.resume(workspace)
    released.signal()
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("within 0.3 s"), "\(outcome.output)")
  }

  @Test("a comment or a moved line is not a change")
  func comment() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try workspace(service)
    try workspace.write("# a comment\n" + WallClockTests.expiry, to: "Scenarios/area/expires.yaml")
    #expect(try WallClockTests.resume(workspace).status == 0)
  }

  @Test("a log and a pending file of different runs are refused")
  func otherRun() throws {
    let service = try SmallService(lifetime: 1)
    let one = try workspace(service), other = try workspace(service)
    try one.write(try other.read("Reports/pending.jsonl"), to: "Reports/pending.jsonl")
    let outcome = try WallClockTests.resume(one)
    #expect(outcome.status == 2 && outcome.errors.contains("is not the log of the run that pending.jsonl belongs to"))
    let lines = try other.read("Reports/pending.jsonl").split(separator: "\n")
    try other.write("\(lines[0])\n", to: "Reports/pending.jsonl")
    let cut = try WallClockTests.resume(other)
    #expect(cut.status == 2 && cut.errors.contains("case 'expires' is pending, but pending.jsonl does not contain it"))
  }

  @Test("Ctrl-C keeps pending what is unfinished, and what has finished does not run again")
  func interrupted() throws {
    let service = try SmallService(lifetime: 1)
    let scenario = WallClockTests.expiry + "\n  - post-payload: { token: token }\n    expect: { status: 401 }"
    let workspace = try workspace(service, ["a": scenario, "b": scenario, "c": scenario])
    let (reached, released) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let count = Locked(0)
    service.state.withLock {
      $0.hook = { request in
        guard request.head.hasPrefix("POST /in") else { return }
        let number = count.withLock {
          $0 += 1
          return $0
        }
        guard number == 3 else { return }
        reached.signal()
        released.wait()
      }
    }
    var process = try workspace.start(["resume", "--target", ResumeTests.file, "--jobs", "1"]).0
    while reached.wait(timeout: .now() + .milliseconds(50)) == .timedOut {
      guard !process.isRunning else { continue }
      process = try workspace.start(["resume", "--target", ResumeTests.file, "--jobs", "1"]).0
    }
    kill(process.processIdentifier, SIGINT)
    while try InterruptTests.isPending(SIGINT, process.processIdentifier) { poll(nil, 0, 1) }
    released.signal()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    service.state.withLock { $0.hook = nil }
    #expect(workspace.exists("Reports/pending.jsonl"))
    let before = service.requests.count { $0.hasPrefix("POST /in") }
    let outcome = try WallClockTests.resume(workspace)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("3 cases: 3 warned"))
    #expect(service.requests.count { $0.hasPrefix("POST /in") } - before == 4, "a finished case does not run again")
    #expect(service.clients.isEmpty && !workspace.exists("Reports/pending.jsonl"))
  }

  @Test("with a key in the environment the pending cases are encrypted, and only this key opens them")
  func encrypted() throws {
    let service = try SmallService(lifetime: 1)
    let key = "0123456789abcdef-of-a-test", path = "Reports/pending.jsonl"
    let workspace = try workspace(service, key: key)
    let file = try workspace.read(path)
    #expect(!file.contains("-of-the-small-service") && file.contains(#""sealed":"#))
    #expect(try WallClockTests.resume(workspace).errors.contains("is encrypted; set CONFORM_PENDING_KEY"))
    let wrong = ["CONFORM_PENDING_KEY": key + "x"], right = ["CONFORM_PENDING_KEY": key]
    let refused = try WallClockTests.resume(workspace, environment: wrong)
    #expect(refused.status == 2)
    #expect(refused.errors.contains("cannot be decrypted: CONFORM_PENDING_KEY is another key, or the file was changed"))
    let changes = [("\"started-at\":", "\"started-at\": "), ("\"sealed\":\"", "\"sealed\":\"AAAA")]
    for changed in changes.map({ file.replacing($0, with: $1) }) {
      try workspace.write(changed, to: path)
      #expect(try WallClockTests.resume(workspace, environment: right).status == 2)
    }
    try workspace.write(file, to: path)
    #expect(try WallClockTests.resume(workspace, environment: right).status == 0)
  }

  @Test("a key that is too short, and a plain file although there is a key, are refused")
  func badKeys() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try workspace(service)
    let short = try WallClockTests.resume(workspace, environment: ["CONFORM_PENDING_KEY": "short"])
    #expect(short.status == 2 && short.errors.contains("CONFORM_PENDING_KEY is too short: at least 16 bytes"))
    let plain = try WallClockTests.resume(workspace, environment: ["CONFORM_PENDING_KEY": "0123456789abcdef-of-a-test"])
    #expect(plain.status == 2 && plain.errors.contains("is not encrypted, but CONFORM_PENDING_KEY is set"))
  }
}
