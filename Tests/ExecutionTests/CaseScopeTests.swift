import ConformanceModel
import HTTPModel
import JSONValue
import Redaction
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("The names of a case") struct CaseScopeTests {
  private let session: TargetSession

  init() throws { session = try Fixture.session(Fixture.target, ScriptedTransport { _ in WireResponse(200) }) }

  @Test("have labels in reports", arguments: [("erp-secret", "ERP_SECRET"), ("9x", "_9X"), ("é", "__"), ("A0", "A0")])
  func label(text: String, label: String) { #expect(CaseScope.label(text) == label) }

  @Test("describe the values that a scenario derives from secrets")
  func words() {
    func reference(_ path: String..., filters: [Filter] = []) -> Reference { Reference(path: path, filters: filters) }
    #expect(CaseScope.words(of: reference("erp", "secret", filters: [.swapCase])) == "erp_secret_swap-case")
    #expect(CaseScope.words(of: reference("token", "value", filters: [.reverse])) == "token_reverse")
    #expect(CaseScope.words(of: .text([.literal(" "), .reference(reference("a", "b"))])) == "space_a_b")
    #expect(CaseScope.words(of: "") == "empty" && CaseScope.words(of: "a%=") == "apercentequals")
    #expect(CaseScope.words(of: .array([])) == "other")
  }

  @Test("keep a text out of reports that a filter derives from a secret, unless it is too short or too long")
  func derived() throws {
    var scope = CaseScope(session: session)
    let long = String(repeating: "0123456789abcdef", count: 256)
    scope.save("erp", ["secret": .string(long), "value": .string(long), "id": .string(long)])
    scope.save("x", ["secret": ["a": .string(long)]])
    func derive(_ path: [String], _ filter: Filter) throws -> Bool {
      let derived = try scope.fill(.reference(Reference(path: path, filters: [filter]))).plainText
      return session.redactor.knows(derived)
    }
    #expect(try derive(["erp", "secret"], .first(7)) == false)
    #expect(try derive(["erp", "secret"], .first(8)) == true)
    #expect(try derive(["erp", "value"], .first(4095)) == true)
    #expect(try derive(["erp", "value"], .reverse) == false, "4096 bytes")
    #expect(try derive(["erp", "id"], .first(9)) == false)
    #expect(try derive(["x", "secret", "a"], .first(10)) == false)
  }

  @Test("keep what a matcher derives from a secret out of reports, too")
  func derivedByMatcher() throws {
    var scope = CaseScope(session: session)
    scope.save("erp", ["secret": "0123456789abcdef"])
    let reversed = Reference(path: ["erp", "secret"], filters: [.reverse])
    let matcher = Matcher.not(.contains(.equals(.reference(reversed))))
    #expect(try scope.matching(PatternCache()).mismatches(matcher, "the body") == [])
    #expect(session.redactor.knows("fedcba9876543210"))
  }

  @Test("include the behaviours that the target declares")
  func behaviour() throws {
    var scope = CaseScope(session: session)
    #expect(try scope.look(up: Reference(path: ["behaviour", "payload-accepted"])) == [200, 201])
    scope.save("behaviour", ["other": 1])
    scope.save("erp", ["secret-on-show": 2])
    #expect(try scope.look(up: Reference(path: ["behaviour", "other"])) == 1)
    #expect(try scope.look(up: Reference(path: ["erp", "secret-on-show"])) == 2)
    #expect(try scope.look(up: Reference(path: ["behaviour"])) == ["other": 1])
    #expect(throws: UnresolvedReference.self) { try scope.look(up: Reference(path: ["unknown"])) }
  }

  @Test("hold their secrets, those of branches too, until the case is over")
  func release() {
    let redactor = session.redactor
    func isLeak(_ secret: String) -> Bool { redactor.leak(in: Array(secret.utf8))?.label.hasPrefix("$") == true }
    var scope = CaseScope(session: session)
    scope.registerSecret("secret-of-the-case", as: "A")
    scope.registerEncoding("encoding-of-the-case", as: "B")
    var branch = scope.branch()
    #expect(branch.confidential == [:])
    branch.registerSecret("password-in-a-branch", as: "A")
    branch.registerEncoding("words-for-another-one", as: "C")
    branch.mask("masked-by-its-own-place", as: "D")
    scope.adoptSecrets(of: branch)
    #expect(scope.confidential == ["A": ["secret-of-the-case", "password-in-a-branch"]])
    let secrets = ["secret-of-the-case", "password-in-a-branch"]
    let encodings = ["encoding-of-the-case", "words-for-another-one"]
    #expect((secrets + encodings).allSatisfy(isLeak) && !isLeak("masked-by-its-own-place"))
    #expect(redactor.redact("masked-by-its-own-place") == "$D")
    scope.release()
    #expect(!(secrets + encodings).contains(where: isLeak))
    // still masked: a later response may show a secret, but no encoding of one case comes again
    #expect(secrets.map { redactor.redact($0) } == ["***", "***"])
    #expect(encodings.map { redactor.redact($0) } == encodings)
    #expect(redactor.redact("masked-by-its-own-place") == "***")
  }

  @Test("include the URLs that the target declares")
  func builtIn() async throws {
    var target = Fixture.target
    target.endpoints = [.issuer: "/tenant", .revocation: "/revoke", .introspection: "/introspect"]
    let names = ["token-url", "inbound-url", "issuer", "revocation-url", "introspection-url", "metadata-url"]
    var request = FreeRequest(url: "/")
    request.edits.body = .object(
      (names + ["openid-metadata-url", "connector"]).map { .init($0, .reference(Reference(path: [$0]))) })
    let result = try await Fixture.run([.make(.http(request))], on: target) { _ in WireResponse(200) }
    let values = try JSON(parsing: result.sent.first?.request.body ?? [])
    let base = "http://target.test"
    #expect(
      names.map { values[$0]?.string } == [
        "\(base)/token", "\(base)/in", "\(base)/tenant", "\(base)/revoke", "\(base)/introspect",
        "\(base)/.well-known/oauth-authorization-server/tenant",
      ])
    #expect(values["openid-metadata-url"]?.string == "\(base)/tenant/.well-known/openid-configuration")
    #expect(values["connector"]?["name"] == "orders")
  }

  @Test("include the values of the connector as a launched program has made them last")
  func restarted() throws {
    var target = Fixture.target
    var launch = Target.LaunchCommand(command: ["program"], folder: "/")
    launch.values = [
      Target.LaunchValue(name: "key", source: .output, pattern: "key=(.+)", place: Fixture.place(1))
    ]
    target.launch = .command(launch)
    target.connectors[0].values = [.init("key", .reference(Reference(path: ["launch", "key"])))]
    let session = try Fixture.session(target, ScriptedTransport { _ in WireResponse(200) })
    let made = try #require(session.templates.launchValues)
    #expect(throws: UnresolvedReference.self) { try session.builtInNames() }
    for value in ["first", "second"] {
      made.read(Array("key=\(value)\n".utf8))
      made.keep()
      #expect(try session.builtInNames()["connector"]?["key"]?.string == value)
      made.expectAgain()
    }
  }

  @Test(
    "include the URL of the metadata, between host and path (RFC 8414 section 3.1)",
    arguments: [("https://a.example", ""), ("https://a.example/", ""), ("https://a.example/x/", "/x")])
  func metadata(issuer: String, path: String) {
    #expect(
      TargetSession.metadataURL(issuer: issuer)
        == "https://a.example/.well-known/oauth-authorization-server\(path)")
  }

  @Test("are those of the row, and a row that cannot be resolved is an error")
  func row() async throws {
    for (value, verdict) in [("/a", Verdict.passed), (Step.reference("unknown"), .errored)] as [(Template, Verdict)] {
      var scenario = Fixture.scenario([.http("GET", Step.reference("x"))])
      scenario.cases = .rows([Cases.Row(name: "r", values: [.init("x", value)])])
      let record = try await Fixture.run([scenario], ScriptedTransport { _ in WireResponse(200) }).record("case/r")
      #expect(record.verdict == verdict)
      if verdict == .errored {
        #expect(record.exchanges == 0)
        #expect(record.findings.first?.message.contains("unknown") == true && record.findings.count == 1)
      }
    }
  }
}
