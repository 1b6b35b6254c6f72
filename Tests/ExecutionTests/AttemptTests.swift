import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("Each attempt at a request") struct AttemptTests {
  private static let slowDown = WireResponse(429, "", [HeaderField("Retry-After", "0")])
  private static let never429 = [Fixture.invariant([.must(.status(.not(.equal(429))))])]
  /// A request that lets the connection be a kept one for the next.
  private static let first = Step.http("GET", "/first")

  @Test("is an exchange in the log that the invariants see, also a 429 that is retried")
  func retried() async throws {
    let result = try await Fixture.run([.post(nil, [.must(.status(.equal(200)))])], invariants: AttemptTests.never429) {
      $0.options.attempt == 1 ? AttemptTests.slowDown : WireResponse(200)
    }
    let record = try result.record()
    #expect(record.verdict == .passed)
    #expect(record.exchanges == 2)
    #expect(result.exchanges.map(\.status) == [429, 200])
    #expect(result.exchanges.map(\.attempt) == [1, 2])
    #expect(result.exchanges.map(\.isRetried) == [true, false])
    #expect(try result.record("invariant").verdict == .failed)
  }

  @Test("shows its secrets to the invariants, also in a response that is retried")
  func shownSecret() async throws {
    let invariants = [Fixture.invariant([.must(.noSecrets)])]
    let result = try await Fixture.run(
      [.token("t", of: "erp"), .post("t")], given: [.client("erp")], invariants: invariants
    ) {
      if $0.path == "/token" { return WireResponse(200, #"{"access_token":"a-token-of-this-case"}"#) }
      return $0.options.attempt == 1
        ? WireResponse(429, "a-token-of-this-case", [HeaderField("Retry-After", "0")]) : WireResponse(200)
    }
    #expect(try result.record().verdict == .passed)
    #expect(try result.record("invariant").findings.map(\.mismatch) == [.secretShown])
  }

  @Test("is the last if the response is 429 without a time, or if the step expects 429")
  func notRetried() async throws {
    let without = try await Fixture.run([.http(status: 200)]) { _ in WireResponse(429) }
    #expect(try without.record().verdict == .errored)
    #expect(try without.record().findings.first?.message.contains("the target limits the rate of requests") == true)
    #expect(without.sent.count == 1)
    let expected = try await Fixture.run([.http(status: 429)]) { _ in AttemptTests.slowDown }
    #expect(try expected.record().verdict == .passed)
    #expect(expected.sent.count == 1)
  }

  @Test("follows a 503 with a time, within the same bounds; without one, the response is evaluated")
  func unavailable() async throws {
    let busy = WireResponse(503, "", [HeaderField("Retry-After", "0")])
    let later = try await Fixture.run([.post(nil, [.must(.status(.equal(200)))])]) {
      $0.options.attempt == 1 ? busy : WireResponse(200)
    }
    #expect(try later.record().verdict == .passed)
    #expect(later.exchanges.map(\.status) == [503, 200])
    let never = try await Fixture.run([.http(status: 200)]) { _ in busy }
    #expect(try never.record().verdict == .errored)
    #expect(try never.record().findings.first?.message.contains("the target is unavailable: HTTP 503") == true)
    #expect(never.sent.count == 3)
    let long = WireResponse(503, "", [HeaderField("Retry-After", "3600")])
    #expect(try await Fixture.run([.http(status: 200)]) { _ in long }.record().verdict == .errored)
    let without = try await Fixture.run([.http(status: 200)]) { _ in WireResponse(503) }
    #expect(try without.record().verdict == .failed)
    let expected = try await Fixture.run([.http(status: 503)]) { _ in busy }
    #expect(try expected.record().verdict == .passed && expected.sent.count == 1)
  }

  @Test("is limited in number")
  func limited() async throws {
    let result = try await Fixture.run([.http(status: 200)]) { _ in AttemptTests.slowDown }
    #expect(try result.record().verdict == .errored)
    #expect(result.exchanges.map(\.attempt) == [1, 2, 3])
    #expect(result.exchanges.map(\.isRetried) == [true, true, false])
  }

  @Test("follows one that the server did not process, whatever the method, on a new connection")
  func unprocessed() async throws {
    let result = try await Fixture.run([.post(nil, [.must(.status(.equal(200)))])]) {
      sent throws(TransportError) in
      guard sent.path == "/in", sent.options.attempt == 1 else { return WireResponse(200) }
      var error = TransportError(.protocol, "the stream was refused")
      error.isUnprocessed = true
      throw error
    }
    let record = try result.record()
    #expect(record.verdict == .passed)
    #expect(record.exchanges == 2)
    #expect(result.exchanges.map(\.attempt) == [1, 2])
    #expect(result.exchanges[0].failure == "the stream was refused" && result.exchanges[0].isRetried)
    #expect(result.sent.map(\.options.freshConnection) == [false, true])
  }

  @Test("follows a GET that lost its response on a kept connection")
  func idempotent() async throws {
    let result = try await Fixture.run([AttemptTests.first, .http("GET", "/again")]) { sent throws(TransportError) in
      if sent.path == "/again", sent.options.attempt == 1 { throw .lost }
      return WireResponse(200)
    }
    #expect(try result.record().verdict == .passed)
    #expect(result.exchanges.map(\.attempt) == [1, 1, 2])
    #expect(result.sent.last?.options.freshConnection == true)
  }

  @Test("whose response does not come in time, or cannot be read, is no response for the invariant about them")
  func unusable() async throws {
    for kind in [TransportError.Kind.timeout, .protocol] {
      let result = try await Fixture.run([.http(), .http("GET", "/slow")], invariants: AttemptTests.never429) {
        sent throws(TransportError) in
        guard sent.path == "/slow" else { return WireResponse(200) }
        var error = TransportError(kind, "no complete response")
        error.connection = sent.connection
        throw error
      }
      #expect(try result.record(Invariant.everyRequestGetsAResponse).verdict == .errored)
      #expect(try result.record().verdict == .errored)
    }
  }

  // MARK: - A POST without a response

  /// Loses the response to a POST on a kept connection.
  private static let loses: ScriptedTransport.Respond = { sent throws(TransportError) in
    if sent.request.method == "POST", sent.connection.isReused { throw .lost }
    return WireResponse(200)
  }
  private static let post = [first, Step.post(nil, [.must(.status(.equal(200)))])]

  @Test("is not made for a POST that lost its response; the case runs again on new connections, and says so")
  func post() async throws {
    let result = try await Fixture.run(AttemptTests.post, AttemptTests.loses)
    let record = try result.record()
    #expect(record.verdict == .passed)
    #expect(record.exchanges == 4)
    #expect(result.events.count { if case .caseStarted = $0 { true } else { false } } == 1)
    #expect(record.attempts == 2 && record.rerun?.contains("executed again on new connections") == true)
    #expect(result.notes.contains { $0.hasPrefix("1 case ran again, since a kept connection had closed") })
    #expect(result.exchanges.map(\.method) == ["GET", "POST", "GET", "POST"])
    #expect(result.exchanges.map(\.failure).filter { $0 != nil }.count == 1)
    #expect(result.sent.map(\.options.freshConnection) == [false, false, true, true])
    #expect(
      result.events.count { if case .caseFinished(let record) = $0 { record.planned.id == "case" } else { false } } == 1
    )
  }

  @Test("is made once for the whole case, in branches too")
  func postInBranch() async throws {
    let branches = Step.make(.concurrently([[.post()], [.http("GET", "/other")]]))
    let result = try await Fixture.run([AttemptTests.first, branches], AttemptTests.loses)
    #expect(try result.record().attempts == 2)
    #expect(try result.record().verdict == .passed)
  }

  @Test("uses another unique text when the case runs again")
  func unique() async throws {
    let steps = [AttemptTests.first, .http("GET", Step.reference("unique")), .post()]
    let result = try await Fixture.run(steps, AttemptTests.loses)
    let texts = result.sent.filter { $0.request.method == "GET" && $0.path != "/first" }.map(\.path)
    #expect(texts.count == 2 && texts[0] != texts[1])
  }

  @Test("is not made at a live target, and the case is errored")
  func live() async throws {
    var target = Fixture.target
    target.environment = .live
    let steps = [AttemptTests.first, .http("POST", "/in")]
    let plan = Fixture.scenario(steps)
    let transport = ScriptedTransport(respond: AttemptTests.loses)
    let result = try await Fixture.run([plan], on: target, transport)
    let record = try result.record()
    #expect(record.verdict == .errored)
    let message = record.findings.first?.message ?? ""
    #expect(
      message.contains("POST is not sent again") && message.hasSuffix("run with --fresh-connections"), "\(message)")
    #expect(record.notes == ["the case cannot run again, since the target is live"])
  }

  @Test("is not made once the case has let time pass")
  func waited() async throws {
    var target = Fixture.target
    target.clock = .process(.init(library: .own))
    let wait = Step.make(.wait(.span(WaitLength(SimulatedDuration(milliseconds: 1000)))))
    let scenario = Fixture.scenario([wait] + AttemptTests.post)
    let transport = ScriptedTransport(respond: AttemptTests.loses)
    let result = try await Fixture.run([scenario], on: target, transport, clock: InstantClock())
    let record = try result.record()
    #expect(record.verdict == .errored)
    #expect(record.notes == ["the case cannot run again, since it has let time pass"])
  }

  @Test("that gets no response on a new connection is errored, and the requirement of a response fails")
  func freshConnection() async throws {
    let result = try await Fixture.run([.http("POST", "/in")], invariants: AttemptTests.never429) {
      sent throws(TransportError) in
      if sent.path == "/in" { throw .lost }
      return WireResponse(200)
    }
    // the first request is on the connection of the check that the target responds
    let record = try result.record()
    #expect(record.verdict == .errored)
    #expect(result.sent.count == 2)
    #expect(try result.record(Invariant.everyRequestGetsAResponse).verdict == .failed)
  }

  @Test("warns if kept connections lose responses three times", arguments: [(2, Verdict.passed), (3, .warned)])
  func kept(times: Int, verdict: Verdict) async throws {
    let steps = [AttemptTests.first] + (1...times).map { .http("GET", .literal(.string("/lost-\($0)"))) }
    let result = try await Fixture.run(steps, invariants: AttemptTests.never429) { sent throws(TransportError) in
      if sent.path.hasPrefix("/lost"), sent.options.attempt == 1 { throw .lost }
      return WireResponse(200)
    }
    #expect(try result.record().verdict == .passed)
    #expect(try result.record(Invariant.everyRequestGetsAResponse).verdict == verdict)
  }
}

@Suite("A late response") struct LateResponseTests {
  private static let steps = [Step.http("GET", "/a"), .http("GET", "/b", status: 401)]
  /// The connection of the run, from the second request of the case on; the first of all checks the target.
  private static let surplus = [ConnectionSurplus(connection: 1, firstIndex: 2)]
  /// Responds to the second request with what belongs to the first, on the kept connection.
  private static let mixed: ScriptedTransport.Respond = { sent in
    WireResponse(sent.path == "/b" && !sent.options.freshConnection ? 200 : sent.path == "/b" ? 401 : 200)
  }

  @Test("puts the exchanges of its connection in doubt: their case runs again on new connections")
  func runsAgain() async throws {
    let result = try await Fixture.run(
      LateResponseTests.steps, surpluses: LateResponseTests.surplus, LateResponseTests.mixed)
    let record = try result.record()
    #expect(record.verdict == .passed)
    #expect(record.attempts == 2 && record.rerun?.hasPrefix("a late response arrived") == true)
    #expect(result.sent.suffix(2).map(\.options.freshConnection) == [true, true])
    #expect(result.notes.contains { $0.contains("1 case ran again") })
  }

  @Test("is shown with the request before it, in one line")
  func shown() async throws {
    let start = Array("HTTP/1.1 400 Bad Request\r\n\r\n\(String(repeating: "x", count: 300))".utf8)
    let result = try await Fixture.run(
      LateResponseTests.steps, surpluses: [ConnectionSurplus(connection: 1, firstIndex: 2, start: start)],
      LateResponseTests.mixed)
    let note = try #require(result.notes.first { $0.hasPrefix("bytes without a request") })
    #expect(note.contains("; the last request before them: GET http://target.test/b of the case 'case'; "), "\(note)")
    #expect(note.contains(#"they begin with: HTTP/1.1 400 Bad Request\r\n\r\nxxx"#), "\(note)")
    #expect(note.count < 400, "\(note)")
  }

  @Test("does not touch the exchanges before it")
  func before() async throws {
    let later = [ConnectionSurplus(connection: 1, firstIndex: 3), ConnectionSurplus(connection: 7, firstIndex: 0)]
    let result = try await Fixture.run(LateResponseTests.steps, surpluses: later, LateResponseTests.mixed)
    #expect(try result.record().verdict == .failed)
    #expect(result.sent.count == 2)
  }

  @Test("leaves a case errored that cannot run again")
  func live() async throws {
    var target = Fixture.target
    target.environment = .live
    let result = try await Fixture.run(
      LateResponseTests.steps, on: target, surpluses: LateResponseTests.surplus
    ) { WireResponse($0.path == "/b" ? 401 : 200) }
    #expect(try result.record().verdict == .errored)
    #expect(result.notes.contains { $0.contains("1 case could not run again") })
  }

  @Test("takes back what the invariants found in responses in doubt")
  func invariants() async throws {
    let invariants = [Fixture.invariant(of: [.http], [.must(.header("B", .absent(true)))])]
    let result = try await Fixture.run(
      LateResponseTests.steps, invariants: invariants, surpluses: LateResponseTests.surplus
    ) {
      WireResponse(
        $0.path == "/b" ? 401 : 200, "", $0.options.freshConnection || $0.path == "/a" ? [] : [.init("B", "1")])
    }
    #expect(try result.record("invariant").verdict == .passed)
  }
}
