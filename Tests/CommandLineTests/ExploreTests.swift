import Foundation
import Testing

@Suite("conform explore")
struct ExploreTests {
  private static let environment = ["CONFORM_MANAGER_KEY": "the-key-of-the-exploration"]

  /// Calls the body with a workspace in which `mine.yaml` binds the reference service with this fault.
  private func withService(_ fault: String?, _ body: (Workspace) throws -> Void) throws {
    let served = try ServedService(fault.map { ["--fault", $0] } ?? [], key: "the-key-of-the-exploration")
    defer { served.stop() }
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    let embedded = try String(
      contentsOf: Workspace.repository.appending(path: "Scenarios/targets/reference.yaml"), encoding: .utf8)
    let target = embedded.replacing("launch: reference-service\n", with: "")
      .replacing("${service.url}", with: served.url)
      .replacing("${service.manager-key}", with: "${env.CONFORM_MANAGER_KEY}")
    try workspace.write(target, to: "mine.yaml")
    try body(workspace)
  }

  private func run(_ workspace: Workspace, _ arguments: String...) throws -> Outcome {
    try workspace.conform(arguments, environment: ExploreTests.environment)
  }

  @Test("finds nothing at a right service, and makes the same sequences from the same seed")
  func right() throws {
    // launched anew for each exploration, so that its clock starts at the same time
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    func explore(_ options: String...) throws -> Outcome {
      try workspace.conform(["explore", "--runs", "5", "--steps", "8"] + options)
    }
    let first = try explore("--verbose")
    #expect(first.status == 0, "\(first.output)\(first.errors)")
    let summary = /5 sequences with ([0-9]+) steps in [0-9.]+ s, seed 1: 0 disagreements\n/
    let steps = try #require(first.output.firstMatch(of: summary)?.1)
    #expect(first.output.contains("not run: "))
    let second = try explore()
    #expect(second.output.contains("5 sequences with \(steps) steps in "), "\(second.output)")
  }

  @Test("writes what it finds as a scenario, which fails with the fault and passes without it")
  func writes() throws {
    var files: [String: String] = [:]
    func judged(_ workspace: Workspace) throws -> Outcome {
      for (name, text) in files { try workspace.write(text, to: "own/explored/\(name)") }
      let packs = ["--pack", "builtin", "--pack", "own"]
      let check = try workspace.conform(["check"] + packs)
      #expect(check.status == 0, "\(check.output)\(check.errors)")
      return try workspace.conform(
        ["run", "--target", "mine.yaml", "--no-probe", "--only"]
          + [try #require(files.keys.first).replacing(".yaml", with: "")] + packs,
        environment: ExploreTests.environment)
    }
    try withService("deletion-ends-siblings") { workspace in
      let found = try run(
        workspace, "explore", "--pack", "builtin", "--target", "mine.yaml", "--runs", "12", "--area", "clients",
        "--write", "own/explored")
      #expect(found.status == 1, "\(found.output)\(found.errors)")
      #expect(found.output.contains("disagreement 1, ") && found.output.contains("wrote own/explored/"))
      for name in try workspace.names(in: "own/explored") {
        files[name] = try workspace.read("own/explored/\(name)")
      }
      let command = try #require(found.output.firstMatch(of: /to run them: conform (run --pack builtin .+)\n/)?.1)
      let printed = try workspace.conform(
        command.split(separator: " ").map(String.init) + ["--no-probe"], environment: ExploreTests.environment)
      #expect(printed.status == 1 && printed.output.contains("FAILED explore-"), "\(printed.output)\(printed.errors)")
      let outcome = try judged(workspace)
      #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
    }
    try withService(nil) { workspace in
      let outcome = try judged(workspace)
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    }
  }

  @Test("evaluates the invariants of the pack on each exchange, and names what breaks them")
  func invariants() throws {
    try withService("inbound-errors-with-stack-trace") { workspace in
      let found = try run(
        workspace, "explore", "--target", "mine.yaml", "--runs", "6", "--area", "payload", "--pack", "builtin")
      #expect(found.output.contains("No error response reveals a stack trace"), "\(found.output)\(found.errors)")
      #expect(found.output.contains("is posted with"))
    }
  }

  @Test("writes a log of all sequences, and the reports of a run with the coverage")
  func reports() throws {
    try withService("deletion-ends-siblings") { workspace in
      let found = try run(
        workspace, "explore", "--target", "mine.yaml", "--runs", "12", "--area", "clients", "--reports", "out",
        "--report", "html", "--report", "junit")
      #expect(found.status == 1, "\(found.output)\(found.errors)")
      #expect(found.output.contains("disagreement 1, ") && found.output.contains("12 sequences with "))
      let log = try workspace.read("out/run.jsonl")
      #expect(log.contains("\"scenario\":\"sequence-12\""))
      #expect(log.contains("{\"event\":\"coverage\",\"dimensions\":[{\"operation\":\"create a client\""))
      #expect(try workspace.read("out/junit.xml").contains("sequence-12"))
      let page = try workspace.read("out/report.html")
      #expect(page.contains("<h2 id=\"coverage-title\">Coverage</h2>"))
      #expect(page.contains("<th scope=\"row\">request a token</th><td>client authentication</td>"))
      // the log is a whole one, from which reports can be made again
      let rendered = try workspace.conform(["render", "out/run.jsonl", "--reports", "again", "--report", "html"])
      #expect(rendered.status == 0, "\(rendered.output)\(rendered.errors)")
      #expect(try workspace.read("again/report.html").contains("<h2 id=\"coverage-title\">Coverage</h2>"))
    }
  }

  @Test("judges overlapping operations by their orders")
  func overlaps() throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    let right = try workspace.conform(["explore", "--runs", "14", "--concurrency", "3"])
    #expect(right.status == 0, "\(right.output)\(right.errors)")
    #expect(right.output.contains("14 overlaps with "))
    try withService("parallel-replacements-lose-one") { workspace in
      let found = try run(
        workspace, "explore", "--target", "mine.yaml", "--runs", "28", "--concurrency", "3")
      #expect(found.status == 1, "\(found.output)\(found.errors)")
      #expect(found.output.contains("then at the same time: "))
      #expect(found.output.contains("no order of the operations explains the responses"))
    }
  }

  @Test(
    "options that cannot be right are refused",
    arguments: [
      ["--runs", "0"], ["--steps", "1"], ["--time-limit", "x"], ["--area", "elsewhere"], ["--concurrency", "7"],
      ["--concurrency", "1"], ["--concurrency", "2", "--area", "token"],
      ["--concurrency", "2", "--report", "html"],
    ])
  func options(words: [String]) throws {
    let outcome = try Workspace().conform(["explore"] + words)
    #expect(outcome.status == 2, "\(outcome.output)\(outcome.errors)")
  }
}
