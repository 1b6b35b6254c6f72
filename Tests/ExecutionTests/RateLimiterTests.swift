// Requests are spaced evenly, and a pause that a target asks for is honoured.

import ConformanceModel
import HTTPModel
import Testing

@testable import Execution

@Suite("The rate of requests")
struct RateLimiterTests {
  @Test("requests start one interval apart, and a request after a pause does not wait")
  func intervals() async throws {
    let clock = Locked(0.0)
    let sleeps = Locked([Double]())
    let limiter = RateLimiter(
      rate: 4, now: { clock.withLock { $0 } },
      sleep: { seconds in
        sleeps.withLock { $0.append(seconds) }
        clock.withLock { $0 += seconds }
      })
    for _ in 0..<3 { try await limiter.waitForTurn() }
    #expect(sleeps.withLock { $0 } == [0.25, 0.25])
    clock.withLock { $0 = 10 }
    try await limiter.waitForTurn()
    #expect(sleeps.withLock { $0.count } == 2)
    try await limiter.waitForTurn()
    #expect(sleeps.withLock { $0 } == [0.25, 0.25, 0.25])
  }

  @Test("a stopped run ends the wait for a turn")
  func stopped() async throws {
    let stop = StopFlag()
    let limiter = RateLimiter(rate: 0.001, stop: stop)
    try await limiter.waitForTurn()
    stop.set()
    await #expect(throws: RunStopped.self) { try await limiter.waitForTurn() }
  }

  @Test(
    "Retry-After is seconds or a date, of a response with status 429 or 503 alone, and at most one minute",
    arguments: [
      (429, "7", nil, 7), (429, "60", nil, 60), (429, "61", nil, nil), (503, "7", nil, 7), (500, "7", nil, nil),
      (301, "7", nil, nil), (429, "soon", nil, nil),
      (429, "-1", nil, nil),
      (429, "Wed, 20 Jul 2022 10:03:38 GMT", "Wed, 20 Jul 2022 10:03:08 GMT", 30),
      (429, "Wed, 20 Jul 2022 10:03:00 GMT", "Wed, 20 Jul 2022 10:03:08 GMT", 0),
    ] as [(Int, String, String?, Double?)])
  func retryAfter(status: Int, field: String, date: String?, seconds: Double?) {
    var headers = [HeaderField("Retry-After", field)]
    if let date { headers.append(HeaderField("Date", date)) }
    #expect(RetryAfter.seconds(WireResponse(status: status, headers: headers)) == seconds)
  }
}
