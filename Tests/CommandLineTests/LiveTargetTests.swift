import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite("A target that is in use")
struct LiveTargetTests {
  private static let asking = """
    title: A client that is made gets tokens
    covers: TST-01
    steps:
      - create-client: { as: erp }
        expect: created
      - request-token: { client: erp }
        expect: issued
    """

  @Test("what would be left behind is skipped with the reason; made clients carry our name and are gone at the end")
  func tidy() throws {
    let service = try SmallService()
    let workspace = try Workspace(
      scenarios: ["asks": LiveTargetTests.asking, "posts": ClientDriverTests.scenario],
      target: service.target("environment: live\n\(SmallService.managed)"))
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("2 cases: 1 passed, 1 skipped"))
    #expect(
      outcome.output.contains(
        "leaves payloads behind, and the target is live; --allow-destructive runs it anyway"))
    let names = service.state.withLock { $0.names }
    #expect(names.count == 1 && names.allSatisfy { $0.hasPrefix("conform-") })
    #expect(service.clients.isEmpty)

    let allowed = try workspace.conform("run", "--allow-destructive")
    #expect(allowed.output.contains("2 cases: 2 passed"))
    #expect(service.clients.isEmpty)
  }

  @Test("clients that cannot be deleted are not made")
  func undeletable() throws {
    let service = try SmallService()
    let managed = SmallService.managed.split(separator: "\n").dropLast().joined(separator: "\n")
    let workspace = try Workspace(
      scenarios: ["asks": LiveTargetTests.asking], target: service.target("environment: live\n\(managed)"))
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 4)
    #expect(outcome.output.contains("creates clients that cannot be deleted there"))
    #expect(service.clients.isEmpty)
  }

  /// A run whose token request stalls, with a client that has been created.
  private func interrupted(_ signal: Int32) throws -> (SmallService, Workspace, Int32) {
    let service = try SmallService()
    let (reached, released) = service.holdTokenRequests()
    let workspace = try Workspace(
      scenarios: ["asks": LiveTargetTests.asking], target: service.target("environment: live\n\(SmallService.managed)"))
    let (process, _, _) = try workspace.start(["run"])
    reached.wait()
    #expect(service.clients.count == 1)
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    released.signal()
    return (service, workspace, process.terminationStatus)
  }

  @Test("after Ctrl-C the made clients are gone, and the report is whole")
  func interrupt() throws {
    let (service, workspace, status) = try interrupted(SIGINT)
    #expect(status == 130)
    #expect(service.clients.isEmpty)
    #expect(try workspace.read("Reports/junit.xml").contains("not finished: interrupted by SIGINT"))
  }

  @Test("what a killed run left is deleted by conform clean, once")
  func clean() throws {
    let (service, workspace, _) = try interrupted(SIGKILL)
    let left = service.clients
    #expect(left.count == 1)
    let first = try workspace.conform("clean", "--target", "Scenarios/targets/reference.yaml")
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output == "deleted: \(left[0])\n")
    #expect(service.clients.isEmpty)
    #expect(
      try workspace.conform("clean", "--target", "Scenarios/targets/reference.yaml").output
        == "that run left no client\n")
  }

  @Test("a run that leaves a client behind does not conform: it ends with 3 until conform clean has deleted the client")
  func leftBehind() throws {
    let service = try SmallService()
    let file = "Scenarios/targets/reference.yaml"
    let target = service.target("environment: live\n\(SmallService.managed)")
    let workspace = try Workspace(scenarios: ["asks": LiveTargetTests.asking], target: target)
    #expect(try workspace.conform("run", "--reports", "good").status == 0)
    // refused with 401
    try workspace.write(target.replacing("DELETE /clients/", with: "POST /in/"), to: file)
    let message = "1 client could not be deleted; 'conform clean --target FILE' tries again"
    for arguments in [["run"], ["run", "--baseline", "good/run.jsonl"], ["resume", "--target", file]] {
      let outcome = try workspace.conform(arguments)
      #expect(outcome.status == 3, "\(arguments) \(outcome.output)\(outcome.errors)")
      #expect(outcome.errors.contains(message) && !outcome.output.contains("CONFORMS"), "\(outcome.output)")
    }
    #expect(try workspace.read("Reports/summary.md").hasPrefix("## ERRORED: "))
    try workspace.write(target, to: file)
    #expect(try workspace.conform("clean", "--target", file).status == 0)
    #expect(try workspace.conform("resume", "--target", file).status == 0)
  }

  @Test("no request is sent to delete a client whose id is no segment of a path", arguments: ["", ".", ".."])
  func oddIDs(id: String) throws {
    let (service, workspace, _) = try interrupted(SIGKILL)
    let log = try workspace.read("Reports/run.jsonl")
    let lines = log.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
      let line = String(line)
      return line.contains("client-created") ? line.replacing(/"id":"[^"]*"/, with: "\"id\":\"\(id)\"") : line
    }
    try workspace.write(lines.joined(separator: "\n"), to: "Reports/run.jsonl")
    let before = service.requests.count
    let outcome = try workspace.conform("clean", "--target", "Scenarios/targets/reference.yaml")
    #expect(outcome.status == 3 && outcome.errors.contains("must not be empty, '.' or '..'"), "\(outcome.errors)")
    #expect(service.requests.count == before)
  }

  @Test("a response 429 with Retry-After is waited for, and the request repeated")
  func retryAfter() throws {
    var state = SmallService.State()
    state.tooMany = 2
    let service = try SmallService(state: state)
    let workspace = try Workspace(
      scenarios: ["asks": LiveTargetTests.asking], target: service.target(SmallService.managed))
    #expect(try workspace.conform("run").status == 0)
    #expect(service.requests.count { $0.hasPrefix("POST /token") } == 3)
  }

  @Test("an endless 429 leaves a case unjudged, and one that a scenario expects is not repeated")
  func tooMany() throws {
    var state = SmallService.State()
    state.tooMany = 1000
    let service = try SmallService(state: state)
    let about = LiveTargetTests.asking.replacing("expect: issued", with: "expect: { status: [200, 429] }")
    let workspace = try Workspace(
      scenarios: ["asks": LiveTargetTests.asking, "about": about], target: service.target(SmallService.managed))
    let outcome = try workspace.conform("run", "--jobs", "1")
    #expect(outcome.status == 3)
    #expect(outcome.output.contains("2 cases: 1 passed, 1 errored"))
    #expect(service.requests.count { $0.hasPrefix("POST /token") } == 4)
  }
}
