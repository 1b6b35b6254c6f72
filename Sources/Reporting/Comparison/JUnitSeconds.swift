// Durations in JUnit files, as programs of any locale write them.

enum JUnitSeconds {
  /// `0.012`, `0,012`, `1,234.5`, `1.234,5`, `1 234,5` or `1'234.5`; `nil` if it is none of these.
  ///
  /// The last separator is the decimal one, unless it occurs more than once. A single one is always decimal: writers
  /// that group digits write decimals, too.
  static func read(_ text: String) -> Double? {
    var separators: [Character] = []
    var digits = ""
    for character in text {
      switch character {
      case ".", ",", "\u{66B}":
        separators.append(character == "\u{66B}" ? "," : character)
        digits.append(separators.last ?? ".")
      // Swiss, French and fixed spaces group digits
      case " ", "\u{A0}", "\u{202F}", "\u{2009}", "'", "\u{2019}", "_": continue
      default: digits.append(character)
      }
    }
    guard let decimal = separators.last else { return number(digits) }
    if separators.count(where: { $0 == decimal }) > 1 {
      return number(digits.filter { $0 != decimal && !separators.contains($0) })
    }
    let isGrouped = separators.contains { $0 != decimal }
    return number(String(digits.compactMap { $0 == decimal ? "." : isGrouped && separators.contains($0) ? nil : $0 }))
  }

  private static func number(_ text: String) -> Double? {
    guard let value = Double(text), value.isFinite, value >= 0 else { return nil }
    return value
  }
}
