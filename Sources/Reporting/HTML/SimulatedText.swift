// Spans on the simulated clock, as the page shows them.

import ConformanceModel

enum SimulatedText {
  /// `23h 59m 59s`; from a year on, in years too: `13.9 years (5072d 3h 14m 9s)`.
  static func span(_ length: SimulatedDuration) -> String {
    years(length.milliseconds).map { "\($0) (\(length))" } ?? length.description
  }

  /// `13.9 years`; `nil` for less than a year.
  static func years(_ milliseconds: Int64) -> String? {
    let days = Double(milliseconds) / 86_400_000
    guard days >= 365 else { return nil }
    let tenths = Int((days / 365.2425 * 10).rounded())
    let years = tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(tenths % 10)"
    return "\(years) \(years == "1" ? "year" : "years")"
  }
}
