// What moves a target's clock.

public import ConformanceModel
import JSONValue
import RunEvents

/// Moves the clock of a target forward.
public protocol ClockDriver: Sendable {
  /// The target's time, or `nil` where it cannot be read.
  func read() async throws(TargetError) -> SimulatedInstant?
  /// Moves the clock forward to the instant, and makes sure that it is there.
  func advance(to instant: SimulatedInstant) async throws(TargetError)
  /// Shows before the first case that the clock follows.
  ///
  /// - Returns: Why it does not: cases that need a moved clock are then skipped, since they could pass or fail wrongly.
  func prove(from start: SimulatedInstant) async throws(TargetError) -> String?
}

extension ClockDriver {
  /// Nothing to show where each move is read back.
  public func prove(from start: SimulatedInstant) async throws(TargetError) -> String? { nil }

  /// Reads the clock back after a move. One that does not move would make every expiry case pass or fail wrongly.
  func confirm(_ instant: SimulatedInstant, standsStill: Bool) async throws(TargetError) {
    var after: SimulatedInstant?
    // some servers keep the text of their Date header for a second
    for attempt in 0..<4 {
      if attempt > 0 {
        do { try await Task.sleep(for: .milliseconds(400)) } catch { throw TargetError("the run was given up") }
      }
      after = try await read()
      guard let after else { return }
      if after.seconds >= instant.seconds { break }
    }
    guard let after, after.seconds >= instant.seconds else {
      throw TargetError(
        "the target's clock did not move: it was told \(instant) and shows \(after?.description ?? "nothing")",
        kind: .protocol)
    }
    if standsStill, after.seconds > instant.seconds {
      throw TargetError(
        "the target's clock does not stand still: it was told \(instant) and shows \(after); say 'stands-still: false'",
        kind: .protocol)
    }
  }
}

extension TargetSession {
  /// The driver of a clock that needs nothing but the session; a launched program brings its own.
  func makeClockDriver() -> (any ClockDriver)? {
    switch target.clock {
    case .http(let http): HTTPClockDriver(clock: http, session: self)
    case .command(let command): CommandClockDriver(clock: command, session: self)
    case .wall: WallClockDriver(stop: stop)
    case .process, nil: nil
    }
  }

  /// Reads an instant as targets write it: RFC 3339, seconds since 1970, or the date format of HTTP.
  static func instant(_ value: JSON) -> SimulatedInstant? {
    if let text = value.string {
      if let instant = SimulatedInstant(rfc3339: text) ?? SimulatedInstant(httpDate: text) { return instant }
      return Int64(text.split(separator: ".").first ?? "").flatMap {
        years.contains($0) ? SimulatedInstant(seconds: $0) : nil
      }
    }
    return value.double.flatMap { seconds in
      guard let whole = Int64(exactly: seconds.rounded(.down)), years.contains(whole) else { return nil }
      return SimulatedInstant(seconds: whole)
    }
  }

  /// From 1970 to the end of the year 9999, which RFC 3339 can write: no clock of a service shows another time.
  private static let years: Range<Int64> = 0..<253_402_300_800
}
