// Compiled regular expressions, each compiled once.

import Foundation

/// Regular expressions in ICU's syntax, compiled once for a run. The lock protects the cache.
public final class PatternCache: Sendable {
  private let compiled = Locked<[String: NSRegularExpression?]>([:])

  /// Longer texts are searched only up to here: 1 MiB of UTF-16.
  public static let longestSubject = 1 << 20

  public init() {}

  /// Whether the pattern is found in the text; `nil` if it is not a regular expression.
  public func finds(_ pattern: String, in text: String) -> Bool? {
    guard let expression = expression(pattern) else { return nil }
    return expression.firstMatch(in: text, range: PatternCache.range(text)) != nil
  }

  /// What the pattern finds: of each match the first group, or the whole where the pattern has none.
  public func matches(_ pattern: String, in text: String) -> [String] {
    guard let expression = expression(pattern) else { return [] }
    let group = expression.numberOfCaptureGroups > 0 ? 1 : 0
    return expression.matches(in: text, range: PatternCache.range(text)).compactMap { match in
      Range(match.range(at: group), in: text).map { String(text[$0]) }
    }
  }

  private func expression(_ pattern: String) -> NSRegularExpression? {
    if let known = compiled.withLock({ $0[pattern] }) { return known }
    let expression = try? NSRegularExpression(pattern: pattern)
    compiled.withLock { $0[pattern] = .some(expression) }
    return expression
  }

  private static func range(_ text: String) -> NSRange {
    NSRange(location: 0, length: min((text as NSString).length, PatternCache.longestSubject))
  }
}
