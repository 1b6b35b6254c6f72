// The Date header field.

import ConformanceModel

/// The IMF-fixdate of RFC 9110 section 5.6.7: `Wed, 20 Jul 2022 10:03:08 GMT`.
enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// - Parameter instant: From 1970 to 9999: the format has room for no other year, and the nearest of these is written.
  static func format(_ instant: SimulatedInstant) -> String {
    let instant = min(max(instant, Clock.earliest), Clock.latest)
    // year, month, day, and the time with its zone, as RFC 3339 has them
    let parts = SimulatedInstant(seconds: instant.seconds).description.split(whereSeparator: {
      $0 == "-" || $0 == "T" || $0 == "Z"
    })
    guard parts.count == 4, let month = Int(parts[1]), months.indices.contains(month - 1) else { return "" }
    return "\(days[Int(instant.seconds / 86_400 % 7)]), \(parts[2]) \(months[month - 1]) \(parts[0]) \(parts[3]) GMT"
  }
}
