import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("The time of a token") struct IssueTimeTests {
  private static func jwt(_ claims: String) -> String {
    "eyJhbGciOiJub25lIn0.\(Base64.encode(Array(claims.utf8)).replacing("=", with: "")).c2lnbmF0dXJl"
  }

  private static func time(_ token: String, _ body: JSON = [:], _ lifetime: Int? = 100) -> String? {
    IssueTime(of: token, in: body, lifetime: lifetime).map { "\($0.instant.seconds) \($0.source)" }
  }

  @Test("is that of the claims of a JWT, or else of the response")
  func sources() {
    let jwt = IssueTimeTests.jwt
    #expect(IssueTimeTests.time(jwt(#"{"iat":1000,"exp":5000}"#)) == "1000 'iat' of the JWT")
    #expect(IssueTimeTests.time(jwt(#"{"exp":5000}"#)) == "4900 'exp' of the JWT less expires_in")
    #expect(IssueTimeTests.time(jwt(#"{"exp":5000}"#), [:], nil) == nil)
    #expect(IssueTimeTests.time(jwt(#"{"exp":5000}"#), [:], .max) == nil)
    let created: JSON = ["created_at": 3000]
    #expect(IssueTimeTests.time("opaque", created) == "3000 'created_at' of the response")
    #expect(IssueTimeTests.time("opaque", ["created_at": "1970-01-01T00:50:00Z"])?.hasPrefix("3000 ") == true)
    for token in ["opaque", "a.b", "a.*.c", jwt("[]"), jwt("{"), jwt(#"{"iat":"soon"}"#), jwt(#"{"iat":-1}"#)] {
      #expect(IssueTimeTests.time(token) == nil, "\(token)")
      #expect(IssueTimeTests.time(token, created)?.hasPrefix("3000 ") == true, "\(token)")
    }
  }

  @Test(
    "is that of the state of an active token, or none",
    arguments: [
      (#"{"active":true,"iat":1000,"exp":5000}"#, "1000 'iat' of the introspection response"),
      (#"{"active":true,"exp":5000}"#, "4900 'exp' of the introspection response less expires_in"),
      (#"{"active":false,"iat":1000}"#, nil), (#"{"iat":1000}"#, nil), (#"{"active":true}"#, nil), ("[]", nil),
    ] as [(String, String?)])
  func introspected(state: String, time: String?) throws {
    let issued = IssueTime(introspected: try JSON(parsing: Array(state.utf8)), lifetime: 100)
    #expect(issued.map { "\($0.instant.seconds) \($0.source)" } == time)
  }

  @Test(
    "may be two minutes from the clock, before and after it",
    arguments: [(-121, true), (-120, false), (120, false), (121, true)])
  func tolerance(seconds: Int64, deviates: Bool) throws {
    let time = try #require(IssueTime(of: IssueTimeTests.jwt(#"{"iat":1000}"#), in: nil, lifetime: nil))
    let deviation = time.deviation(from: SimulatedInstant(seconds: 1000 + seconds))
    #expect((deviation != nil) == deviates)
    #expect(deviation?.contains("+C multi_time_warp") != false)
  }

  // MARK: - In a run

  /// A target with a simulated clock whose token times are `offset` seconds behind it.
  private func run(
    offset: Int64, clock: Target.Clock? = .process(.init(library: .own)), isGiven: Bool = false, probes: Bool = false,
    introspects: Bool = false, _ steps: [Step]
  ) async throws -> RunResult {
    var target = Fixture.target
    target.clock = clock
    if !isGiven { target.clients = .registration(Target.Registration(url: "/register")) }
    if introspects { target.endpoints[.introspection] = "/introspect" }
    let time = RunOptions().start.seconds - offset
    let transport = ScriptedTransport { sent throws(TransportError) in
      switch sent.path {
      case "/register":
        return WireResponse(201, #"{"client_id":"a","client_secret":"a-secret-of-a","client_secret_expires_at":0}"#)
      case "/token":
        let token = IssueTimeTests.jwt(
          #"{\#(introspects ? "" : #""iat":\#(time),"#)"jti":"\#(sent.number)-of-this-run"}"#)
        return WireResponse(
          200, #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":86400}"#,
          [HeaderField("Content-Type", "application/json")])
      case "/introspect": return WireResponse(200, #"{"active":true,"iat":\#(time)}"#)
      default: return WireResponse(200)
      }
    }
    let scenarios = [
      Fixture.scenario(given: [.client("erp"), .token("t", of: "erp")], steps),
      Fixture.scenario(named: "other", given: [.client("erp"), .token("t", of: "erp")], [.post("t")]),
    ]
    return try await Fixture.run(scenarios, on: target, transport, clock: InstantClock(), probes: probes)
  }

  private static let wait = Step.make(.wait(.span(WaitLength(SimulatedDuration(milliseconds: 3_600_000)))))

  @Test("that is not the target's clock makes cases with a wait errored, and no others", arguments: [false, true])
  func errored(probes: Bool) async throws {
    let result = try await run(offset: 3600, probes: probes, [IssueTimeTests.wait, .post("t")])
    let record = try result.record()
    #expect(record.verdict == .errored, "\(record.findings.map(\.message))")
    #expect(record.findings.first?.message.hasPrefix("the target's clock is not that of its tokens") == true)
    // after the probe, the case does not run at all
    #expect((record.exchanges == 0) == probes)
    #expect(try result.record("other").verdict == .passed)
    guard probes else { return }
    let probe = try result.record("probe")
    #expect(probe.verdict == .errored && probe.findings.count == 1)
    #expect(probe.findings.first?.message.contains("'iat' of the JWT") == true)
  }

  @Test("can be that of the introspection, which the probe asks", arguments: [0, 3600])
  func probedIntrospection(offset: Int64) async throws {
    let result = try await run(offset: offset, probes: true, introspects: true, [IssueTimeTests.wait, .post("t")])
    let probe = try result.record("probe")
    #expect(try result.record("other").verdict == .passed)
    #expect(try result.record().verdict == (offset == 0 ? .passed : .errored))
    #expect(probe.verdict == (offset == 0 ? .passed : .errored))
    #expect(probe.findings.count == (offset == 0 ? 0 : 1))
    #expect(probe.findings.allSatisfy { $0.message.contains("'iat' of the introspection response") })
  }

  @Test("is compared again after a wait")
  func late() async throws {
    // the first token fits, since nothing has moved yet
    let steps = [IssueTimeTests.wait, .token("later", of: "erp"), .post("later")]
    let result = try await run(offset: 0, steps)
    let record = try result.record()
    #expect(record.verdict == .errored && record.notRun.count == 1, "\(record.findings.map(\.message))")
    #expect(record.findings.allSatisfy { $0.mismatch == nil })
  }

  @Test("is not compared on the wall clock, and not for given clients", arguments: [false, true])
  func exempt(isGiven: Bool) async throws {
    let result = try await run(
      offset: 3600, clock: isGiven ? .process(.init(library: .own)) : .wall, isGiven: isGiven,
      [IssueTimeTests.wait, .post("t")])
    #expect(try result.record().findings.allSatisfy { !$0.message.contains("clock") })
  }

  // MARK: - The response that shows the clock

  @Test(
    "is missed with the status of the response",
    arguments: [
      (401, "", "HTTP 401); correct the request, such as its credentials"),
      (200, "", "HTTP 200); correct 'answer: now' of the request"), (401, #"{"now":1000}"#, nil),
      (200, #"{"now":1000}"#, nil),
    ] as [(Int, String, String?)])
  func reader(status: Int, body: String, words: String?) async throws {
    let session = try Fixture.session(Fixture.target, ScriptedTransport { _ in WireResponse(status, body) })
    var request = Target.RequestTemplate(method: "GET", url: "/ready", place: Fixture.place(70))
    request.answer = ["now": .json(JSONPointer(tokens: ["now"]))]
    let reader = ClockReader(
      request: request, templates: session.templates, patterns: session.patterns,
      sender: RequestSender(transport: session.transport), login: nil)
    let reading = try await reader.look()
    #expect((reading.instant == nil) == (words != nil) && reading.isSuccess == (status == 200))
    if let words { #expect(reader.missingReason(reading).hasSuffix("(GET http://target.test/ready: \(words)")) }
  }
}
