// Civil time in London, for faults that count days by it.

import ConformanceModel

enum LondonTime {
  /// The offset from UTC: an hour from the last Sunday of March to the last Sunday of October, at 01:00 UTC.
  static func offset(at instant: SimulatedInstant) -> SimulatedDuration {
    guard let year = Int(instant.description.prefix(4)), let start = lastSunday(of: 3, year),
      let end = lastSunday(of: 10, year)
    else {
      return SimulatedDuration(milliseconds: 0)
    }
    let one = SimulatedDuration(milliseconds: 3_600_000)
    return instant >= start + one && instant < end + one ? one : SimulatedDuration(milliseconds: 0)
  }

  /// Its first second; both months have 31 days.
  private static func lastSunday(of month: Int, _ year: Int) -> SimulatedInstant? {
    guard
      let last = SimulatedInstant(
        rfc3339: "\(String(10_000 + year).dropFirst())-\(month < 10 ? "0" : "")\(month)-31T00:00:00Z")
    else { return nil }
    // 1 January 1970 was a Thursday
    let weekday = (last.seconds / 86_400 + 4) % 7
    return SimulatedInstant(seconds: last.seconds - weekday * 86_400)
  }
}

extension SimulatedDuration {
  static func - (a: SimulatedDuration, b: SimulatedDuration) -> SimulatedDuration {
    SimulatedDuration(milliseconds: a.milliseconds - b.milliseconds)
  }
}

extension SimulatedInstant {
  static func - (a: SimulatedInstant, b: SimulatedDuration) -> SimulatedInstant {
    SimulatedInstant(milliseconds: a.milliseconds - b.milliseconds)
  }
}
