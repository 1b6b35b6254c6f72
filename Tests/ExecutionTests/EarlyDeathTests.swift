import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("A token that dies early or late")
struct EarlyDeathTests {
  private static let accepted = [Expectation.must(.success(.postPayload))]

  private static func wait(_ hours: Int64) -> Step {
    .make(.wait(.span(WaitLength(SimulatedDuration(milliseconds: hours * 3_600_000)))))
  }

  /// Posts with the same token after 19 and after 21 hours.
  ///
  /// - Parameters:
  ///   - refused: The number of the first post that is refused.
  ///   - isPostedFirst: Whether the token is posted when it is new.
  ///   - hours: The waits before the posts.
  ///   - expected: What the last post expects.
  private func run(
    expiresIn: String, refused: Int, isPostedFirst: Bool = false, hours: [Int64] = [19, 2],
    expected: Expectation = accepted[0]
  ) async throws -> CaseRecord {
    var target = Fixture.target
    target.clock = .process(Target.ProcessClock(library: .own))
    let posts = Locked(0)
    let transport = ScriptedTransport { sent throws(TransportError) in
      if sent.path == "/token" {
        return WireResponse(200, #"{"access_token":"a-token-of-the-service","expires_in":\#(expiresIn)}"#)
      }
      return WireResponse(status: posts.withLock { count -> Int in (count += 1, count).1 } < refused ? 201 : 401)
    }
    var steps = [Step.token("token", of: "erp")]
    if isPostedFirst { steps.append(.post("token", EarlyDeathTests.accepted)) }
    for (index, wait) in hours.enumerated() {
      steps += [
        EarlyDeathTests.wait(wait), .post("token", index + 1 < hours.count ? EarlyDeathTests.accepted : [expected]),
      ]
    }
    return try await Fixture.run(
      [Fixture.scenario(given: [.client("erp")], steps)], on: target, transport, clock: InstantClock()
    ).record()
  }

  @Test("is explained by the ages at which it was accepted and refused")
  func explained() async throws {
    let record = try await run(expiresIn: "86400", refused: 2)
    let message =
      "the token died early: it was accepted 19h and refused 21h after it was issued; 1d (expires_in 86400) "
    #expect(record.findings.first?.message == message + "were promised", "\(record)")
  }

  @Test(
    "is not assumed where no post was accepted before, where the lifetime is over, or is no number of seconds",
    arguments: [
      ("86400", 1), ("72000", 2), ("9223372036854775807", 2), ("-1", 2), ("0", 2),
    ])
  func others(expiresIn: String, refused: Int) async throws {
    let record = try await run(expiresIn: expiresIn, refused: refused)
    #expect(record.findings.first?.message == "posting the payload failed: HTTP 401 (expected 200 or 201)", "\(record)")
  }

  @Test("is named with its age if no token that was older than new was accepted")
  func ageAlone() async throws {
    let record = try await run(expiresIn: "86400", refused: 2, isPostedFirst: true)
    let message = "the token died early: it was refused 19h after it was issued; 1d (expires_in 86400) were promised"
    #expect(record.findings.first?.message == message, "\(record)")
  }

  @Test(
    "is named with its age and its last use if it is accepted after its end",
    arguments: [
      ([24], "1d after it was issued, at the instant of its expiry; 1d (expires_in 86400) were promised"),
      ([25], "1d 1h after it was issued; 1d (expires_in 86400) were promised"),
      ([23, 2], "1d 1h after it was issued; 1d (expires_in 86400) were promised; it had been used 1h before its end"),
      ([24, 1], "1d 1h after it was issued; 1d (expires_in 86400) were promised; it had been used at its end"),
    ] as [([Int64], String)])
  func late(hours: [Int64], message: String) async throws {
    let refused = Expectation.must(.status(.equals(.literal(401))))
    let record = try await run(
      expiresIn: "86400", refused: .max, isPostedFirst: true, hours: hours, expected: refused)
    #expect(
      record.findings.first?.message == "the token outlived its lifetime: it was accepted \(message)", "\(record)")
    #expect(record.findings.first?.cause == .lateAcceptance)
    let early = try await run(expiresIn: "172800", refused: .max, hours: hours, expected: refused)
    #expect(early.findings.first?.message == "status: expected 401, got 201", "\(early)")
  }
}
