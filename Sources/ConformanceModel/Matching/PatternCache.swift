// Compiled regular expressions, each compiled once.

import Foundation

/// Regular expressions in ICU's syntax, compiled once for a run. The lock protects the cache.
public final class PatternCache: Sendable {
  private let compiled = Locked<[String: NSRegularExpression?]>([:])

  /// Longer texts are searched only up to here: 1 MiB of UTF-16.
  public static let maxSubject = 1 << 20

  /// How often the engine may report in one search: for each place at which it begins, and for some ten thousand states that it tries.
  ///
  /// It counts work and not time, so that a search ends the same on every machine. Foundation's engine gives up by itself when one
  /// beginning takes some thousand more, and calls that "not found".
  private static let maxSteps = 3000

  /// For all matches of a long text: the work cannot be told from the places then.
  private static let maxTime = Duration.seconds(2)

  public init() {}

  /// Whether the pattern is found in the text.
  ///
  /// - Throws: `UnresolvedReference` where it is not a regular expression, or takes too much work on this text.
  public func finds(_ pattern: String, in text: String) throws(UnresolvedReference) -> Bool {
    try !search(pattern, in: text, most: 1).isEmpty
  }

  /// What the pattern finds: of each match the first group, or the whole where the pattern has none.
  ///
  /// - Throws: as `finds`.
  public func matches(_ pattern: String, in text: String) throws(UnresolvedReference) -> [String] {
    try search(pattern, in: text, most: .max).compactMap { match in
      Range(match.range(at: match.numberOfRanges > 1 ? 1 : 0), in: text).map { String(text[$0]) }
    }
  }

  private func search(_ pattern: String, in text: String, most: Int) throws(UnresolvedReference)
    -> [NSTextCheckingResult]
  {
    guard let plain = expression(pattern) else { throw .pattern(pattern, "cannot be read") }
    // each search copies the text
    let text =
      text.utf8.count > PatternCache.maxSubject ? String(text.unicodeScalars.prefix(PatternCache.maxSubject)) : text
    if let found = PatternCache.search(plain, in: text, most: most, steps: PatternCache.maxSteps) { return found }
    // a long text has many places to begin at: as one search that begins once, only the work counts
    if let whole = expression("\\A[\\s\\S]*?(?:\(pattern))"),
      let first = PatternCache.search(whole, in: text, most: 1, steps: PatternCache.maxSteps)
    {
      if first.isEmpty || most == 1 { return first }
      if let found = PatternCache.search(plain, in: text, most: most, steps: .max, until: .now + PatternCache.maxTime) {
        return found
      }
    }
    throw .pattern(
      pattern,
      "takes too much work on a text of \(text.utf8.count) bytes, and was given up: let it begin with ^ or with what is rare, and repeat nothing that repeats itself"
    )
  }

  /// The matches; `nil` where it was given up.
  private static func search(
    _ expression: NSRegularExpression, in text: String, most: Int, steps: Int, until end: ContinuousClock.Instant? = nil
  ) -> [NSTextCheckingResult]? {
    var found: [NSTextCheckingResult] = []
    var taken = 0, isTooMuch = false
    expression.enumerateMatches(in: text, options: [.reportProgress, .reportCompletion], range: range(text)) {
      match, flags, stop in
      if let match { found.append(match) }
      if flags.contains(.progress) { taken += 1 }
      if taken > steps || flags.contains(.internalError) { isTooMuch = true }
      if let end, taken % 256 == 255, ContinuousClock.now > end { isTooMuch = true }
      if isTooMuch || found.count >= most { stop.pointee = true }
    }
    return isTooMuch ? nil : found
  }

  private func expression(_ pattern: String) -> NSRegularExpression? {
    if let known = compiled.withLock({ $0[pattern] }) { return known }
    let expression = try? NSRegularExpression(pattern: pattern)
    compiled.withLock { $0[pattern] = .some(expression) }
    return expression
  }

  private static func range(_ text: String) -> NSRange {
    NSRange(location: 0, length: min((text as NSString).length, PatternCache.maxSubject))
  }
}
