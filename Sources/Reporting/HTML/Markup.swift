// HTML that is escaped by its construction.

import ConformanceModel

/// A piece of HTML. A literal is markup, and what is interpolated is text: `"<b>\(title)</b>"` shows any title as it is.
///
/// Text is fit for the content of elements and for attributes in double quotes.
struct Markup: ExpressibleByStringInterpolation {
  private(set) var bytes: [UInt8] = []

  init() {}

  /// The text of a resource of the program, such as its style sheet, which is not escaped.
  init(resource: String) { bytes = Array(resource.utf8) }

  init(stringLiteral value: StaticString) {
    value.withUTF8Buffer { bytes = Array($0) }
  }

  init(stringInterpolation interpolation: StringInterpolation) { bytes = interpolation.bytes }

  static func += (left: inout Markup, right: Markup) { left.bytes += right.bytes }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var bytes: [UInt8] = []

    init(literalCapacity: Int, interpolationCount: Int) {
      bytes.reserveCapacity(literalCapacity + 32 * interpolationCount)
    }

    mutating func appendLiteral(_ literal: StaticString) {
      literal.withUTF8Buffer { bytes += $0 }
    }

    /// Text: nothing in it acts as markup, and invisible characters are shown.
    mutating func appendInterpolation(_ text: String) { bytes += HTMLText.visible(text).utf8 }

    mutating func appendInterpolation(_ number: Int) { bytes += String(number).utf8 }

    mutating func appendInterpolation(_ markup: Markup) { bytes += markup.bytes }

    /// A value in the fragment of a URL, and in the id that the fragment names.
    mutating func appendInterpolation(fragment text: String) { bytes += HTMLText.fragment(text).utf8 }
  }
}
