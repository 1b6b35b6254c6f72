// Regular expressions: the first line is one, and the rest is the text that it is searched for in.

import PatternMatching

/// A search ends, the same each time; each result is a part of the text.
struct PatternReader: Reader {
  let name = "pattern"
  let tokens =
    ["(", ")", "(?:", "(?=", "(?!", "(?<=", "(?<n>", "(?m)", "(?i)", "(?x)", "(?R)", "(?1)", "(?C)", "[", "]", "[^"]
    + ["*", "+", "?", "*+", "{2,}", "{0,65535}", "|", "^", "$", ".", "\\b", "\\w", "\\d", "\\s", "\\R", "\\X", "\\K"]
    + ["\\G", "\\1", "\\Q", "\\E", "\\p{L}", "\\x{10FFFF}", "\\C", "(*COMMIT)", "(*SKIP)", "(*ACCEPT)", "(*F)"]
    + ["(*LIMIT_MATCH=4000000000)", "(*CRLF)", "é", "e\u{301}", "😀", "\u{0}", "\r", "\u{2028}", "aaaaaaaa"]
  let structure = Structure.none

  func corpus() -> [[UInt8]] {
    [
      "^[A-Za-z0-9._~+/-]+=*$\nabc.def==", "(?i)(^|,\\s*)Bearer\\s+[a-z0-9_-]+\\s*=\nbasic, bearer realm=",
      "\"access_token\"\\s*:\\s*\"([^\"]+)\"\n{\"access_token\": \"é\"}", "(a)?b*|(?<=é)\\X+\nabé\u{301}b",
      "(?m)^token=(.*)$\na\r\ntoken=x\ntoken=y", "^(a+)+$\naaaaaaaaaaaa", "(x|y(?1)?z)*\\1\nyxzyxz",
    ].map { Array($0.utf8) }
  }

  func check(_ input: [UInt8]) throws {
    let lines = input.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
    guard lines.count == 2 else { return }
    let pattern = String(decoding: lines[0], as: UTF8.self)
    // the limit of work is reached on short texts too, but not often
    let text = String(decoding: lines[1].prefix(200), as: UTF8.self)
    let expression: RegularExpression
    do throws(PatternError) { expression = try RegularExpression(pattern) } catch {
      try promise(!error.reason.isEmpty, "refused without a reason")
      return try promise(
        (0...pattern.unicodeScalars.count).contains(error.offset), "the offset \(error.offset) is not in the pattern")
    }
    guard let found = try? expression.matches(in: text) else {
      return try promise((try? expression.matches(in: text)) == nil, "the same search ends in two ways")
    }
    try promise(try found == expression.matches(in: text), "the same search has two results")
    try promise(found.isEmpty || (try expression.finds(in: text)), "what matches is not found")
    try promise(found.count <= text.unicodeScalars.count + 1, "more matches than places: \(found.count)")
    let bytes = Array(text.utf8)
    for result in Set(found) where !result.isEmpty {
      try promise(bytes.firstRange(of: Array(result.utf8)) != nil, "a result is not a part of the text")
    }
  }
}
