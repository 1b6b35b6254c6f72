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
    let known = compiled.withLock { $0[pattern] }
    let expression: NSRegularExpression?
    if let known {
      expression = known
    } else {
      expression = try? NSRegularExpression(pattern: pattern)
      compiled.withLock { $0[pattern] = .some(expression) }
    }
    guard let expression else { return nil }
    let length = min((text as NSString).length, PatternCache.longestSubject)
    return expression.firstMatch(in: text, range: NSRange(location: 0, length: length)) != nil
  }
}
