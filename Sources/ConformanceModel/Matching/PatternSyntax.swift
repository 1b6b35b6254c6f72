// The meaning of `$` in the patterns of scenarios, invariants and target files.

import Foundation

/// A regular expression in ICU's syntax in which `$` is the very end of the text.
///
/// ICU's `$` also matches before a line end at the end of the text, so that `^[a-z]+$` accepts "abc\n". Here it does not,
/// as with DOLLAR_ENDONLY of PCRE2. Under the flag `(?m)` it is the end of each line, as in ICU.
enum PatternSyntax {
  /// The compiled pattern; `nil` if it is not a regular expression.
  static func compile(_ pattern: String) -> NSRegularExpression? {
    // a pattern that ICU cannot read stays one
    guard (try? NSRegularExpression(pattern: pattern)) != nil else { return nil }
    return try? NSRegularExpression(pattern: translated(pattern))
  }

  /// The pattern with `\z` for each `$` that is an anchor outside of `(?m)`.
  static func translated(_ pattern: String) -> String {
    guard pattern.utf8.contains(UInt8(ascii: "$")) else { return pattern }
    var reader = PatternReader(pattern)
    return reader.translated()
  }
}

/// The flags that decide what `$` and `#` mean.
private struct PatternFlags {
  /// `m`: `$` is the end of a line.
  var isMultiline = false
  /// `x`: white space is ignored, and `#` begins a comment up to the end of the line.
  var hasComments = false
}

private struct PatternReader {
  private let text: [Unicode.Scalar]
  private var index = 0
  private var flags = PatternFlags()
  /// The flags outside of each open group.
  private var outer: [PatternFlags] = []
  /// How many bracketed sets are open: ICU allows sets in sets.
  private var sets = 0
  private var result = String.UnicodeScalarView()

  init(_ pattern: String) { text = Array(pattern.unicodeScalars) }

  mutating func translated() -> String {
    while index < text.count {
      switch text[index] {
      case "\\": escape()
      case "[": openSet()
      case "]" where sets > 0:
        sets -= 1
        copy()
      case _ where sets > 0: copy()
      case "(": openGroup()
      case ")":
        flags = outer.popLast() ?? flags
        copy()
      case "#" where flags.hasComments: copyComment()
      case "$" where !flags.isMultiline:
        result.append(contentsOf: "\\z".unicodeScalars)
        index += 1
      default: copy()
      }
    }
    return String(result)
  }

  private func isNext(_ part: String) -> Bool { text[index...].starts(with: part.unicodeScalars) }

  private mutating func copy(_ count: Int = 1) {
    let end = min(index + count, text.count)
    result.append(contentsOf: text[index..<end])
    index = end
  }

  /// An escaped character, or a quotation from `\Q` to `\E`.
  private mutating func escape() {
    guard isNext("\\Q") else {
      // the character after \c is part of the escape
      copy(isNext("\\c") ? 3 : 2)
      return
    }
    while index < text.count, !isNext("\\E") { copy() }
    copy(2)
  }

  /// The start of a set. A `]` right after it is a member.
  private mutating func openSet() {
    sets += 1
    copy()
    if index < text.count, text[index] == "^" { copy() }
    if index < text.count, text[index] == "]" { copy() }
  }

  private mutating func openGroup() {
    if isNext("(?#") {
      while index < text.count, text[index] != ")" { copy() }
      copy()
      return
    }
    let before = flags
    guard let (changed, length, isGroup) = readFlags() else {
      outer.append(before)
      copy()
      return
    }
    // `(?m)` is valid up to the end of the group around it, `(?m:…)` in its own group
    if isGroup { outer.append(before) }
    flags = changed
    copy(length)
  }

  /// The flags of `(?ims-x)` or `(?ims-x:`, with its length; `nil` if the group is of another kind.
  private func readFlags() -> (flags: PatternFlags, length: Int, isGroup: Bool)? {
    guard isNext("(?") else { return nil }
    var changed = flags
    var isOn = true
    for position in (index + 2)..<max(index + 2, text.count) {
      switch text[position] {
      case "-": isOn = false
      case "m": changed.isMultiline = isOn
      case "x": changed.hasComments = isOn
      case "d", "i", "s", "u", "w": break
      case ")": return (changed, position + 1 - index, false)
      case ":": return (changed, position + 1 - index, true)
      default: return nil
      }
    }
    return nil
  }

  /// A comment of the flag `x`, up to the end of the line.
  private mutating func copyComment() {
    while index < text.count, !"\n\r\u{85}\u{2028}".unicodeScalars.contains(text[index]) { copy() }
  }
}
