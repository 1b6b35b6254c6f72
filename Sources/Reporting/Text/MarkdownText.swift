// Markdown that is escaped by its construction.

import ConformanceModel

/// A piece of Markdown. A literal is markup, and what is interpolated is text: `"**\(title)**"` shows any title as it is.
struct MarkdownText: ExpressibleByStringInterpolation {
  private(set) var text = ""

  init() {}

  init(stringLiteral value: StaticString) { text = value.description }

  init(stringInterpolation interpolation: StringInterpolation) { text = interpolation.text }

  static func += (left: inout MarkdownText, right: MarkdownText) { left.text += right.text }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ literal: StaticString) { text += literal.description }

    mutating func appendInterpolation(_ text: String) {
      for scalar in text.unicodeScalars {
        if "\\`*_[]<>|".unicodeScalars.contains(scalar) { self.text += "\\" }
        self.text.unicodeScalars.append(scalar)
      }
    }

    mutating func appendInterpolation(_ number: Int) { text += String(number) }

    /// An address of the program's own, without characters that end the target of a link.
    mutating func appendInterpolation(address: String) { text += address }

    mutating func appendInterpolation(_ markdown: MarkdownText) { text += markdown.text }

    mutating func appendInterpolation(_ prose: Prose) {
      for part in prose.parts {
        switch part {
        case .text(let text): appendInterpolation(text)
        case .code(let code): appendInterpolation(code: code)
        }
      }
    }

    /// Code in a line: between more backticks than any run of them in the code.
    mutating func appendInterpolation(code: String) {
      let fence = String(repeating: "`", count: Summary.maxRun(of: "`", in: code) + 1)
      let pad = code.hasPrefix("`") || code.hasSuffix("`") || code.isEmpty ? " " : ""
      text += fence + pad + code + pad + fence
    }

    /// Preformatted lines, with a fence of four backticks around them, which nothing in the lines ends.
    mutating func appendInterpolation(block lines: String, language: StaticString) {
      let lines = lines.split(separator: "````", omittingEmptySubsequences: false).joined(separator: "\u{2019}\u{2019}")
      text += "````\(language)\n\(lines)\n````"
    }
  }
}
