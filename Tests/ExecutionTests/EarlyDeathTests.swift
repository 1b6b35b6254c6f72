import ConformanceModel
import HTTPModel
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("A token that dies early")
struct EarlyDeathTests {
  private static let accepted = [Expectation.must(.success(.postPayload))]

  private static func wait(_ hours: Int64) -> Step {
    .make(.wait(.span(WaitLength(SimulatedDuration(milliseconds: hours * 3_600_000)))))
  }

  /// Posts with the same token after 19 and after 21 hours.
  ///
  /// - Parameter refused: The number of the first post that is refused.
  private func run(expiresIn: String, refused: Int) async throws -> CaseRecord {
    var target = Fixture.target
    target.clock = .process(Target.ProcessClock(library: .own))
    let posts = Locked(0)
    let transport = ScriptedTransport { sent throws(TransportError) in
      if sent.path == "/token" {
        return WireResponse(200, #"{"access_token":"a-token-of-the-service","expires_in":\#(expiresIn)}"#)
      }
      return WireResponse(status: posts.withLock { count -> Int in (count += 1, count).1 } < refused ? 201 : 401)
    }
    let steps = [
      Step.token("token", of: "erp"), EarlyDeathTests.wait(19), .post("token", EarlyDeathTests.accepted),
      EarlyDeathTests.wait(2), .post("token", EarlyDeathTests.accepted),
    ]
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
}
