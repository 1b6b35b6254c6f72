// The parts of an XML document that an entity type checks: balanced tags, the root, and its children.

/// The outline of an XML document. Entities, DTDs and attribute values are not checked.
struct XMLOutline: Sendable {
  private(set) var root = ""
  private(set) var children: Set<String> = []

  /// - Returns: `nil` if the text is not UTF-8 or its tags are not balanced around one root.
  init?(_ bytes: [UInt8]) {
    guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else { return nil }
    var rest = bytes[...]
    if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
    var open: [String] = []
    while let less = rest.firstIndex(of: UInt8(ascii: "<")) {
      guard !open.isEmpty || rest[..<less].allSatisfy(XMLOutline.isSpace) else { return nil }
      rest = rest[(less + 1)...]
      if let skipped = XMLOutline.skipMarkup(&rest) {
        guard skipped else { return nil }
        continue
      }
      guard let tag = XMLOutline.tag(&rest), note(tag, &open) else { return nil }
    }
    guard open.isEmpty, !root.isEmpty, rest.allSatisfy(XMLOutline.isSpace) else { return nil }
  }

  private enum Tag {
    case start(String)
    case empty(String)
    case end(String)
  }

  private mutating func note(_ tag: Tag, _ open: inout [String]) -> Bool {
    switch tag {
    case .end(let name): return open.popLast() == name
    case .start(let name), .empty(let name):
      if open.isEmpty {
        guard root.isEmpty else { return false }
        root = name
      } else if open.count == 1 {
        children.insert(name)
      }
      if case .start = tag { open.append(name) }
      return true
    }
  }

  /// Skips a comment, CDATA section, processing instruction or declaration.
  /// - Returns: Whether it has an end; `nil` for anything else.
  private static func skipMarkup(_ rest: inout ArraySlice<UInt8>) -> Bool? {
    for (opening, closing) in [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>"), ("!", ">")]
    where rest.starts(with: opening.utf8) {
      let closing = Array(closing.utf8)
      rest = rest.dropFirst(opening.utf8.count)
      while let at = rest.firstIndex(of: closing[0]) {
        rest = rest[at...]
        if rest.starts(with: closing) {
          rest = rest.dropFirst(closing.count)
          return true
        }
        rest = rest.dropFirst()
      }
      return false
    }
    return nil
  }

  /// The tag after its `<`; a `>` inside quotes does not end it.
  private static func tag(_ rest: inout ArraySlice<UInt8>) -> Tag? {
    var quote: UInt8?
    var index = rest.startIndex
    while index < rest.endIndex, quote != nil || rest[index] != UInt8(ascii: ">") {
      let byte = rest[index]
      if byte == UInt8(ascii: "<") { return nil }
      if byte == quote {
        quote = nil
      } else if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      }
      index += 1
    }
    guard index < rest.endIndex else { return nil }
    var inside = rest[..<index]
    rest = rest[(index + 1)...]
    let isEnd = inside.first == UInt8(ascii: "/")
    let isEmpty = !isEnd && inside.last == UInt8(ascii: "/")
    if isEnd { inside = inside.dropFirst() }
    if isEmpty { inside = inside.dropLast() }
    let name = String(decoding: inside.prefix { !isSpace($0) }, as: UTF8.self)
    guard let first = name.first, first.isLetter || first == "_" || first == ":" else { return nil }
    return isEnd ? .end(name) : isEmpty ? .empty(name) : .start(name)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}
