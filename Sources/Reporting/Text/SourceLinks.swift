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

  init(_ source: String) {
    var rest = source[...]
    while let range = SourceLinks.document(in: rest) {
      let number = rest[range.upperBound...].prefix(while: SourceLinks.isDigit)
      guard (1...5).contains(number.count) else {
        add(rest[..<range.upperBound])
        rest = rest[range.upperBound...]
        continue
      }
      add(rest[..<range.lowerBound])
      rest = rest[range.lowerBound...]
      take("https://www.rfc-editor.org/rfc/rfc\(number)", upTo: number.endIndex, of: &rest)
    }
    add(rest)
  }

  /// Takes the name of the document and the sections that follow it. The first section is in the link of the name.
  private mutating func take(_ document: String, upTo end: Substring.Index, of rest: inout Substring) {
    var position = end, isFirst = true
    var kind = "section"
    while true {
      var next = rest[position...]
      let separators: [String] = isFirst ? [" "] : [", ", " and ", " to "]
      guard let separator = separators.first(where: next.hasPrefix) else { break }
      next = next.dropFirst(separator.count)
      let words = ["sections ", "section ", "appendices ", "appendix "]
      let word = words.first(where: next.hasPrefix)
      if let word {
        kind = word.hasPrefix("s") ? "section" : "appendix"
        next = next.dropFirst(word.count)
      }
      guard word != nil || !isFirst, let label = SourceLinks.label(next, kind) else { break }
      if isFirst {
        parts.append(Part(text: String(rest[..<label.endIndex]), url: "\(document)#\(kind)-\(label)"))
      } else {
        add(rest[position..<label.startIndex])
        parts.append(Part(text: String(label), url: "\(document)#\(kind)-\(label)"))
      }
      position = label.endIndex
      isFirst = false
    }
    if isFirst { parts.append(Part(text: String(rest[..<end]), url: document)) }
    rest = rest[position...]
  }

  /// Where the text has `RFC `.
  private static func document(in text: Substring) -> Range<Substring.Index>? {
    let bytes = text.utf8
    var next = bytes.startIndex
    while let start = bytes[next...].firstIndex(of: UInt8(ascii: "R")) {
      if bytes[start...].starts(with: "RFC ".utf8) { return start..<bytes.index(start, offsetBy: 4) }
      next = bytes.index(after: start)
    }
    return nil
  }

  private static func isDigit(_ character: Character) -> Bool {
    character.asciiValue.map { (0x30...0x39).contains($0) } ?? false
  }

  /// `5.1`, or `A.2` of an appendix.
  private static func label(_ text: Substring, _ kind: String) -> Substring? {
    var label = text.prefix { character in
      character == "." || isDigit(character) || character.asciiValue.map { (0x41...0x5A).contains($0) } ?? false
    }
    while label.last == "." { label.removeLast() }
    guard let first = label.first, isDigit(first) == (kind == "section") else { return nil }
    return label.dropFirst().allSatisfy { $0 == "." || isDigit($0) } ? label : nil
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
