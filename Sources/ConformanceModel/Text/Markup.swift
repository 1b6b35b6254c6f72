// HTML that is escaped by its construction.

/// A piece of HTML. A literal is markup, and what is interpolated is text: `"<b>\(title)</b>"` shows any title as it is.
///
/// Text is fit for the content of elements and for attributes in double quotes.
public struct Markup: Sendable, ExpressibleByStringInterpolation {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  /// A resource of the program, such as its style sheet, which is not escaped.
  public init(resource: String) { bytes = Array(resource.utf8) }

  /// The same, in UTF-8.
  public init(resource: [UInt8]) { bytes = resource }

  public init(stringLiteral value: StaticString) {
    value.withUTF8Buffer { bytes = Array($0) }
  }

  public init(stringInterpolation interpolation: StringInterpolation) { bytes = interpolation.bytes }

  public static func += (left: inout Markup, right: Markup) { left.bytes += right.bytes }

  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var bytes: [UInt8] = []

    public init(literalCapacity: Int, interpolationCount: Int) {
      bytes.reserveCapacity(literalCapacity + 32 * interpolationCount)
    }

    public mutating func appendLiteral(_ literal: StaticString) {
      literal.withUTF8Buffer { bytes += $0 }
    }

    /// Text: nothing in it acts as markup, and invisible characters are shown.
    public mutating func appendInterpolation(_ text: String) {
      bytes += HTMLEncoding.escape(SafeText.forConsole(text)).utf8
    }

    /// Text in which invisible characters stay, such as the value of a field, which a form sends back.
    public mutating func appendInterpolation(exact text: String) { bytes += HTMLEncoding.escape(text).utf8 }

    public mutating func appendInterpolation(_ number: Int) { bytes += String(number).utf8 }

    public mutating func appendInterpolation(_ markup: Markup) { bytes += markup.bytes }

    /// Pieces of markup, one after the other.
    public mutating func appendInterpolation(_ list: [Markup]) { for markup in list { bytes += markup.bytes } }

    /// Markup that is left out if there is nothing to show.
    public mutating func appendInterpolation(_ markup: Markup?) { if let markup { bytes += markup.bytes } }

    /// A value in the fragment of a URL, and in the id that the fragment names.
    public mutating func appendInterpolation(fragment text: String) { bytes += FormEncoding.percentEncode(text).utf8 }
  }
}

extension [Markup] {
  public func joined(separator: Markup) -> Markup { dropFirst().reduce(first ?? "") { "\($0)\(separator)\($1)" } }
}
