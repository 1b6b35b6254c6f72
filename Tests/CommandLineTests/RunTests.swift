import ConformanceModel
import Foundation
import JSONValue
import TestSupport
import Testing

@Suite("conform run")
struct RunTests {
  static let passing = """
    title: A token works for 24 hours, and not a second longer
    covers: TST-01
    given:
      - create-client: { as: erp }
      - request-token: { as: token, client: erp }
    steps:
      - wait: 23h 59m 59s
      - post-payload: { as: order, token: token }
        expect: accepted
      - read-inbox: {}
        expect: { delivered: { order: 1 } }
      - wait: 1s
      - post-payload: { token: token }
        expect: { status: 401, challenge: { scheme: Bearer, error: invalid_token } }
    """

  @Test("a conforming run ends with 0, a JUnit file and a log, and prints that it conforms")
  func passes() throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    #expect(outcome.output.contains("CONFORMS: 1 of 1 cases run, none failed"))
    let junit = try workspace.read("Reports/junit.xml")
    #expect(junit.contains(#"tests="1" failures="0" errors="0""#))
    #expect(junit.contains(#"classname="area.passing" name="passing""#))
    let log = try workspace.read("Reports/run.jsonl")
    #expect(log.contains(#""event":"clock-advanced""#))
    try workspace.keepReport("Reports/junit.xml", as: "passing.xml")
  }

  @Test("a failure names requirement, place, expected, actual, exchange and a command that repeats it")
  func failure() throws {
    let wrong = RunTests.passing.replacing("status: 401", with: "status: 403")
    let workspace = try Workspace(scenarios: ["wrong": wrong])
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 1)
    for part in [
      "FAILED wrong - status: expected 403, got 401\n  A token works",
      "  TST-01 (must), at Scenarios/area/wrong.yaml:14\n", "at 2022-07-21T10:03:08Z of simulated time\n",
      "< HTTP/1.1 401\n", "repeat: curl -i -H 'Authorization: Bearer '\"$TOKEN\"",
      "this case: \(Workspace.program.path) run --only wrong\n",
      "FAILED: 1 of 1 cases do not conform",
    ] {
      #expect(outcome.output.contains(part), "missing: \(part)")
    }
    let junit = try workspace.read("Reports/junit.xml")
    #expect(junit.contains(#"<failure type="assertion" message="status: expected 403, got 401">"#))
  }

  @Test("if only --strict fails a run, the reason is printed")
  func strict() throws {
    let workspace = try Workspace(scenarios: [
      "warned": RunTests.passing.replacing(
        "expect: accepted", with: "expect: { outcome: accepted, should: { status: 200 } }")
    ])
    #expect(try workspace.conform("run").status == 0)
    let outcome = try workspace.conform("run", "--strict")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("CONFORMS: 1 of 1 cases run"))
    #expect(outcome.errors == "--strict: warnings fail the run; 1 of 1 cases warned\n")
  }

  @Test("no secret, token or Basic credential is in the log, the report or on the console")
  func secrets() throws {
    let workspace = try Workspace(
      scenarios: [
        "static": """
        title: Known credentials get a token
        covers: TST-01
        given:
          - create-client: { as: erp }
        steps:
          - request-token: { as: t, client: erp }
            expect: issued
          - request-token: { client: erp, auth: body }
            expect: { status: 418 }
        """
      ],
      target: Workspace.bareTarget(try endpoint()))
    let outcome = try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 1)
    let everything = try [
      outcome.output, outcome.errors, workspace.read("Reports/run.jsonl"), workspace.read("Reports/junit.xml"),
    ].joined()
    let basic = Base64.encode(Array("known:\(Workspace.secret)".utf8))
    for secret in [Workspace.secret, basic, "a-token-that-is-long-enough", Filter.hex.apply(Workspace.secret)] {
      #expect(!everything.contains(secret))
    }
    #expect(everything.contains("$ERP_SECRET"))
  }

  /// An endpoint that echoes requests in its responses.
  private func endpoint() throws -> String {
    let server = try RawServer { request, connection in
      let echo = JSON.string(request.text).compact
      connection.respond(
        "HTTP/1.1 200 OK", #"{"access_token":"a-token-that-is-long-enough","token_type":"Bearer","echo":\#(echo)}"#)
    }
    servers.withLock { $0.append(server) }
    return server.url
  }

  private let servers = Locked<[RawServer]>([])

  @Test("an endpoint that cannot be reached ends with 3, and the reports are written all the same")
  func unreachable() throws {
    let scenario = RunTests.passing.replacing("- wait: 23h 59m 59s", with: "- list-clients: {}")
    let workspace = try Workspace(scenarios: ["passing": scenario], target: Workspace.bareTarget("http://127.0.0.1:1"))
    let outcome = try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("the target cannot be reached: "))
    #expect(outcome.errors.contains("127.0.0.1:1"))
    #expect(workspace.exists("Reports/junit.xml"))
  }

  @Test("a tag that no scenario has is refused, also beside one that is known")
  func unknownTag() throws {
    let workspace = try Workspace(
      scenarios: ["passing": RunTests.passing.replacing("covers: ", with: "tags: [smoke]\ncovers: ")])
    let outcome = try workspace.conform("run", "--tag", "smoke", "--tag", "smok")
    #expect(outcome.status == 2 && outcome.errors.contains("--tag smok: no scenario has this tag"), "\(outcome.errors)")
    #expect(try workspace.conform("run", "--tag", "smoke").status == 0)
  }

  @Test("an error that all cases share is shown once, with the number of the others")
  func alike() throws {
    let many = ClientDriverTests.scenario.replacing(
      "steps:\n  - create-client: { as: erp }\n    expect: created\n",
      with: "given:\n  - create-client: { as: erp }\nsteps:\n")
    let workspace = try Workspace(
      scenarios: ["many": many + "\ncases: { n: { from: 1, to: 50 } }"],
      target: Workspace.bareTarget("http://127.0.0.1:1"))
    let outcome = try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 3)
    #expect(outcome.output.components(separatedBy: "ERRORED many/").count - 1 == 1, "\(outcome.output)")
    #expect(
      outcome.output.contains(
        "… and 49 more errored for the same reason: many/n=2, many/n=3, many/n=4, …\n"), "\(outcome.output)")
    #expect(try workspace.read("Reports/junit.xml").contains(#"errors="50""#))
  }

  @Test("environment variables that are not set are named with their places, all in one go, and nothing is sent")
  func variables() throws {
    let service = try SmallService()
    let parts = """
      clients:
        static:
          - { id: "${env.CONFORM_TEST_ID}", secret: "${env.CONFORM_TEST_SECRET}" }
          - { id: "${env.CONFORM_TEST_ID}", secret: "${env.HOME}" }
      """
    let workspace = try Workspace(scenarios: ["passing": ClientDriverTests.scenario], target: service.target(parts))
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 2)
    #expect(
      outcome.errors == """
        Scenarios/targets/reference.yaml:8:13: the environment variable CONFORM_TEST_ID is not set
        Scenarios/targets/reference.yaml:8:47: the environment variable CONFORM_TEST_SECRET is not set
        set them and run again; nothing was sent

        """)
    #expect(service.requests.isEmpty)
    #expect(try workspace.conform("check").status == 0, "another machine may have them")
  }

  @Test("mistakes of all files come in one go, with status 2, and are the only result in the reports")
  func diagnostics() throws {
    let workspace = try Workspace(scenarios: [
      "a": "titel: x\nsteps: []", "b": RunTests.passing.replacing("expect: accepted", with: "expct: accepted"),
    ])
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 2)
    #expect(
      outcome.errors.contains("Scenarios/area/a.yaml:1:1: unknown key 'titel' in a scenario; did you mean 'title'?"))
    #expect(outcome.errors.contains("Scenarios/area/b.yaml:9:5: unknown key 'expct' in a step; did you mean 'expect'?"))
    #expect(outcome.errors.contains("\n   9 |     expct: accepted\n     |     ^^^^^\n"))
    let junit = try workspace.read("Reports/junit.xml")
    #expect(junit.contains(#"tests="1" failures="0" errors="1""#), "\(junit)")
    #expect(junit.contains("unknown key 'titel'") && junit.contains("unknown key 'expct'"), "\(junit)")
  }

  @Test(
    "an empty folder, and a selection of nothing, end with 2",
    arguments: [["run"], ["run", "--tag", "nothing"], ["run", "--only", "nothing"]])
  func nothing(arguments: [String]) throws {
    let workspace =
      try arguments.count == 1 ? Workspace(scenarios: [:]) : Workspace(scenarios: ["passing": RunTests.passing])
    let (process, _, errors) = try workspace.start(arguments)
    process.waitUntilExit()
    #expect(process.terminationStatus == 2)
    #expect(try !Workspace.text(errors).isEmpty)
  }

  @Test("--only reads no other scenario: neither its mistakes nor those of a file with another name count")
  func onlySomeFiles() throws {
    let workspace = try Workspace(scenarios: [
      "wanted": RunTests.passing, "other": RunTests.passing, "broken": "titel: x\nsteps: []",
    ])
    let one = try workspace.conform("run", "--only", "wanted")
    #expect(one.status == 0, "\(one.errors)")
    #expect(try workspace.read("Reports/junit.xml").contains(#"tests="1" failures="0""#))
    let two = try workspace.conform("run", "--only", "wanted", "--only", "other")
    #expect(two.status == 0, "\(two.errors)")
    #expect(try workspace.read("Reports/junit.xml").contains(#"tests="2" failures="0""#))
    #expect(try workspace.conform("check", "--only", "wanted").status == 2)
  }

  @Test("--only finds scenarios by an id that is not the name of their file, and by a requirement")
  func onlyByID() throws {
    let workspace = try Workspace(scenarios: [
      "a": RunTests.passing, "b": "id: renamed\n" + RunTests.passing, "renamed-not": RunTests.passing,
    ])
    #expect(try workspace.conform("run", "--only", "renamed").status == 0)
    #expect(try workspace.read("Reports/junit.xml").contains(#"tests="1" failures="0""#))
    // the file has this name, but its scenario another id
    #expect(try workspace.conform("run", "--only", "b").status == 2)
    #expect(try workspace.conform("run", "--only", "TST-01").status == 0)
    #expect(try workspace.read("Reports/junit.xml").contains(#"tests="3" failures="0""#))
  }

  @Test("a full disk under the log ends with 3 and a message")
  func fullDisk() throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    try FileManager.default.createDirectory(
      at: workspace.folder.appending(path: "Reports"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: workspace.folder.appending(path: "Reports/run.jsonl").path, withDestinationPath: "/dev/full")
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("No space left on device"))
  }

  @Test(
    "the verdicts are the same whatever the jobs and the order",
    arguments: [["--jobs", "1"], ["--jobs", "64"], ["--shuffle", "7"], ["--shuffle", "8", "--jobs", "3"]])
  func deterministic(arguments: [String]) throws {
    let cases = RunTests.passing + "\ncases: { n: { from: 1, to: 30 } }"
    let workspace = try Workspace(scenarios: [
      "many": cases, "wrong": cases.replacing("status: 401", with: "status: 403"),
    ])
    let (process, _, _) = try workspace.start(["run"] + arguments)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    let junit = try workspace.read("Reports/junit.xml")
    #expect(junit.contains(#"tests="60" failures="30" errors="0""#))
    #expect(try workspace.read("Reports/run.jsonl").components(separatedBy: #""event":"clock-advanced""#).count == 3)
  }

  @Test("every kind of verdict has its place in the JUnit file")
  func everyVerdict() throws {
    let step = "given:\n  - create-client: { as: erp }\nsteps:\n  - request-token: { client: erp }\n    expect: "
    let workspace = try Workspace(scenarios: [
      "passed": "title: passed\ncovers: TST-01\n\(step)issued",
      "failed": "title: failed\ncovers: TST-01\n\(step){ status: 400 }",
      "warned": "title: warned\ncovers: TST-02\n\(step){ status: 400 }",
      "skipped": "title: skipped\ncovers: TST-01\nwhen: { lost-secret: old-set-dies }\n\(step)issued",
      "errored":
        "title: errored\ncovers: TST-01\n\(step.replacing("given:\n", with: "given:\n  - request-token: { auth: none }\n"))issued",
    ])
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 1)
    let junit = try workspace.read("Reports/junit.xml")
    #expect(junit.contains(#"tests="5" failures="1" errors="1" skipped="1""#))
    #expect(junit.contains("WARNING: status: expected 400, got 200"))
    #expect(junit.contains("applies only if lost-secret is old-set-dies; the target declares old-set-stays"))
    #expect(junit.contains("setup failed"))
    try workspace.keepReport("Reports/junit.xml", as: "every-verdict.xml")
  }
}
