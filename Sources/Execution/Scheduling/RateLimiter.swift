// Limits the rate of requests to a target, and the pauses that it asks for.

import ConformanceModel
import HTTPModel

/// Spaces requests evenly. An actor, since all cases of a run use it.
actor RateLimiter {
  private let interval: Double
  private let now: @Sendable () -> Double
  private let sleep: @Sendable (_ seconds: Double) async throws -> Void
  private var next = -Double.infinity

  /// - Parameters:
  ///   - rate: Requests per second.
  ///   - now: A monotonic clock in seconds.
  ///   - sleep: Waits for a number of seconds.
  init(
    rate: Double, now: @escaping @Sendable () -> Double, sleep: @escaping @Sendable (Double) async throws -> Void
  ) {
    interval = 1 / rate
    self.now = now
    self.sleep = sleep
  }

  init(rate: Double, stop: StopFlag) {
    self.init(rate: rate, now: { WallClock.monotonic }, sleep: { try await stop.sleep(seconds: $0) })
  }

  /// Waits until the next request may start.
  func waitForTurn() async throws {
    let now = now()
    let slot = max(now, next)
    next = slot + interval
    if slot > now { try await sleep(slot - now) }
  }
}

/// The pause that a response asks for with status 429 (RFC 6585 section 4), or with 503 during an overload or a
/// maintenance (RFC 9110 section 15.6.4).
enum RetryAfter {
  /// A request is not repeated after a longer pause.
  static let maxSeconds = 60.0
  static let maxAttempts = 3

  /// Whether the request was not processed for now: 429, or 503 that says when to try again.
  static func isPostponed(_ response: WireResponse) -> Bool {
    response.status == 429 || response.status == 503 && response.headers.first("Retry-After") != nil
  }

  /// Seconds to wait; `nil` if the response asks for no pause, or for one that is too long.
  static func seconds(_ response: WireResponse) -> Double? {
    guard [429, 503].contains(response.status), let field = response.headers.first("Retry-After") else { return nil }
    let seconds: Double
    if let count = UInt32(field) {
      seconds = Double(count)
    } else if let instant = SimulatedInstant(httpDate: field) {
      // Relative to the target's clock if the response shows it: that clock may be simulated.
      let now = response.headers.first("Date").flatMap { SimulatedInstant(httpDate: $0) } ?? WallClock.now
      seconds = max(0, Double((instant - now).milliseconds) / 1000)
    } else {
      return nil
    }
    return seconds <= maxSeconds ? seconds : nil
  }
}
