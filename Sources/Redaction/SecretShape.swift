// What secrets look like: the names that suggest one, texts that look random, and JSON Web Tokens.

import Glibc
import JSONValue

package enum SecretName {
  private static let words: Set<String> = [
    "token", "tokens", "secret", "secrets", "password", "passwd", "pass", "pwd", "session", "sessionid", "sid", "key",
    "keys",
    "apikey",
    "credential", "credentials", "jwt", "assertion", "signature",
  ]
  /// Names that are written in one word, such as `accesstoken`.
  private static let endings = ["token", "secret", "password", "apikey", "accesskey", "sessionid"]

  /// Whether the name of a header field or member suggests that its value is a secret: `X-Auth-Token`, `apiKey`.
  package static func suggestsSecret(_ name: String) -> Bool {
    guard name.utf8.count <= 64 else { return false }
    let words = words(of: name)
    if words.contains(where: SecretName.words.contains) { return true }
    return words.contains { word in endings.contains { word.hasSuffix($0) } }
  }

  /// The words of `X-Auth-Token`, `auth_token` and `authToken`, in lower case.
  private static func words(of name: String) -> [String] {
    // nearly all names are ASCII, where a byte is a character
    guard name.utf8.allSatisfy({ $0 < 0x80 }) else { return words(ofCharacters: name) }
    var words: [String] = []
    var word: [UInt8] = []
    func end() {
      if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
      word.removeAll(keepingCapacity: true)
    }
    var isLower = false
    for byte in name.utf8 {
      switch byte {
      case 0x61...0x7A:
        isLower = true
        word.append(byte)
      case 0x41...0x5A:
        if isLower { end() }
        isLower = false
        word.append(byte | 0x20)
      case 0x30...0x39:
        isLower = false
        word.append(byte)
      default:
        isLower = false
        end()
      }
    }
    end()
    return words
  }

  private static func words(ofCharacters name: String) -> [String] {
    var words: [String] = [""]
    var isLower = false
    for character in name {
      guard character.isLetter || character.isNumber else {
        words.append("")
        isLower = false
        continue
      }
      if character.isUppercase, isLower { words.append("") }
      isLower = character.isLowercase
      words[words.count - 1] += character.lowercased()
    }
    return words.filter { !$0.isEmpty }
  }
}

package enum SecretText {
  /// Bits for each character; hexadecimal has at most 4, Base64 at most 6. A random text of 16 digits has about 3.
  private static let minEntropy = 2.8

  /// Whether a text could be a secret that a machine made: long enough, without spaces, and of no other known form.
  package static func looksRandom(_ text: String) -> Bool { looksRandom(text, minLength: 16) }

  /// Whether a text replaces a secret that is not shown: `**********`, `••••`, `xxxxxxxx`, `[REDACTED]`, `<hidden>`,
  /// `********1f3a`.
  static func isPlaceholder(_ text: String) -> Bool {
    // most secrets are letters and digits, no four of them alike in a row
    if isAlphanumeric(text.utf8) { return text.utf8.count <= maxPlaceholder && isMaskedWord(text.utf8) }
    guard text.utf8.count <= maxPlaceholder, let first = text.first, let last = text.last else { return text.isEmpty }
    if text.allSatisfy({ $0 == first }) || !text.contains(where: { $0.isLetter || $0.isNumber }) { return true }
    if ["<>", "[]", "()", "{}"].contains("\(first)\(last)") {
      return text.dropFirst().dropLast().allSatisfy { $0.isLetter || " _-".contains($0) }
    }
    // the start or the end of a secret is often left, by which people recognise it
    let hidden = text.drop { !maskCharacters.contains($0) }
    let count = hidden.prefix { $0 == hidden.first }.count
    return count >= 4 && 2 * count >= text.count
  }

  /// ASCII letters, digits and the separators of Base64url, beginning with a letter or digit.
  private static func isAlphanumeric(_ text: String.UTF8View) -> Bool {
    guard let first = text.first, isAlphanumeric(first) else { return false }
    return text.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
  }

  /// The same as below, for text that only the letter X can mask.
  private static func isMaskedWord(_ text: String.UTF8View) -> Bool {
    if let first = text.first, text.allSatisfy({ $0 == first }) { return true }
    guard let start = text.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "x") }) else { return false }
    let count = text[start...].prefix { $0 == text[start] }.count
    return count >= 4 && 2 * count >= text.count
  }

  private static let maskCharacters: Set<Character> = ["*", "•", "●", "x", "X", "#", ".", "…"]
  /// In bytes.
  private static let maxPlaceholder = 256

  /// The start of a long text decides.
  static let maxJudged = 512

  static func looksRandom(_ text: String, minLength: Int) -> Bool {
    guard text.utf8.count >= minLength else { return false }
    let bytes = Array(text.utf8.prefix(maxJudged))
    guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }), !isOrdinary(bytes) else { return false }
    let hasDigits = bytes.contains { (0x30...0x39).contains($0) }
    let hasLetters = bytes.contains { (0x61...0x7A).contains($0 | 0x20) }
    // words have a capital at their start; a random text changes its case in the middle
    let changes = zip(bytes, bytes.dropFirst()).count { isLower($0) && isUpper($1) || isUpper($0) && isUpper($1) }
    guard hasLetters, hasDigits || changes >= max(3, bytes.count / 6) else { return false }
    return bytes.count < 16 || entropy(bytes) >= minEntropy
  }

  /// Whether a text is words without digits, which many services write in the place of a secret: `PROTECTED`, `not shown
  /// again`.
  package static func isWords(_ text: String) -> Bool {
    let bytes = text.utf8.map { $0 == 0x20 ? UInt8(ascii: "-") : $0 }
    return !bytes.contains { (0x30...0x39).contains($0) } && !bytes.contains(UInt8(ascii: "@")) && isOrdinary(bytes)
      && !hasScheme(bytes)
  }

  /// URLs, dates, numbers, versions, media types, and words that are joined by separators.
  static func isOrdinary(_ text: String) -> Bool { isOrdinary(Array(text.utf8)) }

  private static func isOrdinary(_ bytes: [UInt8]) -> Bool {
    if bytes.first == UInt8(ascii: "/") || bytes.contains(UInt8(ascii: "@")) || hasScheme(bytes) { return true }
    let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
    // 2026-11-28T09:07:34Z
    if bytes.count >= 10, bytes.prefix(4).allSatisfy(isDigit), bytes[4] == 0x2D, bytes[7] == 0x2D { return true }
    if bytes.allSatisfy({ isDigit($0) || ".,:+-".utf8.contains($0) }) { return true }
    // `client_secret_basic`, `application/json`, `RS256`: each part is letters, with few digits at its end
    var rest = bytes[...]
    var count = 0, hasNumber = false
    while let start = rest.firstIndex(where: { !isSeparator($0) }) {
      let part = rest[start...].prefix { !isSeparator($0) }
      rest = rest[part.endIndex...]
      let letters = part.prefix { !isDigit($0) }
      let digits = part.dropFirst(letters.count)
      let isWord = letters.dropFirst().allSatisfy(isLower) || letters.allSatisfy(isUpper)
      guard isWord, letters.count <= 24, digits.count <= 4, digits.allSatisfy(isDigit) else { return false }
      count += 1
      if letters.isEmpty { hasNumber = true }
    }
    return !hasNumber || count > 1
  }

  /// Whether the text contains `://`.
  private static func hasScheme(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { raw in
      var index = 0
      // by the C library, since the texts of a large body all pass here
      while let base = raw.baseAddress, index < raw.count,
        let colon = memchr(base + index, Int32(UInt8(ascii: ":")), raw.count - index)
      {
        index = base.distance(to: UnsafeRawPointer(colon)) + 1
        if index + 1 < raw.count, raw[index] == UInt8(ascii: "/"), raw[index + 1] == UInt8(ascii: "/") { return true }
      }
      return false
    }
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "+"),
      UInt8(ascii: ":"):
      true
    default: false
    }
  }

  private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
  private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }

  /// Shannon's entropy of the characters.
  private static func entropy(_ bytes: [UInt8]) -> Double {
    var counts = [Int](repeating: 0, count: 256)
    for byte in bytes { counts[Int(byte)] += 1 }
    let total = Double(bytes.count)
    return counts.reduce(0.0) { sum, count in
      count == 0 ? sum : sum - Double(count) / total * log2(Double(count) / total)
    }
  }
}

/// JSON Web Tokens in the compact serialization (RFC 7515 section 3.1, RFC 7516 section 3.1).
enum JWT {
  /// All tokens in a text: parts of Base64url, of which the first is a JSON object with `alg`.
  static func all(in text: [UInt8]) -> [String] {
    var tokens: [String] = []
    // a token has two dots or more
    guard let dot = text.firstIndex(of: UInt8(ascii: ".")), text[(dot + 1)...].contains(UInt8(ascii: ".")) else {
      return tokens
    }
    var index = 0
    while index < text.count, tokens.count <= SecretFinder.maxCount {
      guard isPart(text[index]) else {
        index += 1
        continue
      }
      let (start, dots) = (index, skipRun(in: text, &index))
      // most texts have no dots, or one
      guard (2...4).contains(dots) else { continue }
      let run = text[start..<index]
      let parts = run.split(separator: UInt8(ascii: "."), maxSplits: 5, omittingEmptySubsequences: false)
      guard parts.count >= 3, parts.count <= 5, parts[0].count >= 8, !parts[1].isEmpty || parts.count == 5 else {
        continue
      }
      if isHeader(parts[0]) { tokens.append(String(decoding: run, as: UTF8.self)) }
    }
    return tokens
  }

  /// Goes to the end of the characters that a token can have; returns how many of them are dots.
  private static func skipRun(in text: [UInt8], _ index: inout Int) -> Int {
    var dots = 0
    while index < text.count {
      let byte = text[index]
      if byte == UInt8(ascii: ".") { dots += 1 } else if !isPart(byte) { break }
      index += 1
    }
    return dots
  }

  private static let maxHeader = 4096

  private static func isHeader(_ part: ArraySlice<UInt8>) -> Bool {
    guard part.count <= maxHeader, let bytes = decode(part), bytes.contains(UInt8(ascii: "{")),
      let json = try? JSON(parsing: bytes)
    else { return false }
    return json["alg"]?.string != nil
  }

  private static func isPart(_ byte: UInt8) -> Bool { value(byte) != nil }

  private static func value(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x41...0x5A: UInt32(byte - 0x41)
    case 0x61...0x7A: UInt32(byte - 0x61 + 26)
    case 0x30...0x39: UInt32(byte - 0x30 + 52)
    case UInt8(ascii: "-"): 62
    case UInt8(ascii: "_"): 63
    default: nil
    }
  }

  private static func decode(_ part: ArraySlice<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    var buffer: UInt32 = 0
    var bits = 0
    for byte in part {
      guard let value = value(byte) else { return nil }
      buffer = buffer << 6 | value
      bits += 6
      if bits >= 8 {
        bits -= 8
        result.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
      }
    }
    return result
  }
}
