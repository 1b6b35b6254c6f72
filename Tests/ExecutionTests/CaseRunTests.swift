import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

private let early = Step.http("GET", "/early", status: nil, onlyIf: 299)

@Suite("A case") struct CaseRunTests {
  @Test("passes if all of its steps ran and all of their expectations are met")
  func passes() async throws {
    let result = try await Fixture.run([.http("GET", "/a"), .http("GET", "/b")]) { _ in WireResponse(200) }
    let record = try result.record()
    #expect(record.verdict == .passed)
    #expect(record.exchanges == 2)
    #expect(record.notRun == [])
    #expect(result.exchanges.map(\.url) == ["http://target.test/a", "http://target.test/b"])
  }

  @Test("stops at a failed step, and lists the steps that did not run")
  func fails() async throws {
    let record = try await Fixture.run([.http("GET", "/a", status: 201), .http("GET", "/b"), .post()]) { _ in
      WireResponse(200)
    }.record()
    #expect(record.verdict == .failed)
    #expect(record.findings.map(\.mismatch) == [.value])
    #expect(record.findings.first?.subject == "status")
    #expect(record.findings.first?.expected == "201")
    #expect(record.findings.first?.actual == "200")
    #expect(record.notRun == ["send GET", "post the payload 'valid' without a token"])
  }

  @Test("is errored if its setup fails, with the mismatch as data")
  func setup() async throws {
    let record = try await Fixture.run([.http()], given: [.client("erp"), .token("token", of: "erp")]) {
      WireResponse($0.path == "/token" ? 401 : 200)
    }.record()
    #expect(record.verdict == .errored)
    let finding = try #require(record.findings.first)
    #expect(finding.isSetup && finding.mismatch == .outcome)
    #expect(finding.subject == "requesting the token")
    #expect(finding.actual == "HTTP 401" && finding.expected == "200")
    #expect(record.notRun == ["send GET"])
  }

  @Test("goes on after a warning")
  func warns() async throws {
    let steps = [Step.http(status: nil, [.should(.status(.equal(201)))]), .http("GET", "/b")]
    let record = try await Fixture.run(steps) { _ in WireResponse(200) }.record()
    #expect(record.verdict == .warned)
    #expect(record.exchanges == 2)
  }

  @Test("fails only as strongly as the strongest requirement that it covers")
  func level() async throws {
    let transport = ScriptedTransport { _ in WireResponse(200) }
    let scenario = Fixture.scenario([.http(status: 201)], covers: ["TST-02"])
    #expect(try await Fixture.run([scenario], transport).record().verdict == .warned)
  }

  @Test(
    "reports an expectation that names an unknown value, unless the step failed anyway",
    arguments: [
      ([Expectation.must(.status(.equal(200)))], Verdict.errored, 1), ([.must(.status(.equal(201)))], .failed, 1),
      ([.should(.status(.equal(201)))], .errored, 2),
    ])
  func unknownName(others: [Expectation], verdict: Verdict, count: Int) async throws {
    let unknown = Expectation.must(.text(.equals(Step.reference("unknown"))))
    let record = try await Fixture.run([.http("GET", "/", others + [unknown])]) { _ in WireResponse(200) }.record()
    #expect(record.verdict == verdict)
    #expect(record.findings.count == count, "\(record.findings.map(\.message))")
    #expect(record.findings.contains { $0.message.contains("unknown") } == (verdict == .errored))
  }

  @Test("gives a finding its exchange, its step, its place, its requirements and its time")
  func findingParts() async throws {
    let record = try await Fixture.run([.http(status: 201)]) { _ in WireResponse(200) }.record()
    let finding = try #require(record.findings.first)
    #expect(finding.exchange?.status == 200 && finding.step == "send GET" && finding.place == Fixture.place(20))
    #expect(finding.requirements.map(\.id) == ["TST-01"])
    #expect(finding.simulated == .documented && finding.wall != nil)
    #expect(finding.message == "status: expected 201, got 200")
    let json = Step.http("GET", "/", [.must(.json(.object([.init("a", .equal(1))])))])
    let setup = try await Fixture.run([.http()], given: [json]) { _ in WireResponse(200, #"{"a":2}"#) }.record()
    #expect(setup.findings.map(\.message) == ["setup failed: body as JSON, /a: expected 1, got 2"])
    #expect(setup.findings.first?.path == "/a")
  }

  @Test(
    "is errored if it saves a part of a truncated response",
    arguments: [Saving.Source.text, .json(JSONPointer(tokens: ["a"]))])
  func truncatedSaving(source: Saving.Source) async throws {
    var step = Step.http()
    step.savings = [Saving(name: "x", source: source, place: Fixture.place(11))]
    for isCut in [true, false] {
      let record = try await Fixture.run([step]) { _ in
        var response = WireResponse(200, #"{"a":1}"#)
        response.isCut = isCut
        return response
      }.record()
      #expect(record.verdict == (isCut ? .errored : .passed))
    }
  }

  @Test("is errored if a branch of its setup fails")
  func branchOfSetup() async throws {
    let branches = Step.make(.concurrently([[.http(status: 201)], [.http("GET", "/other")]]))
    let record = try await Fixture.run([.http()], given: [branches]) { _ in WireResponse(200) }.record()
    #expect(record.verdict == .errored && record.findings.first?.isSetup == true)
  }

  // MARK: - An early end

  @Test(
    "is skipped with the reason if a step shows that the rest does not apply, wherever the step is",
    arguments: [
      [early], [.make(.repeat(3, [early]))], [.make(.concurrently([[early], [.http("GET", "/other")]]))],
      [.make(.concurrently([[.make(.repeat(2, [early]))], [.http("GET", "/other")]]))],
      [.make(.repeat(2, [.make(.concurrently([[.http("GET", "/other")], [early]]))]))],
    ], [true, false])
  func endsEarly(steps: [Step], inSetup: Bool) async throws {
    let rest = Step.http("HEAD", "/rest", status: 299)
    let result = try await Fixture.run(inSetup ? [rest] : steps + [rest], given: inSetup ? steps : []) { _ in
      WireResponse(200)
    }
    let record = try result.record()
    #expect(record.verdict == .skipped)
    #expect(record.reason?.contains("status: expected 299, got 200") == true)
    #expect(record.notRun.last == "send HEAD")
    #expect(!result.sent.contains { $0.path == "/rest" })
    #expect(result.sent.count { $0.path == "/early" } == 1)
  }

  @Test("lets the other branches finish, whose failures count")
  func otherBranches() async throws {
    let other = [Step.http("GET", "/a"), .http("GET", "/b", status: 201)]
    let record = try await Fixture.run([.make(.concurrently([[early], other]))]) { _ in WireResponse(200) }
      .record()
    #expect(record.verdict == .failed)
    #expect(record.exchanges == 3)
  }

  // MARK: - Names in branches

  /// Saves the text of the response to a path.
  private static func save(_ name: String, from path: Template) -> Step {
    var step = Step.http("GET", path)
    step.savings = [Saving(name: name, source: .text, place: Fixture.place(11))]
    return step
  }

  /// Responds with the path as its text.
  private static let echo: ScriptedTransport.Respond = { sent in WireResponse(200, String(sent.path.dropFirst())) }

  @Test("takes the value that one branch saves, also for a name that was saved before", arguments: [true, false])
  func branchSaves(before: Bool) async throws {
    let branches = Step.make(.concurrently([[CaseRunTests.save("x", from: "/new")], [.http("GET", "/other")]]))
    let use = Step.http("GET", Step.reference("x"))
    let steps = (before ? [CaseRunTests.save("x", from: "/old")] : []) + [branches, use]
    let result = try await Fixture.run(steps, CaseRunTests.echo)
    #expect(try result.record().verdict == .passed)
    #expect(result.sent.last?.path == "/new")
  }

  @Test("is errored if two branches save the same name")
  func ambiguous() async throws {
    let branches = Step.make(
      .concurrently([[CaseRunTests.save("x", from: "/a")], [CaseRunTests.save("x", from: "/b")]]))
    let record = try await Fixture.run([branches, .http()], CaseRunTests.echo).record()
    #expect(record.verdict == .errored)
    #expect(record.findings.first?.message.contains("'x' is saved by more than one branch") == true)
    #expect(record.notRun == ["send GET"])
  }

  @Test("numbers the names that copies of the same steps save")
  func copies() async throws {
    let copy = [CaseRunTests.save("x", from: Step.reference("index"))]
    let uses = [Step.http("GET", Step.reference("x-1")), .http("GET", Step.reference("x-2"))]
    let result = try await Fixture.run([.make(.concurrently([copy, copy]))] + uses, CaseRunTests.echo)
    #expect(try result.record().verdict == .passed)
    #expect(result.sent.suffix(2).map(\.path) == ["/1", "/2"])
  }

  @Test("is errored if copies save a name that is in use before them")
  func copiesOfUsedName() async throws {
    let copy = [CaseRunTests.save("x", from: "/new")]
    let steps = [CaseRunTests.save("x", from: "/old"), .make(.concurrently([copy, copy]))]
    let record = try await Fixture.run(steps, CaseRunTests.echo).record()
    #expect(record.verdict == .errored && record.findings.first?.message.contains("by each of its copies") == true)
  }

  @Test("saves the names of branches anew in each repetition, and keeps the index of the outer steps")
  func repeated() async throws {
    let branches = Step.make(.concurrently([[CaseRunTests.save("x", from: Step.reference("index"))], [.http()]]))
    let inner = Step.make(.repeat(2, [CaseRunTests.save("x", from: Step.reference("index"))]))
    let steps = [
      Step.make(.repeat(3, [inner, CaseRunTests.save("y", from: Step.reference("index")), branches])),
      .http("GET", Step.reference("y")), .http("GET", Step.reference("x")),
    ]
    let result = try await Fixture.run(steps, CaseRunTests.echo)
    #expect(try result.record().verdict == .passed)
    // y is the third repetition; x is saved by the first branch
    #expect(result.sent.suffix(2).map(\.path) == ["/3", "/1"])
  }

  @Test("takes a static client of its own in each branch, and the next one after them")
  func staticClients() async throws {
    let branches = Step.make(.concurrently([[.client("a")], [.client("b")]]))
    let ids = [Step.http("GET", Step.reference("a", "id")), .http("GET", Step.reference("b", "id"))]
    let last = Step.http("GET", Step.reference("c", "id"))
    let result = try await Fixture.run([last], given: [branches] + ids + [.client("c")], CaseRunTests.echo)
    #expect(result.sent.map(\.path) == ["/client-1", "/client-2", "/client-3"])
    #expect(try result.record().verdict == .passed)
  }

  @Test("takes other static clients in a branch than those that nested steps of the branch before it take")
  func nestedClients() async throws {
    let nested: [Step] = [
      .make(.repeat(2, [.client("a")])), .make(.concurrently([[.client("a")], [.client("b")]])),
    ]
    for steps in nested {
      let branches = Step.make(.concurrently([[steps], [.client("last")]]))
      let result = try await Fixture.run(
        [.http("GET", Step.reference("last", "id"))], given: [branches], CaseRunTests.echo)
      #expect(result.sent.map(\.path) == ["/client-3"])
    }
  }

  @Test("takes a static client in place of one that is created: no response has to show that it was")
  func staticClientOfSetup() async throws {
    var created = Step.client("a")
    created.expectations = [.must(.success(.createClient))]
    let result = try await Fixture.run([.http("GET", Step.reference("a", "id"))], given: [created]) { _ in
      WireResponse(200)
    }
    #expect(result.sent.map(\.path) == ["/client-1"])
    #expect(try result.record().verdict == .passed)
  }

  @Test("is skipped if its setup expects of a static client what only a response shows")
  func staticClientWithoutResponse() async throws {
    var created = Step.client("a")
    created.expectations = [.must(.success(.createClient)), .must(.noSecrets)]
    let record = try await Fixture.run([.http()], given: [created]) { _ in WireResponse(200) }.record()
    #expect(record.verdict == .skipped)
    #expect(record.reason == "the target cannot create clients (create-client)")
  }

  @Test("is skipped if a static client does not have what the rest applies to", arguments: ["1$", "2$"])
  func conditionOnStaticClient(pattern: String) async throws {
    var created = Step.client("a")
    created.condition = [.must(.saved(.object([.init("id", .matches(.literal(.string(pattern))))])))]
    let result = try await Fixture.run([.http()], given: [created]) { _ in WireResponse(200) }
    #expect(try result.record().verdict == (pattern == "1$" ? .passed : .skipped))
    #expect(result.sent.count == (pattern == "1$" ? 1 : 0))
  }

  @Test("is skipped if it needs more static clients than the target configures")
  func tooFewClients() async throws {
    let clients = (1...4).map { Step.client("c\($0)") }
    let record = try await Fixture.run([.http()], given: clients) { _ in WireResponse(200) }.record()
    #expect(record.verdict == .skipped)
    #expect(record.reason == "needs 4 clients on the first connector; the target configures 3")
  }

  @Test("is skipped if it depends on the response that creates a client, and the target has static clients")
  func noResponse() async throws {
    let created = StepAction.createClient(name: nil, connector: .first)
    let steps = [
      Step.make(created, as: "erp", [.must(.json(.object([])))]),
      .make(created, as: "erp", onlyIf: [.must(.text(.equal("")))]),
    ]
    for step in steps {
      let record = try await Fixture.run([.http()], given: [step]) { _ in WireResponse(200) }.record()
      #expect(record.verdict == .skipped)
      #expect(record.reason?.hasSuffix("(create-client)") == true, "\(record.reason ?? "")")
    }
  }

  // MARK: - Records

  @Test("records the response of a step that fails before its expectations, and shows it to the invariants")
  func unevaluated() async throws {
    var target = Fixture.target
    target.token.accessToken = .regex("^(a+)+$")
    let invariants = [Fixture.invariant([.must(.status(.equal(201)))])]
    let result = try await Fixture.run(
      [.token("t", of: "erp")], given: [.client("erp")], invariants: invariants, on: target
    ) { _ in WireResponse(200, String(repeating: "a", count: 40) + "b")
    }
    #expect(try result.record().verdict == .errored)
    #expect(result.exchanges.count == 1)
    #expect(try result.record("invariant").verdict == .failed)
  }

  @Test("is errored with more secrets than can be registered, and so are the invariants")
  func tooManySecrets() async throws {
    let tokens = (0...256).map { #"{"access_token":"a-token-number-\#($0)"}"# }.joined(separator: ",")
    let invariants = [Fixture.invariant([.must(.noSecrets)])]
    let result = try await Fixture.run([.http()], invariants: invariants) { _ in WireResponse(200, "[\(tokens)]") }
    #expect(try result.record().verdict == .errored)
    #expect(result.exchanges.isEmpty)
    #expect(try result.record("invariant").verdict == .errored)
  }

  @Test("runs against the reference service in the same process")
  func referenceService() async throws {
    let service = try ReferenceFixture()
    let steps: [Step] = [
      .client("erp"), .token("t", of: "erp"), .post("t", [.must(.success(.postPayload))]),
      .post(nil, [.must(.status(.equal(401)))]),
    ]
    let invariants = [Fixture.invariant([.must(.noSecrets)])]
    let result = try await Fixture.run(
      [Fixture.scenario(steps)], invariants: invariants, on: service.target, service.transport)
    let record = try result.record()
    #expect(record.verdict == .passed, "\(record.findings.map(\.message))")
    #expect(try result.record("invariant").verdict == .passed)
  }
}
