// Encodings of secrets, while the case runs and after it is over.

import ConformanceModel
import JSONValue
import TestSupport
import Testing

@testable import Redaction

@Suite("The encodings of a secret")
struct EncodedSecretTests {
  static let secrets = ["tok-9f8e7d6c5b4a39281706", "p%&+=:/ ?#~*S3cr3t-with_ödd \"quotes\"\\", "eyJhbGciOi.a-b_c.d9"]

  /// Ways to write a text, by name.
  static let encodings: [(name: String, encode: @Sendable (String) -> String)] = [
    ("plain", { $0 }),
    ("JSON", { String(JSON.string($0).compact.dropFirst().dropLast()) }),
    ("JSON, all escaped", { utf16($0, "a") }),
    ("JSON, upper case", { utf16($0, "A") }),
    ("form", { FormEncoding.encode($0) }),
    ("percent, all", { escaped($0, { "%" + hex($0, "A") }) }),
    ("percent, lower case", { escaped($0, { "%" + hex($0, "a") }) }),
    ("percent, mixed", { mixed($0) }),
    ("percent, twice", { escaped($0, { "%25" + hex($0, "A") }) }),
    ("HTML, decimal", { $0.unicodeScalars.map { "&#\($0.value);" }.joined() }),
    ("HTML, hexadecimal", { $0.unicodeScalars.map { "&#x\(String($0.value, radix: 16));" }.joined() }),
    ("the zeros of UTF-16", { $0.unicodeScalars.map { "\($0)\0" }.joined() }),
    ("the zeros of UTF-32", { $0.unicodeScalars.map { "\0\0\0\($0)" }.joined() }),
    ("hexadecimal", { escaped($0, { hex($0, "a") }) }),
    ("hexadecimal, upper case", { escaped($0, { hex($0, "A") }) }),
    ("Base64", { Base64.encode(Array($0.utf8)) }),
    ("Base64, shifted by 1", { Base64.encode(Array(("x" + $0).utf8)) }),
    ("Base64, shifted by 2", { Base64.encode(Array(("xy" + $0 + "tail").utf8)) }),
    ("Base64url", { url(Base64.encode(Array($0.utf8))) }),
    ("Base64url, shifted by 1", { url(Base64.encode(Array(("x" + $0).utf8))) }),
    ("Basic credentials", { Base64.encode(Array("client-1:\($0)".utf8)) }),
  ]

  private static func hex(_ byte: UInt8, _ letter: Character) -> String {
    let digits = String(byte, radix: 16, uppercase: letter == "A")
    return digits.count == 1 ? "0" + digits : digits
  }

  private static func utf16(_ text: String, _ letter: Character) -> String {
    text.utf16.map { "\\u" + hex(UInt8($0 >> 8), letter) + hex(UInt8($0 & 255), letter) }.joined()
  }

  private static func escaped(_ text: String, _ escape: (UInt8) -> String) -> String {
    text.utf8.map(escape).joined()
  }

  private static func mixed(_ text: String) -> String {
    text.utf8.enumerated().map { "%" + hex($0.element, $0.offset % 2 == 0 ? "a" : "A") }.joined()
  }

  private static func url(_ text: String) -> String {
    String(text.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
  }

  /// The parts of a text that a reader could decode: with all escapes that the decoder knows undone.
  private static func isShown(_ secret: String, in text: String, _ encoded: String) -> Bool {
    // nothing of the middle of the encoded text is left
    let middle = encoded.dropFirst(encoded.count / 3).prefix(12)
    return text.contains(secret.dropFirst(4).prefix(8)) || text.contains(middle)
  }

  @Test("are masked while the secret is held", arguments: EncodedSecretTests.encodings.indices, secrets)
  func held(_ index: Int, _ secret: String) {
    let redactor = SecretRedactor()
    redactor.register(secret, as: "SECRET")
    let encoded = EncodedSecretTests.encodings[index].encode(secret)
    let clean = redactor.redact("<\(encoded)> rest")
    // a character of the encoding can follow that the secret does not determine alone
    let isMasked = clean.contains("$SECRET") || clean.contains("${SECRET}")
    #expect(isMasked && clean.hasPrefix("<") && clean.hasSuffix("> rest"), "\(clean)")
    #expect(!EncodedSecretTests.isShown(secret, in: clean, encoded), "\(clean)")
  }

  @Test("are masked to the end of the run", arguments: EncodedSecretTests.encodings.indices, secrets)
  func retired(_ index: Int, _ secret: String) {
    let redactor = SecretRedactor()
    redactor.register(secret, as: "SECRET")
    redactor.retire(secret)
    let encoded = EncodedSecretTests.encodings[index].encode(secret)
    let clean = redactor.redact("<\(encoded)> rest")
    #expect(clean.contains("***") && clean.hasPrefix("<") && clean.hasSuffix("> rest"), "\(clean)")
    #expect(!EncodedSecretTests.isShown(secret, in: clean, encoded), "\(clean)")
  }

  @Test("are found next to signs that only look like escapes", arguments: ["&", "]", "\\\"", "%", "\\"])
  func nextToSigns(sign: String) {
    let redactor = SecretRedactor()
    redactor.register("key-9f8e7d6c", as: "KEY")
    for secret in ["%6bey-9f8e7d6c", "\\u006bey-9f8e7d6c", "&#107;ey-9f8e7d6c"] {
      #expect(!redactor.redact("a\(sign)\(secret) b").contains("9f8e7d6c"))
    }
  }

  @Test("are masked as long as the secret is held, though one of them was registered and released")
  func releasedEncoding() {
    let redactor = SecretRedactor()
    let holder = redactor.newHolder()
    // without padding, all of the encoding is one of the forms of the secret
    let secret = "abcdefghijkl", encoded = Base64.encode(Array("abcdefghijkl".utf8))
    for isFirst in [false, true] {
      if isFirst { redactor.register(encoded, as: "ENCODED", for: holder) }
      redactor.register(secret, as: "KEY")
      if !isFirst { redactor.register(encoded, as: "ENCODED", for: holder) }
      #expect(redactor.redact("<\(encoded)>") == (isFirst ? "<$KEY>" : "<$ENCODED>"))
      redactor.remove(encoded: encoded, by: holder)
      #expect(redactor.redact("<\(encoded)>") == "<$KEY>")
      redactor.register(encoded, as: "ENCODED", for: holder)
      redactor.retire(secret)
      redactor.remove(encoded: encoded, by: holder)
      #expect(redactor.redact("<\(encoded)>") == "<***>")
    }
  }

  @Test("are masked in a line of the log, which stays JSON", arguments: EncodedSecretTests.encodings.indices)
  func line(_ index: Int) throws {
    for secret in EncodedSecretTests.secrets {
      let redactor = SecretRedactor()
      redactor.register(secret, as: "SECRET")
      redactor.retire(secret)
      let encoded = EncodedSecretTests.encodings[index].encode(secret)
      let line = JSON.object([.init("text", .string("<\(encoded)>")), .init("next", "word")]).compactBytes
      let json = try JSON(parsing: redactor.redact(line, isJSON: true))
      #expect(json["next"] == "word")
      #expect(!EncodedSecretTests.isShown(secret, in: json["text"]?.string ?? "", encoded), "\(json.compact)")
    }
  }

  @Test("are masked whole, though the start of the secret is there as it is", arguments: [false, true])
  func plainStart(isRetired: Bool) {
    let redactor = SecretRedactor()
    let secret = "abcdefghij\"KLMNOPQRSTUVW"
    redactor.register(secret, as: "SECRET")
    if isRetired { redactor.retire(secret) }
    let twice = JSON.string(JSON.string(secret).compact).compact
    let clean = redactor.redact(twice)
    #expect(clean == #""\"\#(isRetired ? "***" : "$SECRET")\"""#)
  }

  @Test("cost at most ten keys for each secret whose case is over")
  func memory() {
    let redactor = SecretRedactor()
    var generator = SplitMix(seed: 3)
    let secrets = (0..<1000).map { _ in
      (0..<4).map { _ in String(generator.next(), radix: 36) }.joined()
    }
    for secret in secrets {
      redactor.register(secret, as: "SECRET", for: 1)
      redactor.retire(secret, by: 1)
    }
    #expect((4000...10_000).contains(redactor.retiredKeys), "\(redactor.retiredKeys)")
    for secret in secrets { #expect(redactor.redact("<\(secret)>") == "<***>") }
  }

  @Test("cost nothing after the end of the run")
  func afterEnd() {
    let redactor = SecretRedactor()
    redactor.register("a-secret-that-is-held", as: "HELD")
    redactor.register("a-secret-of-a-case", as: "RETIRED", for: 1)
    redactor.retire("a-secret-of-a-case", by: 1)
    #expect(redactor.retiredKeys > 0)
    redactor.end()
    #expect(redactor.retiredKeys == 0 && !redactor.knows("a-secret-that-is-held"))
  }

  @Test("of a secret with other characters than tokens have are masked to its end, and no further")
  func end() {
    let redactor = SecretRedactor()
    let secret = "first words, then more"
    redactor.register(secret, as: "SECRET")
    redactor.retire(secret)
    #expect(redactor.redact("a \(secret) is here") == "a *** is here")
    #expect(redactor.redact("a first words, then less") == "a ***rds, then less")
  }

  @Test("of a secret of more than 4,096 bytes are masked to its end", arguments: [false, true], [false, true])
  func long(isRetired: Bool, isToken: Bool) {
    let secret = (0..<900).map { isToken ? "t\($0 * 7919)-" : "part \($0), " }.joined()
    for (name, encode) in EncodedSecretTests.encodings {
      let redactor = SecretRedactor()
      redactor.register(secret, as: "SECRET")
      if isRetired { redactor.retire(secret) }
      let clean = redactor.redact("<\(encode(secret))>")
      #expect(clean.utf8.count < 40 && clean.hasPrefix("<") && clean.hasSuffix(">"), "\(name): \(clean.suffix(200))")
    }
  }

  /// The decoder sees such a text in parts.
  @Test(
    "of a secret of many kilobytes, with all of it escaped, are masked to its end", arguments: [false, true], 1...2)
  func longEscaped(isRetired: Bool, layers: Int) {
    let secret = (0..<20_000).map { "t\($0 * 7919)-" }.joined()
    let redactor = SecretRedactor()
    redactor.register(secret, as: "SECRET")
    if isRetired { redactor.retire(secret) }
    var escaped = secret.utf8.map { "\\u00\(String($0, radix: 16))" }.joined()
    if layers == 2 { escaped = escaped.replacing("\\", with: "%5C") }
    let clean = redactor.redact("{\"a\":\"<\(escaped)>\",\"b\":\"after\"}")
    let mask = isRetired ? "***" : "$SECRET"
    #expect(clean.count < 80 && clean.hasPrefix("{\"a\":\"<\(mask)"), "\(clean.count): \(clean.prefix(80))")
    #expect(clean.hasSuffix("\"b\":\"after\"}"), "\(clean.suffix(80))")
  }

  @Test("are kept as long as another case holds the secret")
  func holders() {
    let redactor = SecretRedactor()
    let (one, two) = (redactor.newHolder(), redactor.newHolder())
    redactor.register("0123456789abcdef", as: "SHARED", for: one)
    redactor.register("0123456789abcdef", as: "SHARED", for: two)
    redactor.retire("0123456789abcdef", by: one)
    #expect(redactor.redact("0123456789abcdef") == "$SHARED")
    #expect(redactor.leak(in: Array("0123456789abcdef".utf8))?.label == "$SHARED")
    redactor.retire("0123456789abcdef", by: two)
    #expect(redactor.redact("0123456789abcdef") == "***")
    #expect(redactor.leak(in: Array("0123456789abcdef".utf8))?.label == SecretRedactor.labelOfRetired)
  }

  @Test("of a value that only looks like a secret are masked, and are not a leak")
  func looksLike() {
    let redactor = SecretRedactor()
    redactor.register("session-0123456789", as: "SESSION", isLeak: false)
    #expect(redactor.redact("session-0123456789") == "$SESSION")
    #expect(redactor.leak(in: Array("session-0123456789".utf8)) == nil)
    // the same value turns out to be a token
    redactor.register("session-0123456789", as: "SESSION")
    #expect(redactor.leak(in: Array("session-0123456789".utf8))?.label == "$SESSION")
  }
}
