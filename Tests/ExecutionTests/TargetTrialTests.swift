// Single requests of a target file that is being written.

import ConformanceModel
import HTTPModel
import JSONValue
import TestSupport
import Testing

@testable import Execution

@Suite("A request that tries a target file")
struct TargetTrialTests {
  /// What a trial sends, and what a case of a run sends, for the sample `valid`.
  private func sent(_ sample: Payload, type: String?) async throws -> (trial: WireRequest, run: WireRequest) {
    var target = Fixture.target
    target.connectors[0].payloads = [Target.Sample(name: "valid", contentType: type, payload: sample)]
    let transport = ScriptedTransport { sent throws(TransportError) in
      sent.path == "/token"
        ? WireResponse(200, #"{"access_token":"a-token-of-the-service"}"#) : WireResponse(status: 201)
    }
    _ = try await TargetTrial(Fixture.session(target, transport)).postPayload(token: "a-token-of-the-service")
    let trial = try #require(transport.sent.last?.request)
    let post = Fixture.scenario(given: [.client("erp"), .token("token", of: "erp")], [.post("token", [])])
    _ = try await Fixture.run([post], on: target, transport)
    return (trial, try #require(transport.sent.last?.request))
  }

  @Test(
    "is the one that a run sends",
    arguments: [
      (.text("<order/>"), nil, "application/xml"), (.text("id=1"), nil, "application/json"),
      (.text("<order/>"), "text/xml", "text/xml"), (.json(["id": 1]), nil, "application/json"),
      (.hex([0x3C]), nil, "application/json"),
    ] as [(Payload, String?, String)])
  func same(sample: Payload, type: String?, expected: String) async throws {
    let (trial, run) = try await sent(sample, type: type)
    #expect(trial.headers.first("Content-Type") == expected)
    #expect(trial.headers.first("Authorization") == "Bearer a-token-of-the-service")
    #expect(trial == run, "\(trial) \(run)")
  }
}
