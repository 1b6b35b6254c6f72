// Regular expressions over PCRE2, with a limit of work. No pointer leaves this module.

internal import CPCRE2

/// The library that matches.
public enum PatternLibrary {
  /// The version of PCRE2 that is loaded, and its date: `10.42 2022-12-11`.
  public static var version: String {
    var bytes = [UInt8](repeating: 0, count: 64)
    pcre2_config_8(UInt32(PCRE2_CONFIG_VERSION), &bytes)
    return text(bytes)
  }

  /// PCRE2's words for an error.
  static func message(_ code: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 256)
    pcre2_get_error_message_8(code, &bytes, bytes.count)
    return text(bytes)
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
}

/// Why a text is not a regular expression.
public struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
  /// PCRE2's words.
  public var reason: String
  /// The number of characters (Unicode scalars) that are read before the error is noticed.
  public var offset: Int

  public init(reason: String, offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  public var description: String { "\(reason), at offset \(offset)" }
}

/// Why a search has no result.
public enum SearchError: Error, Sendable, Hashable {
  /// The search takes more work, or more memory, than is allowed.
  case tooMuchWork
  /// Another error, in PCRE2's words.
  case failed(String)
}

/// A compiled regular expression in PCRE2's syntax. Text is compared by Unicode scalars, and `\w`, `\d`, `\s` and `\b`
/// have their Unicode meaning. `$` is the very end of the text, or with `(?m)` the end of each line; all line ends of
/// Unicode count.
public final class RegularExpression: @unchecked Sendable {
  // PCRE2 does not change compiled code, so that threads can share it.
  private let code: OpaquePointer
  /// The group that is the result of a match: 1 if there is one; 0 is the whole match.
  private let resultGroup: Int

  /// - Throws: `PatternError` if the text is not a regular expression in PCRE2's syntax.
  public init(_ pattern: String) throws(PatternError) {
    code = try RegularExpression.compile(pattern)
    var groups: UInt32 = 0
    pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_CAPTURECOUNT), &groups)
    resultGroup = groups > 0 ? 1 : 0
  }

  deinit { pcre2_code_free_8(code) }

  /// The first group of each match, or the whole match if the expression has no group. A match whose first group did not
  /// take part counts for `limit`, but has no result.
  ///
  /// - Parameter limit: How many matches are searched for.
  /// - Throws: `SearchError`. Whether it throws depends on the expression and the text alone.
  public func matches(in text: String, limit: Int = .max) throws(SearchError) -> [String] {
    var found: [String] = []
    try search(text, limit: limit) { if let result = $0 { found.append(String(decoding: result, as: UTF8.self)) } }
    return found
  }

  /// Whether the expression matches somewhere in the text.
  ///
  /// - Throws: The same as `matches`.
  public func finds(in text: String) throws(SearchError) -> Bool {
    var isFound = false
    try search(text, limit: 1) { _ in isFound = true }
    return isFound
  }

  /// Calls `found` with the result group of each match; `nil` if the group did not take part.
  private func search(
    _ text: String, limit: Int, _ found: (Slice<UnsafeBufferPointer<UInt8>>?) -> Void
  ) throws(SearchError) {
    try text.utf8Span.span.withUnsafeBufferPointer { (bytes) throws(SearchError) in
      let search = try Search(code, in: bytes)
      var start = 0
      for _ in 0..<limit {
        guard start <= bytes.count, let match = try search.match(from: start) else { return }
        found(search.range(of: resultGroup).map { bytes[$0] })
        // `\K` can end a match before the place at which the search began
        let end = max(match.upperBound, start)
        start = match.isEmpty ? bytes.position(after: end) : end
      }
    }
  }

  private static func compile(_ pattern: String) throws(PatternError) -> OpaquePointer {
    guard let context = pcre2_compile_context_create_8(nil) else { throw PatternError(reason: "no memory", offset: 0) }
    defer { pcre2_compile_context_free_8(context) }
    pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_ANY))
    let options =
      PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C
      // for the limit of work
      | PCRE2_AUTO_CALLOUT
    var number: Int32 = 0
    var offset = 0
    let code = pattern.utf8Span.span.withUnsafeBufferPointer { bytes in
      pcre2_compile_8(bytes.baseAddress, bytes.count, options, &number, &offset, context)
    }
    guard let code else {
      let before = String(decoding: pattern.utf8.prefix(offset), as: UTF8.self).unicodeScalars.count
      throw PatternError(reason: PatternLibrary.message(number), offset: before)
    }
    return code
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The index after the character at an index. CR LF is one line end, inside of which nothing matches.
  fileprivate func position(after index: Int) -> Int {
    if index + 1 < count, self[index] == 0x0D, self[index + 1] == 0x0A { return index + 2 }
    var next = index + 1
    while next < count, self[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }
}
