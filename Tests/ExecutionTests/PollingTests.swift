// Steps that are repeated until their response is ready.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("A step with until")
struct PollingTests {
  /// Posts a payload until the status is 201; the responses have these statuses, the last one for ever.
  private func run(_ statuses: [Int], within: String) async throws -> (CaseRecord, RunResult, sent: Int) {
    let posts = Locked(0)
    var step = Step.post("token", [])
    let ready = Expectation(.status(.equals(.literal(.int(201)))), place: Fixture.place(7))
    var polling = Polling([ready])
    polling.every = try #require(RequestTimeLimit(parsing: "1ms"))
    polling.within = try #require(RequestTimeLimit(parsing: within))
    step.polling = polling
    step.expectations = [ready]
    let result = try await Fixture.run([step], given: [.client("erp"), .token("token", of: "erp")]) {
      sent throws(TransportError) in
      if sent.path == "/token" { return WireResponse(200, #"{"access_token":"a-token-of-the-service"}"#) }
      guard sent.path == "/in" else { return WireResponse(status: 404) }
      let number = posts.withLock { count -> Int in (count += 1, count).1 }
      return WireResponse(status: statuses[min(number, statuses.count) - 1])
    }
    return (try result.record(), result, posts.withLock { $0 })
  }

  @Test("passes as soon as the conditions are met, and records every try")
  func met() async throws {
    let (record, result, sent) = try await run([404, 500, 201, 404], within: "60s")
    #expect(record.verdict == .passed, "\(record.findings)")
    #expect(sent == 3 && record.exchanges == 4)
    #expect(result.exchanges.suffix(3).map(\.status) == [404, 500, 201])
    #expect(result.exchanges.suffix(3).map(\.isRetried) == [true, true, false])
  }

  @Test("sends nothing again if the first response meets them")
  func first() async throws {
    #expect(try await run([201, 404], within: "60s").sent == 1)
  }

  @Test("fails if they are not met in time, with the number of tries")
  func unmet() async throws {
    let (record, _, sent) = try await run([404], within: "30ms")
    #expect(record.verdict == .failed)
    #expect(sent > 1)
    let message = try #require(record.findings.first?.message)
    #expect(message.hasPrefix("status: expected 201, got 404; it was tried \(sent) times in "), "\(message)")
  }
}
