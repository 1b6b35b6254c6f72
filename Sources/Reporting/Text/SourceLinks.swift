// The sections of RFCs that the source of a requirement names, with their addresses.

import ConformanceModel

/// A source such as `RFC 6749 sections 5.1 and 5.2; Implementing API requests`, in parts.
struct SourceLinks {
  struct Part: Equatable {
    var text: String
    /// The address of the section; `nil` for text that names none.
    var url: String?
  }

  private(set) var parts: [Part] = []

  // Bytes are compared in place of characters: a page has hundreds of sources, and all that matters here is ASCII.
  init(_ source: String) {
    var rest = source[...]
    while let range = SourceLinks.document(in: rest.utf8) {
      let number = rest.utf8[range.upperBound...].prefix(while: SourceLinks.isDigit)
      guard (1...5).contains(number.count) else {
        add(rest[..<range.upperBound])
        rest = rest[range.upperBound...]
        continue
      }
      add(rest[..<range.lowerBound])
      rest = rest[range.lowerBound...]
      take("https://www.rfc-editor.org/rfc/rfc\(Substring(number))", upTo: number.endIndex, of: &rest)
    }
    add(rest)
  }

  private static let separators = [", ", " and ", " to "].map { Array($0.utf8) }
  private static let words = [
    ("sections ", "section"), ("section ", "section"), ("appendices ", "appendix"), ("appendix ", "appendix"),
  ].map { (text: Array($0.0.utf8), kind: $0.1) }

  /// Takes the name of the document and the sections that follow it. The first section is in the link of the name.
  private mutating func take(_ document: String, upTo end: Substring.Index, of rest: inout Substring) {
    var position = end, isFirst = true
    var kind = "section"
    while true {
      var next = rest.utf8[position...]
      let separators = isFirst ? [[UInt8(ascii: " ")]] : SourceLinks.separators
      guard let separator = separators.first(where: { next.starts(with: $0) }) else { break }
      next = next.dropFirst(separator.count)
      let word = SourceLinks.words.first { next.starts(with: $0.text) }
      if let word {
        kind = word.kind
        next = next.dropFirst(word.text.count)
      }
      guard word != nil || !isFirst, let label = SourceLinks.label(next, kind) else { break }
      let url = "\(document)#\(kind)-\(Substring(label))"
      if isFirst {
        parts.append(Part(text: String(rest[..<label.endIndex]), url: url))
      } else {
        add(rest[position..<label.startIndex])
        parts.append(Part(text: String(Substring(label)), url: url))
      }
      position = label.endIndex
      isFirst = false
    }
    if isFirst { parts.append(Part(text: String(rest[..<end]), url: document)) }
    rest = rest[position...]
  }

  /// Where the text has `RFC `.
  private static func document(in bytes: Substring.UTF8View) -> Range<Substring.Index>? {
    var next = bytes.startIndex
    while let start = bytes[next...].firstIndex(of: UInt8(ascii: "R")) {
      if bytes[start...].starts(with: "RFC ".utf8) { return start..<bytes.index(start, offsetBy: 4) }
      next = bytes.index(after: start)
    }
    return nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// `5.1`, or `A.2` of an appendix.
  private static func label(_ text: Substring.UTF8View, _ kind: String) -> Substring.UTF8View? {
    let dot = UInt8(ascii: ".")
    var label = text.prefix { $0 == dot || isDigit($0) || (0x41...0x5A).contains($0) }
    while label.last == dot { label.removeLast() }
    guard let first = label.first, isDigit(first) == (kind == "section") else { return nil }
    return label.dropFirst().allSatisfy { $0 == dot || isDigit($0) } ? label : nil
  }

  private mutating func add(_ text: Substring) {
    guard !text.isEmpty else { return }
    if let last = parts.last, last.url == nil {
      parts[parts.count - 1].text += text
    } else {
      parts.append(Part(text: String(text)))
    }
  }

  var markup: [Markup] {
    parts.map { part in
      part.url.map { "<a href=\"\($0)\" rel=\"noreferrer\">\(part.text)</a>" } ?? "\(part.text)"
    }
  }

  var markdown: MarkdownText {
    parts.reduce(into: "") { text, part in
      text += part.url.map { "[\(part.text)](\(address: $0))" } ?? "\(part.text)"
    }
  }
}
