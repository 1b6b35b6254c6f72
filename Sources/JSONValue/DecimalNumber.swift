// Numbers as JSON writes them, compared by what they mean: no digit is lost, whatever their size.

/// A decimal number in the grammar of RFC 8259 section 6.
public struct DecimalNumber: Sendable, Hashable, Comparable {
  private let isNegative: Bool
  /// Without zeros at either end; none for 0.
  private let digits: [UInt8]
  /// The position of the point, counted from before the first digit.
  private let point: Int

  /// - Returns: `nil` if the text is not a number, or has an exponent of more than eighteen digits.
  public init?(_ text: String) {
    var rest = Array(text.utf8)[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest.removeFirst() }
    let whole = DecimalNumber.digits(&rest)
    var fraction: ArraySlice<UInt8> = []
    guard !whole.isEmpty else { return nil }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      fraction = DecimalNumber.digits(&rest)
      guard !fraction.isEmpty else { return nil }
    }
    var exponent = 0
    if let letter = rest.first, "eE".utf8.contains(letter) {
      rest.removeFirst()
      let sign = rest.first
      if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest.removeFirst() }
      let shown = DecimalNumber.digits(&rest).drop { $0 == UInt8(ascii: "0") }
      guard shown.count <= 18, let value = shown.isEmpty ? 0 : Int(String(decoding: shown, as: UTF8.self)) else {
        return nil
      }
      exponent = sign == UInt8(ascii: "-") ? -value : value
    }
    guard rest.isEmpty else { return nil }
    let all = whole + fraction
    let start = all.firstIndex { $0 != UInt8(ascii: "0") } ?? all.endIndex
    let end = all.lastIndex { $0 != UInt8(ascii: "0") }.map { $0 + 1 } ?? start
    digits = Array(all[start..<end])
    self.isNegative = isNegative && !digits.isEmpty
    point = digits.isEmpty ? 0 : whole.count - all.distance(from: all.startIndex, to: start) + exponent
  }

  private static func digits(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    rest = rest[digits.endIndex...]
    return digits
  }

  public static func < (one: DecimalNumber, other: DecimalNumber) -> Bool {
    if one.isNegative != other.isNegative { return one.isNegative }
    return one.isNegative ? other.isSmaller(than: one) : one.isSmaller(than: other)
  }

  /// Without regard to the signs.
  private func isSmaller(than other: DecimalNumber) -> Bool {
    if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
    return point == other.point ? digits.lexicographicallyPrecedes(other.digits) : point < other.point
  }
}
