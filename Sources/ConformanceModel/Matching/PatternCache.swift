// Compiled regular expressions, each compiled once.

import PatternMatching

/// Regular expressions in PCRE2's syntax, compiled once for a run; `$` is the very end of the text. The lock protects the
/// cache.
public final class PatternCache: Sendable {
  private let compiled = Locked<[String: Result<RegularExpression, PatternError>]>([:])

  /// The longest text that is searched, in bytes of UTF-8: 1 MiB.
  public static let maxSubject = 1 << 20

  public init() {}

  /// Why the pattern is not a regular expression, and at which offset; `nil` if it is one.
  public static func error(in pattern: String) -> String? {
    do throws(PatternError) {
      _ = try compile(pattern)
      return nil
    } catch {
      return error.description
    }
  }

  /// Whether the pattern is a regular expression.
  public static func canRead(_ pattern: String) -> Bool { error(in: pattern) == nil }

  /// Whether the pattern is found in the text.
  ///
  /// - Throws: `UnresolvedReference` if it is not a regular expression or takes too much work on this text.
  public func finds(_ pattern: String, in text: String) throws(UnresolvedReference) -> Bool {
    try search(pattern, in: text) { (expression, text) throws(SearchError) in try expression.finds(in: text) }
  }

  /// The first group of each match, or the whole match if the pattern has no group.
  ///
  /// - Throws: The same as `finds`.
  public func matches(_ pattern: String, in text: String) throws(UnresolvedReference) -> [String] {
    try search(pattern, in: text) { (expression, text) throws(SearchError) in try expression.matches(in: text) }
  }

  private func search<Result>(
    _ pattern: String, in text: String, _ search: (RegularExpression, String) throws(SearchError) -> Result
  ) throws(UnresolvedReference) -> Result {
    let expression = try expression(pattern)
    let text = PatternCache.start(of: text)
    do throws(SearchError) { return try search(expression, text) } catch {
      switch error {
      case .tooMuchWork:
        throw .pattern(
          pattern,
          "takes too much work on a text of \(text.utf8.count) bytes: start it with ^ or with a rare text, "
            + "and do not nest repetitions"
        )
      case .failed(let reason): throw .pattern(pattern, "cannot be evaluated: \(reason)")
      }
    }
  }

  /// A long text is cut, between two characters.
  private static func start(of text: String) -> String {
    guard text.utf8.count > maxSubject else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: maxSubject)
    while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
    return String(text[..<end])
  }

  private func expression(_ pattern: String) throws(UnresolvedReference) -> RegularExpression {
    let known = compiled.withLock { $0[pattern] }
    let result = known ?? Result { () throws(PatternError) in try PatternCache.compile(pattern) }
    if known == nil { compiled.withLock { $0[pattern] = result } }
    do throws(PatternError) { return try result.get() } catch {
      throw .pattern(pattern, "cannot be read: \(error)")
    }
  }

  /// The empty expression would be found in each text.
  private static func compile(_ pattern: String) throws(PatternError) -> RegularExpression {
    guard !pattern.isEmpty else { throw PatternError(reason: "it is empty", offset: 0) }
    return try RegularExpression(pattern)
  }
}
