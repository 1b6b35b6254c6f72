// The filters of references: they alter a value, to make a near miss of a secret, or encode it.

/// A change to a text: `${erp.secret|drop-last}`.
public enum Filter: Sendable, Hashable, CustomStringConvertible {
  case upper, lower, swapCase, reverse, dropFirst, dropLast, changeFirst, changeLast, base64, formEncode, percentEncode,
    escapeAll, jsonEscape, fullWidth, hex, rfc3339, httpDate, date, unix, unixMillis
  /// The text, repeated.
  case times(Int)
  /// The first characters.
  case first(Int)
  /// The number, decreased.
  case minus(Int)
  /// The instant, this much later; earlier if negative.
  case later(SimulatedDuration)
  /// Changes a path segment of a URL. Segments count from the end; in a shorter path the first one changes.
  case segment(SegmentChange, Int)

  /// How a segment of a path is spelled otherwise.
  public enum SegmentChange: String, Sendable, Hashable, CaseIterable {
    /// As another name.
    case change
    /// With upper and lower case swapped: another name (RFC 3986 section 6.2.2.1).
    case swapCase = "swap-case"
    /// With every byte percent-encoded: the same name (RFC 3986 section 6.2.2.2).
    case escape

    fileprivate var meaning: String {
      switch self {
      case .change: "changed"
      case .swapCase: "in the other letter case"
      case .escape: "percent-encoded, even if not necessary"
      }
    }

    fileprivate func apply(_ segment: String) -> String {
      switch self {
      case .change: segment + "-elsewhere"
      case .swapCase: Filter.swapCase.apply(segment)
      case .escape: Filter.escapeAll.apply(segment)
      }
    }
  }

  private static let simple: [(String, Filter)] = [
    ("upper", .upper), ("lower", .lower), ("swap-case", .swapCase), ("reverse", .reverse), ("drop-first", .dropFirst),
    ("drop-last", .dropLast), ("change-first", .changeFirst), ("change-last", .changeLast), ("base64", .base64),
    ("form-encode", .formEncode), ("percent-encode", .percentEncode), ("escape-all", .escapeAll),
    ("json-escape", .jsonEscape),
    ("full-width", .fullWidth), ("hex", .hex), ("rfc3339", .rfc3339), ("http-date", .httpDate), ("date", .date),
    ("unix", .unix), ("unix-ms", .unixMillis),
  ]

  public static let names = documented.map(\.name)

  /// Every filter with its description.
  public static let documented: [(name: String, meaning: String)] =
    simple.map { ($0.0, $0.1.meaning) } + [
      ("times N", "the text N times"), ("first N", "the first N characters"), ("minus N", "the number, decreased by N"),
      ("plus 1d 12h", "the instant, this much later"), ("minus 1d 12h", "the instant, this much earlier"),
    ]
    + SegmentChange.allCases.map {
      ("\($0.rawValue)-segment N", "the URL with its path segment N \($0.meaning), counted from the end")
    }

  private var meaning: String {
    switch self {
    case .upper: "in upper case"
    case .lower: "in lower case"
    case .swapCase: "with upper and lower case swapped"
    case .reverse: "reversed"
    case .dropFirst: "without its first character"
    case .dropLast: "without its last character"
    case .changeFirst: "with its first character changed"
    case .changeLast: "with its last character changed"
    case .base64: "in Base64"
    case .formEncode: "form-encoded: a space is a plus sign"
    case .percentEncode: "percent-encoded for URLs"
    case .escapeAll: "with every byte percent-encoded, even if not necessary"
    case .jsonEscape: "with every character as an escape of JSON strings: \\u0041 (RFC 8259 section 7)"
    case .fullWidth: "in full-width characters, which look alike but differ"
    case .hex: "in hexadecimal digits"
    case .rfc3339: "the instant as 2022-07-20T10:03:08Z (RFC 3339)"
    case .httpDate: "the instant as Wed, 20 Jul 2022 10:03:08 GMT (RFC 9110 section 5.6.7)"
    case .date: "the date of the instant in UTC, as 2022-07-20"
    case .unix: "the instant in seconds since 1970; a number, if it is the whole value"
    case .unixMillis: "the instant in milliseconds since 1970; a number, if it is the whole value"
    case .times, .first, .minus, .later, .segment: description
    }
  }

  /// The maximum length of a text that `times` makes: 16 MiB.
  public static let maxText = 16 << 20

  init?(parsing text: String) {
    if let filter = Filter.simple.first(where: { $0.0 == text })?.1 {
      self = filter
      return
    }
    let words = text.split(separator: " ")
    if let first = words.first, ["plus", "minus"].contains(first), words.count > 1,
      let duration = try? SimulatedDuration(parsing: String(text.dropFirst(first.count)))
    {
      self = .later(first == "plus" ? duration : SimulatedDuration(milliseconds: -duration.milliseconds))
      return
    }
    guard words.count == 2, let count = Int(words[1]), count >= 0, count <= Filter.maxText else { return nil }
    switch words[0] {
    case "times": self = .times(count)
    case "first": self = .first(count)
    case "minus": self = .minus(count)
    default:
      let change = SegmentChange.allCases.first { words[0] == "\($0.rawValue)-segment" }
      guard let change, count > 0 else { return nil }
      self = .segment(change, count)
    }
  }

  public var description: String {
    switch self {
    case .times(let count): "times \(count)"
    case .first(let count): "first \(count)"
    case .minus(let count): "minus \(count)"
    case .later(let duration):
      duration.milliseconds < 0
        ? "minus \(SimulatedDuration(milliseconds: -duration.milliseconds))" : "plus \(duration)"
    case .segment(let change, let count): "\(change.rawValue)-segment \(count)"
    default: Filter.simple.first { $0.1 == self }?.0 ?? ""
    }
  }

  /// The altered text. `times` returns the text unchanged if the result would be longer than `maxText`.
  public func apply(_ text: String) -> String {
    switch self {
    case .upper: text.uppercased()
    case .lower: text.lowercased()
    case .swapCase: text.map { $0.isUppercase ? $0.lowercased() : $0.uppercased() }.joined()
    case .reverse: String(text.reversed())
    case .dropFirst: String(text.dropFirst())
    case .dropLast: String(text.dropLast())
    case .changeFirst: text.first.map { Filter.other($0) + text.dropFirst() } ?? text
    case .changeLast: text.last.map { text.dropLast() + Filter.other($0) } ?? text
    case .base64: Base64.encode(Array(text.utf8))
    case .formEncode: FormEncoding.encode(text)
    case .percentEncode: FormEncoding.percentEncode(text)
    case .escapeAll: text.utf8.map { "%" + Hex.digits($0, uppercase: true) }.joined()
    case .jsonEscape: text.utf16.map { "\\u" + Hex.digits([UInt8($0 >> 8), UInt8($0 & 0xFF)]) }.joined()
    case .fullWidth:
      String(
        String.UnicodeScalarView(
          text.unicodeScalars.map { (0x21...0x7E).contains($0.value) ? Unicode.Scalar($0.value + 0xFEE0) ?? $0 : $0 }))
    case .hex: Hex.digits(text.utf8)
    case .times(let count): text.utf8.count * count <= Filter.maxText ? String(repeating: text, count: count) : text
    case .first(let count): String(text.prefix(count))
    case .minus(let count): Int(text).map { String($0 - count) } ?? text
    case .later(let duration): SimulatedInstant(rfc3339: text).map { ($0 + duration).description } ?? text
    case .rfc3339: SimulatedInstant(rfc3339: text)?.description ?? text
    case .httpDate: SimulatedInstant(rfc3339: text)?.httpDate ?? text
    case .date: SimulatedInstant(rfc3339: text).map { String($0.description.prefix(10)) } ?? text
    case .unix: SimulatedInstant(rfc3339: text).map { String($0.seconds) } ?? text
    case .unixMillis: SimulatedInstant(rfc3339: text).map { String($0.milliseconds) } ?? text
    case .segment(let change, let place): Filter.change(change, place, of: text)
    }
  }

  /// Whether the result is a number, if the text was an instant.
  var makesNumber: Bool { self == .unix || self == .unixMillis }

  private static func change(_ change: SegmentChange, _ place: Int, of url: String) -> String {
    let end = url.firstIndex { $0 == "?" || $0 == "#" } ?? url.endIndex
    let start = url.firstRange(of: "://").map { url[$0.upperBound...].firstIndex(of: "/") ?? end } ?? url.startIndex
    var segments = url[start..<end].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let resolved = segments.indices.filter { !segments[$0].isEmpty }
    guard let index = resolved.dropLast(max(0, min(place, resolved.count) - 1)).last else {
      return String(url[..<end]) + "/elsewhere" + url[end...]
    }
    segments[index] = change.apply(segments[index])
    return url[..<start] + segments.joined(separator: "/") + url[end...]
  }

  /// A different letter, so that the changed text remains well-formed.
  private static func other(_ character: Character) -> String { character == "A" ? "B" : "A" }
}
