// Instants as targets write them.

import ConformanceModel
import JSONValue

/// An instant in a response or in the output of a program.
enum TargetTime {
  /// Reads RFC 3339, seconds since 1970, or the date format of HTTP; `nil` if it is none of these.
  static func instant(_ value: JSON) -> SimulatedInstant? {
    guard let text = value.string else { return value.double.flatMap(instant(seconds:)) }
    if let instant = SimulatedInstant(rfc3339: text) ?? SimulatedInstant(httpDate: text) { return instant }
    return Int64(text.split(separator: ".").first ?? "").flatMap {
      years.contains($0) ? SimulatedInstant(seconds: $0) : nil
    }
  }

  private static func instant(seconds: Double) -> SimulatedInstant? {
    guard let whole = Int64(exactly: seconds.rounded(.down)), years.contains(whole) else { return nil }
    return SimulatedInstant(seconds: whole)
  }

  /// From 1970 to the end of the year 9999, the last that RFC 3339 can write.
  private static let years: Range<Int64> = 0..<253_402_300_800
}
