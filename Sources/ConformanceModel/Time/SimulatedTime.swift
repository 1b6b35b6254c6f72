// Instants and durations of simulated time, in whole milliseconds.

/// An instant of the target's clock: milliseconds since 1970-01-01T00:00:00Z.
public struct SimulatedInstant: Sendable, Hashable, Comparable {
  public var milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  public init(seconds: Int64) { milliseconds = seconds * 1000 }

  /// Wednesday 20 July 2022, 10:03:08 GMT: the time of issue in the documentation's example.
  public static let documented = SimulatedInstant(seconds: 1_658_311_388)

  public static func < (a: SimulatedInstant, b: SimulatedInstant) -> Bool { a.milliseconds < b.milliseconds }
  public static func + (a: SimulatedInstant, b: SimulatedDuration) -> SimulatedInstant {
    SimulatedInstant(milliseconds: a.milliseconds + b.milliseconds)
  }
  public static func - (a: SimulatedInstant, b: SimulatedInstant) -> SimulatedDuration {
    SimulatedDuration(milliseconds: a.milliseconds - b.milliseconds)
  }

  /// Whole seconds, rounded down.
  public var seconds: Int64 { milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0) }
}

extension SimulatedInstant: CustomStringConvertible {
  /// RFC 3339 in UTC, with milliseconds only if they are not zero: `2022-07-20T10:03:08Z`.
  public var description: String {
    let (date, clock) = (seconds.quotientAndFloorRemainder(86_400))
    let (year, month, day) = SimulatedInstant.civil(fromDays: date)
    let fraction = (milliseconds % 1000 + 1000) % 1000
    // byte by byte: each case of a report has several
    var text: [UInt8] = []
    text.reserveCapacity(24)
    func append(_ value: Int64, digits: Int, _ end: Unicode.Scalar) {
      var divisor: Int64 = 1
      for _ in 1..<digits { divisor *= 10 }
      while divisor > 0 {
        text.append(UInt8(0x30 + value / divisor % 10))
        divisor /= 10
      }
      text.append(UInt8(ascii: end))
    }
    if (0...9999).contains(year) {
      append(year, digits: 4, "-")
    } else {
      text += "\(String(repeating: "0", count: Swift.max(0, 4 - "\(year)".count)))\(year)-".utf8
    }
    append(month, digits: 2, "-")
    append(day, digits: 2, "T")
    append(clock / 3600, digits: 2, ":")
    append(clock / 60 % 60, digits: 2, ":")
    append(clock % 60, digits: 2, fraction == 0 ? "Z" : ".")
    if fraction > 0 { append(fraction, digits: 3, "Z") }
    return String(decoding: text, as: UTF8.self)
  }

  /// The same without fraction and zone, as JUnit schemas require.
  public var withoutZone: String { String(Substring(description.utf8.prefix { $0 != 0x2E && $0 != 0x5A })) }

  /// Parses RFC 3339: a date, `T` or a space, a time, an optional fraction, and `Z` or an offset.
  public init?(rfc3339 text: String) {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
      return Int64(String(decoding: bytes[range], as: UTF8.self))
    }
    func at(_ index: Int, _ characters: String) -> Bool {
      index < bytes.count && characters.utf8.contains(bytes[index])
    }
    guard let year = number(0..<4), at(4, "-"), let month = number(5..<7), at(7, "-"), let day = number(8..<10),
      at(10, "Tt "), let hour = number(11..<13), at(13, ":"), let minute = number(14..<16), at(16, ":"),
      let second = number(17..<19), (1...12).contains(month), day >= 1, hour < 24, minute < 60, second < 61,
      day <= SimulatedInstant.days(inMonth: month, of: year)
    else { return nil }
    var index = 19
    var millis: Int64 = 0
    if at(index, ".") {
      let start = index + 1
      index = start
      while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 { index += 1 }
      guard index > start else { return nil }
      let digits = (bytes[start..<index] + [0x30, 0x30, 0x30]).prefix(3)
      millis = Int64(String(decoding: digits, as: UTF8.self)) ?? 0
    }
    var offset: Int64 = 0
    if at(index, "Zz"), index + 1 == bytes.count {
      offset = 0
    } else if at(index, "+-"), index + 6 == bytes.count, let hours = number(index + 1..<index + 3), at(index + 3, ":"),
      let minutes = number(index + 4..<index + 6), hours < 24, minutes < 60
    {
      offset = (hours * 3600 + minutes * 60) * (bytes[index] == UInt8(ascii: "-") ? -1 : 1)
    } else {
      return nil
    }
    let days = SimulatedInstant.days(fromCivil: year, month, day)
    self.init(milliseconds: (days * 86_400 + hour * 3600 + minute * 60 + second - offset) * 1000 + millis)
  }

  // Converts days since 1970-01-01 to the proleptic Gregorian calendar and back. Years start in March, so that the leap
  // day is the last day.
  private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = (days + 719_468).quotientAndFloorRemainder(146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  private static func days(fromCivil year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = shiftedYear.quotientAndFloorRemainder(400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension Int64 {
  fileprivate func quotientAndFloorRemainder(_ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let remainder = ((self % divisor) + divisor) % divisor
    return ((self - remainder) / divisor, remainder)
  }
}

/// A duration of simulated time in milliseconds.
public struct SimulatedDuration: Sendable, Hashable, Comparable {
  public var milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static func < (a: SimulatedDuration, b: SimulatedDuration) -> Bool { a.milliseconds < b.milliseconds }

  /// The maximum duration of a wait: 200 years.
  public static let maxDuration = SimulatedDuration(milliseconds: 200 * 366 * 86_400_000)

  private static let units: [(name: String, word: String, milliseconds: Int64)] = [
    ("d", "days", 86_400_000), ("h", "hours", 3_600_000), ("m", "minutes", 60_000), ("s", "seconds", 1000),
    ("ms", "milliseconds", 1),
  ]

  /// Parses `23h 59m 59s`, `1d`, `250ms`: whole numbers with units, in descending order, each unit once.
  ///
  /// - Throws: `SimulatedDurationError` with the reason.
  public init(parsing text: String) throws(SimulatedDurationError) {
    var total: Int64 = 0
    var rank = -1
    var rest = Substring(text).drop { $0 == " " }
    guard !rest.isEmpty else { throw SimulatedDurationError(message: "the duration is empty") }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0.isASCII && $0.isLetter }
      rest = rest.dropFirst(unit.count).drop { $0 == " " }
      guard !digits.isEmpty, !unit.isEmpty else {
        throw SimulatedDurationError(message: "'\(text.prefix(60))' is not a duration")
      }
      guard let index = SimulatedDuration.units.firstIndex(where: { $0.name == unit }) else {
        throw SimulatedDurationError(message: "unknown unit of time '\(unit.prefix(20))'")
      }
      guard index > rank else {
        throw SimulatedDurationError(message: "the units must be in descending order, each once")
      }
      rank = index
      let (part, tooLong) = (Int64(digits) ?? .max).multipliedReportingOverflow(
        by: SimulatedDuration.units[index].milliseconds)
      let (sum, tooLongInAll) = total.addingReportingOverflow(part)
      guard !tooLong, !tooLongInAll, sum <= SimulatedDuration.maxDuration.milliseconds else {
        throw SimulatedDurationError(message: "'\(text.prefix(60))' is longer than 200 years")
      }
      total = sum
    }
    milliseconds = total
  }
}

extension SimulatedDuration: CustomStringConvertible {
  /// As in scenarios: `23h 59m 59s`.
  public var description: String {
    guard milliseconds != 0 else { return "0s" }
    var rest = milliseconds.magnitude
    var parts: [String] = []
    for unit in SimulatedDuration.units where rest >= unit.milliseconds.magnitude {
      parts.append("\(rest / unit.milliseconds.magnitude)\(unit.name)")
      rest %= unit.milliseconds.magnitude
    }
    return (milliseconds < 0 ? "-" : "") + parts.joined(separator: " ")
  }
}

/// Why a text is not a duration.
public struct SimulatedDurationError: Error, Sendable, Hashable {
  public var message: String
}
