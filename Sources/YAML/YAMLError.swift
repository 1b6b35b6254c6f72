// Why a text is not accepted, as data: who reads the document words the message.

/// A place in a text. Lines and columns count from 1; columns count Unicode scalars, as libyaml does.
public struct Mark: Sendable, Hashable {
  public var line: Int
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// Why a text is not a document.
public struct YAMLError: Error, Sendable, Hashable {
  public enum Reason: Sendable, Hashable {
    /// Not YAML, in libyaml's words.
    case syntax(String)
    /// A character that YAML does not allow, in libyaml's words.
    case character(String)
    case notUTF8
    /// A byte order mark that is not at the start, which libyaml would take as part of a text.
    case byteOrderMark
    /// The second of two equal keys of one mapping; the place is that of the second.
    case duplicateKey(String)
    /// A key that is a list or a mapping.
    case complexKey(Node.Kind)
    /// The value of a merge key, or an item of it, that is no mapping.
    case merge(Node.Kind)
    /// A value with an explicit tag, such as `!!str`.
    case tag(String)
    case undefinedAlias
    case anotherDocument
    /// More values than `Limits.maxValues`, with those that aliases expand to.
    case tooManyValues(Int)
    /// More levels of nesting than `Limits.maxDepth`.
    case tooDeep(Int)
    case outOfMemory
  }

  public var reason: Reason
  public var mark: Mark

  init(_ reason: Reason, at mark: Mark) {
    self.reason = reason
    self.mark = mark
  }
}

extension Mark {
  static let start = Mark(line: 1, column: 1)

  /// The place of the first character of a text that meets a condition.
  static func first(in text: ArraySlice<UInt8>, where condition: (Unicode.Scalar) -> Bool) -> Mark? {
    var walk = Walk()
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      if condition(scalar) { return walk.mark }
      walk.pass(scalar)
    }
    return nil
  }

  /// The place behind the last character of a text: libyaml takes a last line without a line break for one with it.
  static func end(of text: ArraySlice<UInt8>) -> Mark {
    var walk = Walk()
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars { walk.pass(scalar) }
    return walk.mark
  }

  /// Counts lines and columns as libyaml does.
  private struct Walk {
    var mark = Mark.start
    var previous: Unicode.Scalar?

    mutating func pass(_ scalar: Unicode.Scalar) {
      switch scalar {
      case "\n" where previous == "\r": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": mark = Mark(line: mark.line + 1, column: 1)
      default: mark.column += 1
      }
      previous = scalar
    }
  }
}

extension Unicode.Scalar {
  /// Whether YAML allows the character in a text (YAML 1.2.2 section 5.1), as libyaml reads the rule.
  var isPrintableInYAML: Bool {
    switch value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }
}
