// A document in three arrays: no value is an object of its own, and no alias a copy.

/// What a text may expand to. Nesting is limited since readers of a document are recursive.
public struct Limits: Sendable {
  /// Values of the document, with those that aliases expand to: a few lines with aliases can be billions of values.
  public var maxValues: Int
  /// Levels of lists and mappings.
  public var maxDepth: Int

  public init(maxValues: Int, maxDepth: Int = 1000) {
    self.maxValues = maxValues
    self.maxDepth = maxDepth
  }
}

/// A parsed document. Its values are `Node`s.
public final class Document: Sendable {
  struct Entry {
    var kind: Node.Kind
    var style = Node.Style.plain
    var line: Int32
    var column: Int32
    /// The text of a scalar.
    var text = ""
    /// The indices of its items, or of its keys and values in turn, in `children`.
    var children = 0..<0
  }

  let entries: [Entry]
  let children: [Int32]

  init(entries: [Entry], children: [Int32]) {
    self.entries = entries
    self.children = children
  }

  /// Parses a text that has one document, in UTF-8. A byte order mark at the start is not content (YAML 1.2.2 section
  /// 5.2).
  ///
  /// - Returns: The value of the document; `nil` if the text has nothing but comments.
  /// - Throws: `YAMLError` for the first error: invalid UTF-8, then a byte order mark, then in the order of the text.
  public static func parse(_ bytes: [UInt8], limits: Limits) throws(YAMLError) -> Node? {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
    do throws(YAMLError) {
      if text.contains(mark[0]), let place = Mark.first(in: text, where: { $0 == "\u{FEFF}" }) {
        throw YAMLError(.byteOrderMark, at: place)
      }
      // without `?` a list or mapping as a key is one short line, which readers can report with other mistakes
      var composer = Composer(limits: limits, allowsComplexKeys: !text.contains(UInt8(ascii: "?")))
      try Event.each(of: text) { (event) throws(YAMLError) in try composer.take(event) }
      return composer.root
    } catch {
      // libyaml refuses invalid bytes only when it reaches them
      if String(validating: text, as: UTF8.self) == nil { throw YAMLError(.notUTF8, at: .start) }
      throw error
    }
  }
}
