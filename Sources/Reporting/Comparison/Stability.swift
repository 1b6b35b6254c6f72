// Which parts of a value are stable from run to run, and which are generated in each run.

import ConformanceModel

/// Normalizes values for a comparison: parts that differ in every run are replaced by placeholders.
///
/// Recognized by form: masked secrets (`$TOKEN`, `***`), the authority of a URL, times, words that mix letters and
/// digits or upper and lower case irregularly, numbers, and the length of white space. Recognized by origin: random
/// words that conform sent in the same case.
enum Stability {
  static let secret = "‹secret›", time = "‹time›", generated = "‹generated›", sent = "‹sent›", host = "‹host›"
  private static let all = [secret, time, generated, sent, host]
  private static let maxLength = 2000

  /// - Parameters:
  ///   - sent: Random words that conform sent.
  ///   - keepsNumbers: Keep numbers of up to nine digits, as in `max-age=3600`.
  static func text(_ text: String, sent: Set<String> = [], keepsNumbers: Bool = false) -> String {
    var result = ""
    var word = ""
    func endWord() {
      guard !word.isEmpty else { return }
      result += self.word(word, sent, keepsNumbers)
      word = ""
    }
    for scalar in withoutHosts(SafeText.start(of: text, longest: maxLength).replacingHTTPDates(with: time))
      .unicodeScalars
    {
      if isWord(scalar) {
        word.unicodeScalars.append(scalar)
      } else {
        endWord()
        // padding varies in length
        if !scalar.properties.isWhitespace {
          result.unicodeScalars.append(scalar)
        } else if result.last != " " {
          result += " "
        }
      }
    }
    endWord()
    return result
  }

  /// The words of a text that a response may repeat.
  static func words(_ text: String) -> [String] {
    SafeText.start(of: text, longest: 20_000).unicodeScalars.split { !isWord($0) }.lazy.map { String($0) }.filter {
      $0.utf8.count >= 6
    }
  }

  /// Whether both values consist of the same kinds of parts: if only one looks generated, the difference proves
  /// nothing.
  static func isComparable(_ one: Set<String>, _ other: Set<String>) -> Bool { kinds(one) == kinds(other) }

  private static func kinds(_ values: Set<String>) -> Set<[Int]> {
    Set(
      values.map { value in
        all.map { mark in value.contains("‹") ? value.split(separator: mark, omittingEmptySubsequences: false).count : 1
        }
      })
  }

  /// Whether the last word of a member or field name says that its value is generated in each run.
  static func isVolatile(name: String) -> Bool { parts(of: name).last.map { volatileNames.contains($0) } ?? false }

  private static let volatileNames: Set<String> = [
    "id", "ids", "uid", "uuid", "guid", "key", "token", "secret", "nonce", "jti", "iat", "exp", "nbf", "at", "time",
    "date", "timestamp", "trace",
    "traceparent", "span", "etag", "cursor", "hash", "digest", "signature", "port", "host", "seq", "sequence", "number",
    "duration", "elapsed", "took", "age",
    "after", "bytes", "size", "length", "count", "total", "expires", "modified", "remaining", "reset", "cookie",
    "timing", "ray", "instance", "location",
  ]

  /// The words of a name: `created_at`, `createdAt` and `Created-At` have two.
  private static func parts(of name: String) -> [String] {
    var parts: [String] = [""]
    var wasLower = false
    for scalar in name.unicodeScalars.prefix(200) {
      let isUpper = ("A"..."Z").contains(scalar)
      if !("a"..."z").contains(scalar), !isUpper, !("0"..."9").contains(scalar) {
        parts.append("")
      } else {
        if isUpper, wasLower { parts.append("") }
        parts[parts.count - 1] += String(scalar).lowercased()
      }
      wasLower = ("a"..."z").contains(scalar)
    }
    return parts.filter { !$0.isEmpty }
  }

  /// Whether a member name is itself a generated key.
  static func isGenerated(name: String) -> Bool { all.contains(text(name)) }

  /// Whether a number looks like a time: seconds or milliseconds since 1970, in this century.
  static func isMoment(_ number: String) -> Bool {
    guard let value = Double(number) else { return false }
    return (946_684_800...4_102_444_800).contains(value) || (946_684_800_000...4_102_444_800_000).contains(value)
  }

  // MARK: Words

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".", "+", ":", "%", "~", "$", "*": true
    default: false
    }
  }

  private static func word(_ word: String, _ sent: Set<String>, _ keepsNumbers: Bool) -> String {
    // without punctuation at its end
    let end = word.lastIndex { !".:".contains($0) }.map { word.index(after: $0) } ?? word.startIndex
    let core = String(word[..<end]), rest = String(word[end...])
    if core.isEmpty || core.contains("‹") { return word }
    if isSecret(core) { return secret + rest }
    if sent.contains(core) { return self.sent + rest }
    let digits = core.utf8.count { (0x30...0x39).contains($0) }
    let letters = core.utf8.count { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
    if digits == core.utf8.count { return digits >= (keepsNumbers ? 10 : 1) ? generated + rest : word }
    if digits > 0, core.contains(":") { return time + rest }
    if SimulatedInstant(rfc3339: core) != nil || isDate(core) { return time + rest }
    let maxPart = core.split { "-_.+:%~".contains($0) }.max { $0.utf8.count < $1.utf8.count } ?? ""
    if digits > 0, letters > 0, core.utf8.count >= 12 || maxPart.utf8.count >= 8 { return generated + rest }
    if digits >= 4, letters == 0 { return generated + rest }
    return isRandomCase(maxPart) ? generated + rest : word
  }

  private static func isSecret(_ word: String) -> Bool {
    if word.contains("***") { return true }
    guard let dollar = word.firstIndex(of: "$"), let next = word[dollar...].dropFirst().unicodeScalars.first else {
      return false
    }
    return ("A"..."Z").contains(next)
  }

  private static func isDate(_ word: String) -> Bool {
    let parts = word.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count >= 3 && parts[0].utf8.count == 4 && parts[0].utf8.allSatisfy { (0x30...0x39).contains($0) }
      && Int(parts[1]) != nil
  }

  /// Whether upper and lower case alternate as in random text: `eKHytQRS`, but not `ReferenceService`.
  private static func isRandomCase(_ word: Substring) -> Bool {
    guard word.utf8.count >= 8 else { return false }
    let cases = word.utf8.map { (0x41...0x5A).contains($0) }
    let changes = zip(cases, cases.dropFirst()).count { $0 != $1 }
    return changes * 4 >= word.utf8.count
  }

  /// `http://127.0.0.1:45573/v1` becomes `http://‹host›/v1`.
  private static func withoutHosts(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "/")) else { return text }
    var result = "", rest = text[...]
    while let mark = rest.firstRange(of: "://") {
      result += rest[..<mark.upperBound] + host
      rest = rest[mark.upperBound...].drop { !"/?#\"' <>,;".contains($0) }
    }
    return result + rest
  }
}
