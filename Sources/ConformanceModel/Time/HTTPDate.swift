// The date formats of HTTP (RFC 9110 section 5.6.7).

extension SimulatedInstant {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  /// The first and the last second that the format has room for.
  private static let range = SimulatedInstant(seconds: 0)...SimulatedInstant(seconds: 253_402_300_799)

  /// The IMF-fixdate `Wed, 20 Jul 2022 10:03:08 GMT`, in whole seconds. Instants before 1970 or after 9999 are clamped.
  public var httpDate: String {
    let instant = min(max(self, SimulatedInstant.range.lowerBound), SimulatedInstant.range.upperBound)
    // `2022-07-20T10:03:08Z`
    let text = Array(SimulatedInstant(seconds: instant.seconds).description.utf8)
    func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
    guard text.count == 20, let month = Int(part(5..<7)), SimulatedInstant.months.indices.contains(month - 1) else {
      return ""
    }
    let day = SimulatedInstant.days[Int(instant.seconds / 86_400 % 7)]
    return "\(day), \(part(8..<10)) \(SimulatedInstant.months[month - 1]) \(part(0..<4)) \(part(11..<19)) GMT"
  }

  /// Reads any of the three formats that a recipient has to accept:
  ///
  ///     Wed, 20 Jul 2022 10:03:08 GMT     IMF-fixdate
  ///     Wednesday, 20-Jul-22 10:03:08 GMT RFC 850, with a year from 1970 to 2069
  ///     Wed Jul 20 10:03:08 2022          asctime
  ///
  /// The name of the day is not checked.
  public init?(httpDate text: String) {
    let parts = text.split(separator: " ")
    switch parts.count {
    case 6 where parts[5] == "GMT":
      self.init(day: parts[1], month: parts[2], year: parts[3], time: parts[4])
    case 4 where parts[3] == "GMT":
      let date = parts[1].split(separator: "-", omittingEmptySubsequences: false)
      guard date.count == 3, date[2].utf8.count == 2, let year = Int(date[2]) else { return nil }
      self.init(day: date[0], month: date[1], year: (year < 70 ? "20" : "19") + date[2], time: parts[2])
    case 5:
      self.init(
        day: parts[2].utf8.count == 1 ? "0" + parts[2] : String(parts[2]), month: parts[1], year: parts[4],
        time: parts[3])
    default: return nil
    }
  }

  private init?(
    day: some StringProtocol, month: some StringProtocol, year: some StringProtocol, time: some StringProtocol
  ) {
    guard let index = SimulatedInstant.months.firstIndex(of: String(month)), day.utf8.count == 2, year.utf8.count == 4,
      time.utf8.count == 8
    else { return nil }
    self.init(rfc3339: "\(year)-\(index < 9 ? "0" : "")\(index + 1)-\(day)T\(time)Z")
  }
}

extension String {
  /// The text with each IMF-fixdate in it replaced.
  public func replacingHTTPDates(with replacement: String) -> String {
    guard contains(" GMT") else { return self }
    let length = SimulatedInstant.documented.httpDate.count
    var result = ""
    var rest = self[...]
    while let end = rest.firstRange(of: " GMT") {
      let upToEnd = rest[..<end.upperBound]
      if SimulatedInstant(httpDate: String(upToEnd.suffix(length))) != nil {
        result += upToEnd.dropLast(length) + replacement
      } else {
        result += upToEnd
      }
      rest = rest[end.upperBound...]
    }
    return result + rest
  }
}
