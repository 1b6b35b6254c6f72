// Words the errors of the YAML parser, with what to write instead.

import ConformanceModel
import YAML

extension SourceFile {
  func add(_ error: YAMLError) {
    let place = place(error.mark)
    switch error.reason {
    case .syntax(let problem):
      let hint = hint(problem, at: place)
      add(hint?.message ?? "not valid YAML: \(problem)", at: hint?.place ?? place)
    case .character(let problem): add("not valid YAML: \(problem)", at: place)
    case .undefinedAlias: add("not valid YAML: found undefined alias", at: place)
    case .notUTF8: add("is not UTF-8", at: place)
    case .byteOrderMark: add("a byte order mark is only allowed at the start of a file; remove it", at: place)
    case .duplicateKey(let name):
      add("duplicate key '\(name.prefix(60))'; remove one of them", at: place, length: name.count)
    case .complexKey(let kind): add(SourceFile.complexKey(kind == .mapping ? "a mapping" : "a list"), at: place)
    case .merge(let kind):
      let found = kind == .scalar ? "text" : "a list"
      add(
        "'<<' takes the keys of a mapping, or of a list of mappings, not of \(found); alias one: '<<: *name'", at: place
      )
    case .tag(let tag):
      let name = tag.hasPrefix("tag:yaml.org,2002:") ? "!!\(tag.dropFirst(18))" : tag
      let shown = String(String.UnicodeScalarView(name.unicodeScalars.prefix(40)))
      add("the tag \(shown) is not supported; remove it, and quote text", at: place)
    case .anotherDocument:
      add("a file contains one YAML document; remove the line '---' and what follows it", at: place)
    case .tooManyValues(let maxValues): add(SourceFile.tooManyValues(maxValues), at: place)
    case .tooDeep(let maxDepth): add("more than \(maxDepth) levels of nesting", at: place)
    case .outOfMemory: add("cannot be parsed: out of memory", at: place)
    }
  }

  static func complexKey(_ kind: String) -> String { "a key must be text, not \(kind)" }

  /// A place in the file. The parser counts the end of a file as a line of its own.
  private func place(_ mark: Mark) -> Place {
    guard mark.line > lines.count, let last = lines.last else {
      return Place(file: path, line: mark.line, column: mark.column)
    }
    return Place(file: path, line: lines.count, column: last.unicodeScalars.count + 1)
  }

  /// The lines of a text, without a byte order mark at its start.
  static func lines(of bytes: [UInt8]) -> [Substring] {
    let text = String(decoding: bytes, as: UTF8.self)
    let scalars = text.unicodeScalars
    let content = Substring(scalars.first == "\u{FEFF}" ? scalars.dropFirst() : scalars[...])
    return content.split(omittingEmptySubsequences: false) { SourceFile.breaks.contains($0) }
  }

  /// The line breaks that libyaml counts.
  private static let breaks: Set<Character> = ["\n", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]
}
