// Sentences that contain code, independent of the output format.

public import ConformanceModel

/// Plain text and code. Two control characters, which the files of a pack cannot contain, mark the code.
public struct Prose: Sendable, Hashable, ExpressibleByStringInterpolation {
  private static let start = "\u{1}"
  private static let end = "\u{2}"

  var marked: String

  public init(stringLiteral value: String) { marked = value }

  public init(stringInterpolation: StringInterpolation) { marked = stringInterpolation.marked }

  public struct StringInterpolation: StringInterpolationProtocol {
    var marked = ""

    public init(literalCapacity: Int, interpolationCount: Int) {}
    public mutating func appendLiteral(_ literal: String) { marked += literal }
    public mutating func appendInterpolation(_ prose: Prose) { marked += prose.marked }
    /// A piece of code: a name, a value, a header field.
    public mutating func appendInterpolation(code text: String) { marked += Prose.start + text + Prose.end }
    public mutating func appendInterpolation(_ number: Int) { marked += String(number) }
    public mutating func appendInterpolation(_ span: SimulatedDuration) { marked += span.description }
    public mutating func appendInterpolation(_ instant: SimulatedInstant) { marked += instant.description }
    public mutating func appendInterpolation(text: String) { marked += text }
  }

  public static func + (a: Prose, b: Prose) -> Prose { Prose(stringLiteral: a.marked + b.marked) }
  public static func += (a: inout Prose, b: Prose) { a.marked += b.marked }

  public var isEmpty: Bool { marked.isEmpty }

  /// The first letter in capitals.
  public var capitalized: Prose {
    guard let first = marked.first, first.isLetter else { return self }
    return Prose(stringLiteral: first.uppercased() + marked.dropFirst())
  }

  enum Part {
    case text(String)
    case code(String)
  }

  var parts: [Part] {
    var parts: [Part] = []
    for (index, part) in marked.split(separator: Prose.start, omittingEmptySubsequences: false).enumerated() {
      guard index > 0 else {
        parts.append(.text(String(part)))
        continue
      }
      let pieces = part.split(separator: Prose.end, maxSplits: 1, omittingEmptySubsequences: false)
      parts.append(.code(String(pieces[0])))
      if pieces.count > 1 { parts.append(.text(String(pieces[1]))) }
    }
    return parts
  }
}

extension [Prose] {
  /// `a, b and c`.
  func listed(_ last: String = "and") -> Prose {
    guard count > 1, let final = self.last else { return first ?? "" }
    return dropLast().dropFirst().reduce(self[0]) { "\($0), \($1)" } + Prose(stringLiteral: " \(last) ") + final
  }

  /// `a, and b, and c`.
  var chained: Prose { dropFirst().reduce(first ?? "") { "\($0), and \($1)" } }
}
