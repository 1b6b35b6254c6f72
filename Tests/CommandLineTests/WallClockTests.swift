import Foundation
import Testing

@Suite("A clock that cannot be advanced")
struct WallClockTests {
  /// A day that takes two seconds; the token of the services of these tests lives for one.
  static let expiry = """
    title: A token is refused after its lifetime
    covers: [TST-01, TST-02]
    when: { token-lifetime: 2 }
    given:
      - create-client: { as: erp }
      - request-token: { as: token, client: erp }
    steps:
      - post-payload: { token: token }
        expect: { outcome: accepted, should: { status: 200 } }
      - wait: 1s
      - post-payload: { token: token }
        expect: { status: 401 }
    """
  static let parts = "clock: { driver: wall }\nbehaviour: { token-lifetime: 2 }\n\(SmallService.managed)"

  /// Resumes as soon as a case is due.
  static func resume(_ workspace: Workspace, _ arguments: String..., environment: [String: String] = [:]) throws
    -> Outcome
  {
    while true {
      let (process, output, errors) = try workspace.start(
        ["resume", "--target", "Scenarios/targets/reference.yaml"] + arguments, environment: environment, within: 60)
      process.waitUntilExit()
      let outcome = try Outcome(
        status: process.terminationStatus, output: Workspace.text(output), errors: Workspace.text(errors))
      guard [1, 4].contains(outcome.status), outcome.output.hasPrefix("nothing is due yet") else { return outcome }
    }
  }

  @Test("a longer wait makes its case pending, and resume runs the rest when it is due; warnings are kept")
  func pending() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try Workspace(
      scenarios: ["expires": WallClockTests.expiry], target: service.target(WallClockTests.parts))
    let first = try workspace.conform("run", "--max-wait", "100ms")
    #expect(first.status == 4, "\(first.output)\(first.errors)")
    #expect(first.output.contains("1 case: 1 pending"))
    let junit = try workspace.read("Reports/junit.xml")
    #expect(junit.contains(#"skipped="1""#) && junit.contains("waits until 20"))
    try workspace.keepReport("Reports/junit.xml", as: "pending.xml")

    let file = workspace.folder.appending(path: "Reports/pending.jsonl")
    let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(try workspace.read("Reports/pending.jsonl").contains("-of-the-small-service"))
    #expect(try !workspace.read("Reports/run.jsonl").contains("-of-the-small-service"))

    let second = try WallClockTests.resume(workspace)
    #expect(second.status == 0, "\(second.output)\(second.errors)")
    #expect(second.output.contains("1 case: 1 warned"), "\(second.output)")
    let resumed = try workspace.read("Reports/junit.xml")
    #expect(resumed.contains(#"tests="1" failures="0" errors="0" skipped="0""#))
    #expect(resumed.contains("status: expected 200, got 201"))
    #expect(!workspace.exists("Reports/pending.jsonl"))
    #expect(try !workspace.read("Reports/run.jsonl").contains("-of-the-small-service"))
    let posts = service.requests.count { $0.hasPrefix("POST /in ") }
    #expect(posts == 2)
  }

  @Test("a target that does not expire its tokens fails then, in the report of both parts")
  func fails() throws {
    let service = try SmallService(lifetime: 1000)
    let workspace = try Workspace(
      scenarios: ["expires": WallClockTests.expiry, "asks": ClientDriverTests.scenario],
      target: service.target(WallClockTests.parts))
    #expect(try workspace.conform("run", "--max-wait", "100ms").status == 4)
    let outcome = try WallClockTests.resume(workspace)
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("2 cases: 1 passed, 1 failed"))
  }

  @Test("log and secrets carried elsewhere are enough to go on")
  func elsewhere() throws {
    let service = try SmallService(lifetime: 1)
    let scenarios = ["expires": WallClockTests.expiry]
    let here = try Workspace(scenarios: scenarios, target: service.target(WallClockTests.parts))
    #expect(try here.conform("run", "--max-wait", "100ms").status == 4)
    let there = try Workspace(scenarios: scenarios, target: service.target(WallClockTests.parts))
    for file in ["run.jsonl", "pending.jsonl"] { try there.write(here.read("Reports/\(file)"), to: "carried/\(file)") }
    let outcome = try WallClockTests.resume(there, "carried/run.jsonl")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(there.exists("carried/junit.xml"))
  }

  @Test("a log under another name is continued in its own file, and its reports go to no other folder")
  func otherName() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try Workspace(
      scenarios: ["expires": WallClockTests.expiry], target: service.target(WallClockTests.parts))
    _ = try workspace.conform("run", "--max-wait", "100ms")
    let files = FileManager.default
    try files.moveItem(
      at: workspace.folder.appending(path: "Reports/run.jsonl"),
      to: workspace.folder.appending(path: "Reports/nightly.jsonl"))
    let elsewhere = try workspace.conform("resume", "Reports/nightly.jsonl", "--reports", "elsewhere")
    #expect(elsewhere.status == 2 && elsewhere.errors.contains("Unknown option '--reports'"), "\(elsewhere.errors)")
    let outcome = try WallClockTests.resume(workspace, "Reports/nightly.jsonl")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("report: Reports/nightly.jsonl\n"))
    #expect(!workspace.exists("Reports/run.jsonl") && !workspace.exists("Reports/pending.jsonl"))
  }

  @Test("without the file of secrets nothing can be resumed, and that is reported")
  func withoutSecrets() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try Workspace(
      scenarios: ["expires": WallClockTests.expiry], target: service.target(WallClockTests.parts))
    #expect(try workspace.conform("run", "--max-wait", "100ms").status == 4)
    try FileManager.default.removeItem(at: workspace.folder.appending(path: "Reports/pending.jsonl"))
    let outcome = try workspace.conform("resume", "--target", "Scenarios/targets/reference.yaml")
    #expect(outcome.status == 2)
    #expect(
      outcome.errors.contains(
        "Reports/pending.jsonl: cannot be read: No such file or directory; it contains the pending cases, and has to "
          + "be in the folder of the run log"))
  }

  @Test(
    "a scenario that has changed is not resumed, and its client is deleted",
    arguments: [
      ("request-token: { client: erp }", 3, "the case cannot be resumed; run it again"),
      ("list-clients: {}", 3, "the case cannot be resumed; run it again"),
    ])
  func changed(step: String, status: Int32, message: String) throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try Workspace(
      scenarios: ["expires": WallClockTests.expiry],
      target: service.target("environment: live\n\(WallClockTests.parts)"))
    #expect(try workspace.conform("run", "--allow-destructive", "--max-wait", "100ms").status == 4)
    #expect(service.clients.count == 1, "a pending case still needs its client")
    #expect(
      try workspace.conform("clean", "--target", "Scenarios/targets/reference.yaml").output.contains(
        "kept for pending cases: client-"))
    try workspace.write(WallClockTests.expiry + "\n  - \(step)", to: "Scenarios/area/expires.yaml")
    let outcome = try WallClockTests.resume(workspace)
    #expect(outcome.status == status)
    #expect(outcome.output.contains(message))
    #expect(service.clients.isEmpty)
  }

  @Test("a short wait is waited for, and a case with a long one inside other steps is skipped")
  func short() throws {
    let service = try SmallService(lifetime: 1)
    let nested = WallClockTests.expiry.replacing(
      "  - wait: 1s\n", with: "  - repeat: 2\n    steps:\n      - wait: 1h\n")
    let workspace = try Workspace(
      scenarios: ["expires": WallClockTests.expiry, "nested": nested], target: service.target(WallClockTests.parts))
    let outcome = try workspace.conform("run")
    #expect(outcome.output.contains("2 cases: 1 warned, 1 skipped"), "\(outcome.output)")
    #expect(outcome.output.contains("waits 1h inside 'repeat' or 'concurrently', where a case cannot become pending"))
  }
}
