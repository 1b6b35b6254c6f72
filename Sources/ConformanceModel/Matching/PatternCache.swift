// Compiled regular expressions, each compiled once.

import Foundation

/// Regular expressions in ICU's syntax, compiled once for a run; `$` is the very end of the text. The lock protects the
/// cache.
public final class PatternCache: Sendable {
  private let compiled = Locked<[String: NSRegularExpression?]>([:])

  /// The longest text that is searched: 1 MiB of UTF-16.
  public static let maxSubject = 1 << 20

  /// How often the engine may report progress in one search: once for each start position, and once for each ten
  /// thousand states or so.
  ///
  /// The limit counts work, not time, so that a search ends the same on every machine. Foundation's engine gives up
  /// silently when one start position takes some thousand reports more, and returns "not found".
  private static let maxSteps = 3000

  /// The time limit for all matches of a long text, whose progress reports do not separate work from start positions.
  private static let maxTime = Duration.seconds(2)

  public init() {}

  /// Whether the pattern is a regular expression.
  public static func canRead(_ pattern: String) -> Bool { PatternSyntax.compile(pattern) != nil }

  /// Whether the pattern is found in the text.
  ///
  /// - Throws: `UnresolvedReference` if it is not a regular expression or takes too much work on this text.
  public func finds(_ pattern: String, in text: String) throws(UnresolvedReference) -> Bool {
    try !search(pattern, in: text, limit: 1).isEmpty
  }

  /// The first group of each match, or the whole match if the pattern has no group.
  ///
  /// - Throws: The same as `finds`.
  public func matches(_ pattern: String, in text: String) throws(UnresolvedReference) -> [String] {
    try search(pattern, in: text, limit: .max).compactMap { match in
      Range(match.range(at: match.numberOfRanges > 1 ? 1 : 0), in: text).map { String(text[$0]) }
    }
  }

  private func search(_ pattern: String, in text: String, limit: Int) throws(UnresolvedReference)
    -> [NSTextCheckingResult]
  {
    guard let plain = expression(pattern) else { throw .pattern(pattern, "cannot be read") }
    // each search copies the text
    let text =
      text.utf8.count > PatternCache.maxSubject ? String(text.unicodeScalars.prefix(PatternCache.maxSubject)) : text
    if let found = PatternCache.search(plain, in: text, limit: limit, steps: PatternCache.maxSteps) { return found }
    // a long text has many start positions: as one search from the start, only the work counts
    if let whole = expression("\\A[\\s\\S]*?(?:\(pattern))"),
      let first = PatternCache.search(whole, in: text, limit: 1, steps: PatternCache.maxSteps)
    {
      if first.isEmpty || limit == 1 { return first }
      if let found = PatternCache.search(plain, in: text, limit: limit, steps: .max, until: .now + PatternCache.maxTime)
      {
        return found
      }
    }
    throw .pattern(
      pattern,
      "takes too much work on a text of \(text.utf8.count) bytes: start it with ^ or with a rare text, "
        + "and do not nest repetitions"
    )
  }

  /// The matches; `nil` if the search was given up.
  private static func search(
    _ expression: NSRegularExpression, in text: String, limit: Int, steps: Int,
    until end: ContinuousClock.Instant? = nil
  ) -> [NSTextCheckingResult]? {
    var found: [NSTextCheckingResult] = []
    var taken = 0, isTooMuch = false
    expression.enumerateMatches(in: text, options: [.reportProgress, .reportCompletion], range: range(text)) {
      match, flags, stop in
      if let match { found.append(match) }
      if flags.contains(.progress) { taken += 1 }
      if taken > steps || flags.contains(.internalError) { isTooMuch = true }
      if let end, taken % 256 == 255, ContinuousClock.now > end { isTooMuch = true }
      if isTooMuch || found.count >= limit { stop.pointee = true }
    }
    return isTooMuch ? nil : found
  }

  private func expression(_ pattern: String) -> NSRegularExpression? {
    if let known = compiled.withLock({ $0[pattern] }) { return known }
    let expression = PatternSyntax.compile(pattern)
    compiled.withLock { $0[pattern] = .some(expression) }
    return expression
  }

  private static func range(_ text: String) -> NSRange {
    NSRange(location: 0, length: min((text as NSString).length, PatternCache.maxSubject))
  }
}
