// What to write instead, for the most frequent errors of the YAML parser.

import ConformanceModel

extension SourceFile {
  /// A message in the words of the person who wrote the file, and the place of the mistake.
  typealias Hint = (message: String, place: Place)

  /// - Parameters:
  ///   - problem: libyaml's words.
  ///   - place: Where libyaml noticed it.
  func hint(_ problem: String, at place: Place) -> Hint? {
    guard lines.indices.contains(place.line - 1) else { return nil }
    let line = Array(lines[place.line - 1].unicodeScalars)
    if let tab = line.prefix(while: { $0 == " " || $0 == "\t" }).firstIndex(of: "\t"),
      problem.contains("tab") || problem.contains("cannot start any token")
    {
      return ("a tab cannot indent; use spaces", Place(file: path, line: place.line, column: tab + 1))
    }
    return unquotedReference(line, place) ?? advice(problem, line, place).map { ($0, place) }
  }

  /// In a flow mapping or sequence, the brace of `${name}` starts another mapping.
  private func unquotedReference(_ line: [Unicode.Scalar], _ place: Place) -> Hint? {
    let column = place.column - 1
    guard line.indices.contains(column), line[column] == "{", column > 0, line[column - 1] == "$" else { return nil }
    // the whole text: from the space or the bracket before it to the comma or the bracket after its references
    let start = line[..<column].lastIndex { " \t[{,".unicodeScalars.contains($0) }.map { $0 + 1 } ?? column - 1
    var end = column
    var isWithin = false
    while end < line.count, isWithin || !" \t,]}".unicodeScalars.contains(line[end]) {
      if line[end] == "{" { isWithin = true }
      if line[end] == "}" { isWithin = false }
      end += 1
    }
    let text = String(String.UnicodeScalarView(line[start..<end].prefix(80)))
    return (
      "inside braces and brackets, a text with ${…} must be quoted: \"\(text)\"",
      Place(file: path, line: place.line, column: start + 1)
    )
  }

  private func advice(_ problem: String, _ line: [Unicode.Scalar], _ place: Place) -> String? {
    let before = line.prefix(place.column - 1)
    switch problem {
    case "did not find expected '-' indicator":
      return "expected another list item, '- …'; indent a key of the item above as far as the item's first key"
    case "mapping values are not allowed in this context":
      let hasColon = zip(before, before.dropFirst()).contains { $0 == ":" && $1 == " " }
      return hasColon
        ? "a text with ': ' must be quoted"
        : "a key cannot follow here; align it with the other keys of its mapping, or quote the text above"
    case "did not find expected key":
      return "expected a key; align it with the other keys of its mapping"
    case "could not find expected ':'":
      return "expected 'key: value'; a text of several lines must be quoted, or begin with '|'"
    case "did not find expected ',' or ']'": return "expected ',' or ']': the bracket '[' before this is not closed"
    case "did not find expected ',' or '}'": return "expected ',' or '}': the brace '{' before this is not closed"
    case "found unexpected end of stream": return "the file ends inside of a quoted text; close it"
    case "block sequence entries are not allowed in this context":
      return "a list cannot begin here; write it on a line of its own, below its key"
    case "found unknown escape character":
      return "unknown escape in a text in double quotes; write '\\\\' for a backslash, or use single quotes"
    case "found character that cannot start any token":
      guard line.indices.contains(place.column - 1) else { return nil }
      return "a text cannot begin with '\(Character(line[place.column - 1]))'; quote it"
    default: return nil
    }
  }
}
