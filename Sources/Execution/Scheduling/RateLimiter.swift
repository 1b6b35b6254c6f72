// Goes easy on a target: so many requests in a second, and a break where it asks for one.

import ConformanceModel
import HTTPModel
import HTTPTransport

/// Hands out the moments at which requests may start. An actor, since all cases of a run ask it.
actor RateLimiter {
  private let interval: Double
  private let stop: StopFlag
  private var next = 0.0

  /// - Parameter rate: Requests in a second.
  init(rate: Double, stop: StopFlag) {
    interval = 1 / rate
    self.stop = stop
  }

  /// Waits for this request's turn.
  func turn() async throws {
    let now = WallClock.monotonic
    let slot = max(now, next)
    next = slot + interval
    if slot > now { try await stop.sleep(seconds: slot - now) }
  }
}

/// The break that an answer 429 asks for (RFC 6585 section 4).
enum RetryAfter {
  /// Longer breaks are not taken; the answer then stands as it is.
  static let longest = 60.0
  static let maxTries = 3

  /// Seconds to wait, or `nil` where the answer names none that is short enough.
  static func seconds(_ response: WireResponse) -> Double? {
    guard response.status == 429, let field = response.headers.first("Retry-After") else { return nil }
    let seconds: Double
    if let count = UInt32(field) {
      seconds = Double(count)
    } else if let instant = SimulatedInstant(httpDate: field) {
      // by the target's clock where it shows one: it may be moved
      let now = response.headers.first("Date").flatMap { SimulatedInstant(httpDate: $0) } ?? WallClock.now
      seconds = max(0, Double((instant - now).milliseconds) / 1000)
    } else {
      return nil
    }
    return seconds <= longest ? seconds : nil
  }
}
