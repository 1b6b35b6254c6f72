// The values of a parsed document.

/// A value of a document: a scalar, a list or a mapping. Aliases are resolved: an alias is the value of its anchor.
///
/// It is a reference into its document, and costs no copy of the value.
public struct Node: Sendable {
  public enum Kind: Sendable, Hashable { case scalar, sequence, mapping }

  /// How a scalar is written.
  public enum Style: Sendable, Hashable { case plain, singleQuoted, doubleQuoted, literal, folded }

  let document: Document
  let index: Int

  public var kind: Kind { document.entries[index].kind }

  /// Where the value starts. The place of an alias is that of its anchor's value.
  public var mark: Mark {
    let entry = document.entries[index]
    return Mark(line: Int(entry.line), column: Int(entry.column))
  }

  /// The text of a scalar, after escapes and folding; `nil` for lists and mappings.
  public var text: String? { kind == .scalar ? document.entries[index].text : nil }

  /// The style of a scalar; `nil` for lists and mappings.
  public var style: Style? { kind == .scalar ? document.entries[index].style : nil }

  /// Whether it is a scalar without quotes and block indicator: only such a one can be a number, a boolean or null.
  public var isPlain: Bool { kind == .scalar && document.entries[index].style == .plain }

  /// The items of a list, in order; empty for other values.
  public var items: Items {
    Items(document: document, range: kind == .sequence ? document.entries[index].children : 0..<0)
  }

  /// The members of a mapping, in the order of the text; empty for other values.
  public var members: Members {
    Members(document: document, range: kind == .mapping ? document.entries[index].children : 0..<0)
  }

  /// The items of a list.
  public struct Items: RandomAccessCollection, Sendable {
    let document: Document
    let range: Range<Int>

    public var startIndex: Int { 0 }
    public var endIndex: Int { range.count }
    public subscript(position: Int) -> Node {
      Node(document: document, index: Int(document.children[range.lowerBound + position]))
    }
  }

  /// The members of a mapping. A key is a scalar, or a list or mapping if the limits allow it.
  public struct Members: RandomAccessCollection, Sendable {
    let document: Document
    /// Keys and values alternate.
    let range: Range<Int>

    public var startIndex: Int { 0 }
    public var endIndex: Int { range.count / 2 }
    public subscript(position: Int) -> (key: Node, value: Node) {
      let key = range.lowerBound + 2 * position
      return (
        Node(document: document, index: Int(document.children[key])),
        Node(document: document, index: Int(document.children[key + 1]))
      )
    }
  }
}
