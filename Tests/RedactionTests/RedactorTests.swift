import ConformanceModel
import Foundation
import JSONValue
import TestSupport
import Testing

@testable import Redaction

@Suite("The redactor")
struct RedactorTests {
  private static let secret = "p%&+=:/ ?#~*S3cr3t-with_ödd"

  static var allEncodings: [String] {
    let bytes = Array(secret.utf8)
    var all = [
      secret, FormEncoding.encode(secret), Filter.hex.apply(secret), Filter.hex.apply(secret).uppercased(),
      JSON.string(secret).compact,
    ]
    // inside Base64 at each alignment, as in Basic credentials with ids of several lengths
    for prefix in ["", "a", "ab", "abc:", "client-1:"] {
      all.append(Base64.encode(Array(prefix.utf8) + bytes + Array("tail".utf8)))
    }
    return all
  }

  @Test("a secret is found in each of its encodings", arguments: RedactorTests.allEncodings)
  func isFound(text: String) {
    let redactor = SecretRedactor()
    redactor.register(RedactorTests.secret, as: "ERP_SECRET")
    let clean = redactor.redact("before \(text) after")
    #expect(clean.contains("$ERP_SECRET") || clean.contains("${ERP_SECRET}"))
    #expect(clean.hasPrefix("before ") && clean.hasSuffix(" after"))
    let core = Base64.encode(Array(RedactorTests.secret.utf8))
    #expect(!clean.contains(RedactorTests.secret) && !clean.contains(core.prefix(12)))
  }

  @Test("the first eight bytes of a secret are masked, though the rest is missing")
  func cutSecret() {
    let redactor = SecretRedactor()
    redactor.register("abcdefghijklmnop", as: "TOKEN")
    #expect(redactor.redact("x abcdefghij") == "x $TOKEN")
  }

  @Test("the label of a secret has braces before a character of a name", arguments: ["A", "7", "_"])
  func braces(next: String) {
    let redactor = SecretRedactor()
    redactor.register("abcdefghijklmnop", as: "TOKEN")
    #expect(redactor.redact("abcdefghijklmnop\(next)") == "${TOKEN}\(next)")
    #expect(redactor.redact("abcdefghijklmnopabcdefghijklmnop a") == "$TOKEN$TOKEN a")
  }

  @Test("a registered part of a secret has its own label", arguments: ["", " ", "\"", "z", "&", "\u{7F}"])
  func registeredPart(next: String) {
    let redactor = SecretRedactor()
    redactor.register("abcdefghijklmnop", as: "ERP_SECRET")
    redactor.register("abcdefghijklmno", as: "ERP_SECRET_DROP_LAST")
    redactor.register("abcdefgh", as: "ERP_SECRET_FIRST_8")
    #expect(redactor.redact("abcdefghijklmno\(next)") == "$ERP_SECRET_DROP_LAST\(next)")
    #expect(redactor.redact("abcdefgh\(next)") == "$ERP_SECRET_FIRST_8\(next)")
    #expect(redactor.redact("abcdefghijklmnop\(next)") == "$ERP_SECRET\(next)")
    #expect(redactor.redact("abcdefghijk\(next)") == "$ERP_SECRET\(next)")
  }

  @Test("a large part of a secret is a leak, and names the secret")
  func leak() {
    let redactor = SecretRedactor()
    redactor.register("abcdefghijklmnopqrstuvwxyz0123456789", as: "ERP_SECRET")
    #expect(redactor.leak(in: Array("hint: abcdefghijklmnopqr…".utf8))?.label == "$ERP_SECRET")
    #expect(redactor.leak(in: Array("hint: abcdefghijklmnopqr…".utf8))?.offset == 6)
    #expect(redactor.leak(in: Array(Base64.encode(Array("id:abcdefghijklmnopqrstuvwxyz0123456789".utf8)).utf8)) != nil)
  }

  @Test(
    "a secret behind escapes is a leak: a reader decodes them",
    arguments: [
      #"{"echo":"abcdef\/ghijklmnopqrstuvwxyz+0123456789"}"#,
      #"{"echo":"abcdef\u002Fghijklmnopqrstuvwxyz\u002b0123456789"}"#,
      "echo=abcdef%2fghijklmnopqrstuvwxyz%2b0123456789", "<echo>abcdef&#47;ghijklmnopqrstuvwxyz&#x2B;0123456789</echo>",
      #"{"a":"{\"echo\":\"abcdef\\\/ghijklmnopqrstuvwxyz+0123456789\"}"}"#,
    ])
  func escapedLeak(text: String) throws {
    let redactor = SecretRedactor()
    redactor.register("abcdef/ghijklmnopqrstuvwxyz+0123456789", as: "ERP_SECRET")
    let found = try #require(redactor.leak(in: Array(text.utf8)))
    #expect(found.label == "$ERP_SECRET")
    #expect(Array(text.utf8)[found.offset] == UInt8(ascii: "a"))
  }

  @Test(
    "what secrets of one service have in common is not a leak", arguments: ["abcdefghijk_other", "abcdefgh", "a", ""])
  func noLeak(text: String) {
    let redactor = SecretRedactor()
    redactor.register("abcdefghijklmnopqrstuvwxyz0123456789", as: "ERP_SECRET")
    #expect(redactor.leak(in: Array(text.utf8)) == nil)
  }

  @Test("a secret is a leak after its case, too, if all of it is shown", arguments: [true, false])
  func retiredLeak(isLeak: Bool) {
    let secret = "abcdefghijklmnopqrstuvwxyz0123456789"
    let redactor = SecretRedactor()
    redactor.register(secret, as: "ERP_SECRET", isLeak: isLeak)
    redactor.register("another", as: "ANOTHER")
    redactor.retire(secret)
    let bytes = Array(secret.utf8)
    for text in [
      secret, Hex.digits(bytes, uppercase: false), Base64.encode(bytes), secret.replacing("a", with: "\\u0061"),
    ] {
      let found = redactor.leak(in: Array("<\(text)>".utf8))
      #expect((found?.label == SecretRedactor.labelOfRetired) == isLeak, "\(text)")
    }
    #expect(redactor.isRetired(secret) == isLeak)
    // one of another case can begin alike
    for text in ["\(secret.dropLast())", "\(secret.dropLast())?", "\(secret.dropFirst())"] {
      #expect(redactor.leak(in: Array(text.utf8)) == nil, "\(text)")
      #expect(!redactor.isRetired(text))
    }
  }

  @Test(
    "a part of a secret is a leak if it has at least twelve bytes and a third of it, wherever it is",
    arguments: [(0, 12, true), (0, 11, false), (2, 34, true), (10, 20, true), (22, 14, true), (25, 11, false)])
  func part(start: Int, count: Int, isLeak: Bool) {
    let redactor = SecretRedactor()
    let secret = "abcdefghijklmnopqrstuvwxyz0123456789"
    redactor.register(secret, as: "TOKEN")
    let text = "<\(secret.dropFirst(start).prefix(count))>"
    #expect((redactor.leak(in: Array(text.utf8))?.label == "$TOKEN") == isLeak)
    let masked = SecretRedactor()
    masked.register(secret, as: "TOKEN", isLeak: false)
    #expect(masked.leak(in: Array(text.utf8)) == nil)
  }

  @Test("of a JSON Web Token the signature is the secret: header and claims are those of other tokens as well")
  func signature() {
    let redactor = SecretRedactor()
    let head = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwOi8vMTI3LjAuMC4xIiwiYXVkIjoib3JkZXJzIn0."
    redactor.register(head + "q6zWzYd4N1xw0TfP8sKvR2uJ5mBhL7cE", as: "TOKEN")
    func isLeak(_ text: String) -> Bool { redactor.leak(in: Array(text.utf8)) != nil }
    #expect(!isLeak("eyJhbGciOiJIUzI1NiJ9") && !isLeak(head))
    #expect(!isLeak(head + "Zk3vB9nQ1rT5yU7iO0pA2sD4fG6hJ8lX"))
    #expect(!isLeak(head + "q6zWzYd4"))
    #expect(isLeak(head + "q6zWzYd4N1xw0") && isLeak("q6zWzYd4N1xw0TfP8sKvR2uJ5mBhL7cE"))
    #expect(isLeak("N1xw0TfP8sKvR2uJ5mBh"))
  }

  @Test(
    "of a JSON Web Token that a scenario changed, the signature is the secret as well",
    arguments: [
      "fyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwOi8vMTI3LjAuMC4xIn0.",
      "eyJhbGciOiJIUzI1NiJ9.fyJpc3MiOiJodHRwOi8vMTI3LjAuMC4xIn0.",
    ])
  func changedToken(head: String) {
    let redactor = SecretRedactor()
    redactor.register(head + "q6zWzYd4N1xw0TfP8sKvR2uJ5mBhL7cE", as: "TOKEN_CHANGE_FIRST")
    func isLeak(_ text: String) -> Bool { redactor.leak(in: Array(text.utf8)) != nil }
    #expect(!isLeak("yJpc3MiOiJodHRwOi8vMTI3LjAuMC4xIn0.") && !isLeak(head))
    #expect(isLeak("q6zWzYd4N1xw0TfP8sKvR2uJ5mBhL7cE"))
  }

  @Test(
    "a secret is found wherever it begins",
    arguments: ["abcdefghijklmnop", "\u{1} \u{7F}é\u{FF}=x/;<>", "aaaaaaaaaaaa"])
  func everywhere(secret: String) {
    let redactor = SecretRedactor()
    redactor.register(secret, as: "TOKEN")
    let letters = Array(secret.unicodeScalars)
    for other in ["{", "\(letters[1])", "\(letters[6])", "{\(letters[2])", "\(letters[3])\(letters[0])~~"] {
      for count in 0..<20 {
        let before = String(repeating: other, count: count)
        let clean = redactor.redact("\(before)|\(secret)|\(before)")
        #expect(clean == "\(before)|$TOKEN|\(before)" || before.contains(secret.prefix(8)))
        #expect(redactor.leak(in: Array("\(before)|\(secret)".utf8)) != nil)
      }
    }
  }

  @Test("two secrets that only look the same are both masked")
  func lookSame() {
    let redactor = SecretRedactor()
    for secret in ["caf\u{E9}", "cafe\u{301}"] { redactor.register(secret + "-4711-0815", as: "KEY") }
    #expect(redactor.redact("<caf\u{E9}-4711-0815 cafe\u{301}-4711-0815>") == "<$KEY $KEY>")
  }

  @Test("a secret that is registered again has its last label, and its parts the first one, until its case is over")
  func relabelled() {
    let redactor = SecretRedactor()
    let secret = "0123456789-abcdefghijklmnopqrstuvwxyz"
    for label in ["FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "LAST"] { redactor.register(secret, as: label) }
    #expect(redactor.redact("<\(secret)> <\(secret.dropFirst())>") == "<$LAST> <$FIRST>")
    redactor.retire(secret)
    #expect(redactor.redact("<\(secret)> <\(secret.dropFirst())>") == "<***> <\(secret.dropFirst())>")
  }

  @Test("what happens between two searches takes effect in its order")
  func unsearched() {
    let redactor = SecretRedactor()
    let secret = "0123456789abcdef"
    for (holder, label) in [(1, "FIRST"), (2, "SECOND")] { redactor.register(secret, as: label, for: holder) }
    redactor.retire(secret, by: 1)
    #expect(redactor.redact(secret) == "$SECOND")
    redactor.retire(secret, by: 2)
    redactor.register(secret, as: "THIRD", for: 3)
    redactor.register("\(secret)-encoded", as: "ENCODED", for: 3)
    redactor.remove(encoded: "\(secret)-encoded", by: 3)
    #expect(redactor.redact("<\(secret)-encoded>") == "<$THIRD-encoded>")
    redactor.retire(secret, by: 3)
    #expect(redactor.redact(secret) == "***" && !redactor.knows(secret) && redactor.isRetired(secret))
  }

  @Test("what is never searched does not pile up")
  func neverSearched() {
    let redactor = SecretRedactor()
    for number in 0..<5000 {
      let secret = "\(number)-of-many-secrets"
      redactor.register(secret, as: "S", for: number + 1)
      redactor.retire(secret, by: number + 1)
      #expect(redactor.registry.withLock { $0.changes.count } < SecretRegistry.maxChanges)
    }
    #expect(redactor.redact("<4999-of-many-secrets>") == "<***>")
  }

  @Test("several threads register, search and retire secrets at once")
  func together() {
    let redactor = SecretRedactor()
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for number in 0..<200 {
        let secret = "\(thread)-\(number)-of-many-secrets"
        redactor.register(secret, as: "S", for: thread + 1)
        #expect(redactor.knows(secret))
        #expect(redactor.redact("<\(secret)>") == "<$S>")
        redactor.retire(secret, by: thread + 1)
        #expect(redactor.redact("<\(secret)>") == "<***>")
      }
    }
  }

  @Test("two secrets that begin alike are distinguished")
  func commonStart() {
    let redactor = SecretRedactor()
    redactor.register("eyJhbGciOiJIUzI1NiJ9.first", as: "ONE")
    redactor.register("eyJhbGciOiJIUzI1NiJ9.second", as: "TWO")
    #expect(redactor.redact("eyJhbGciOiJIUzI1NiJ9.second eyJhbGciOiJIUzI1NiJ9.first") == "$TWO $ONE")
  }

  @Test("a secret of a case that is over is still masked")
  func retired() {
    let redactor = SecretRedactor()
    redactor.register("0123456789abcdef", as: "OLD_SECRET")
    redactor.retire("0123456789abcdef")
    #expect(redactor.redact("again: 0123456789abcdef!") == "again: ***!")
  }

  @Test("text without secrets is not changed")
  func plain() {
    let redactor = SecretRedactor()
    redactor.register("0123456789abcdef", as: "SECRET")
    let text = String(repeating: "0123 45678 9abcdef \u{1F600} ", count: 200)
    #expect(redactor.redact(text) == text)
  }

  @Test("short secrets are masked from four bytes on")
  func short() {
    let redactor = SecretRedactor()
    redactor.register("pass", as: "SHORT")
    redactor.register("abc", as: "TOO_SHORT")
    #expect(redactor.redact("my pass and abc") == "my $SHORT and abc")
  }

  @Test("many secrets among much text: every one is found")
  func many() {
    let redactor = SecretRedactor()
    var generator = SplitMix(seed: 7)
    let secrets = (0..<2000).map { _ in String(generator.next(), radix: 36) + String(generator.next(), radix: 36) }
    for (index, secret) in secrets.enumerated() { redactor.register(secret, as: "S\(index)_") }
    let clean = redactor.redact(secrets.joined(separator: " "))
    #expect(clean == secrets.indices.map { "$S\($0)_" }.joined(separator: " "))
  }

  @Test(
    "among many secrets that begin alike, each has its own label until its case is over, and a truncated one is masked"
  )
  func manyAlike() {
    let redactor = SecretRedactor()
    var generator = SplitMix(seed: 11)
    // some are the start of others
    let tails =
      (0..<500).map { "\($0)-" + String(generator.next(), radix: 36) }
      + (0..<500).map { String(repeating: "t", count: $0 + 1) }
    let secrets = tails.shuffled(using: &generator).map { "eyJhbGciOiJIUzI1NiJ9.\($0)" }
    for (index, secret) in secrets.enumerated() { redactor.register(secret, as: "S\(index)_") }
    for (index, secret) in secrets.enumerated() {
      #expect(redactor.redact("<\(secret)>") == "<$S\(index)_>")
      #expect(redactor.leak(in: Array("<\(secret)>".utf8))?.offset == 1)
      if secret.count > 24, !secret.hasSuffix("t") {
        #expect(redactor.redact("<\(secret.dropLast(2))>") == "<$S\(index)_>")
      }
    }
    #expect(redactor.leak(in: Array("<eyJhbGci>".utf8)) == nil)
    for secret in secrets.prefix(990) { redactor.retire(secret) }
    for (index, secret) in secrets.enumerated() where index >= 990 {
      #expect(redactor.redact("<\(secret)>") == "<$S\(index)_>")
    }
  }
}

@Suite("What is redacted in a line of the log")
struct RedactedLineTests {
  /// Secrets that a hostile endpoint could hand out to break the log.
  static let secrets = [
    "0123456789\"\\with", "\"12345678", "e9abcdefgh", "n1234567", "\\\"12345678", "12345678\"", "12345678\\",
    "12345678\\\\\"", "abcdefgh\",\"x\":\"", "u00e9abcd", "00e9abcdefgh",
    "12345678\n9", "\n12345678", "12345678\u{1}\u{2}", "ödöäüß12", "12345678\u{1F600}",
  ]

  @Test("stays JSON, without the secret", arguments: RedactedLineTests.secrets)
  func whole(secret: String) throws {
    let redactor = SecretRedactor()
    redactor.register(secret, as: "SECRET")
    let inner = JSON.object([.init(secret, .string("é\(secret)é")), .init("x", .string(secret))])
    let texts = [
      secret, "é" + secret, "\n" + secret, secret + "\"", secret + "\\", secret + "\\\"", "\\" + secret,
      String(secret.dropLast()), inner.compact,
      JSON.string(inner.compact).compact,
    ]
    for text in texts {
      var line: [UInt8] = []
      JSON.array([.string(text), .object([.init("name", .string("next"))])]).write(to: &line)
      let clean = redactor.redact(line, isJSON: true)
      let read = try? JSON(parsing: clean)
      #expect(
        read?.array?.count == 2,
        "\(String(decoding: line, as: UTF8.self)) became \(String(decoding: clean, as: UTF8.self))")
      #expect(read?.array?.last?.object?.first?.value == "next")
      #expect(text.utf8.count < secret.utf8.count || read?.compact.contains(secret) == false)
    }
  }

  @Test(
    "keeps the harness's own words in a line of its log, and nothing else",
    arguments: ["event", "step-finished", "verdict", "passed", "number", "1795", "17954352023", "true", "null"])
  func protectedFields(secret: String) throws {
    let redactor = SecretRedactor()
    redactor.register(secret, as: "T")
    let line =
      #"{"event":"step-finished","n":17954352023,"verdict":"passed","number":"a \#(secret) and \"verdict\":\"\#(secret)\"","own":true,"none":null}"#
    let clean = String(decoding: redactor.redact(Array(line.utf8), isJSON: true), as: UTF8.self)
    #expect(
      clean
        == #"{"event":"step-finished","n":17954352023,"verdict":"passed","number":"a $T and \"verdict\":\"$T\"","own":true,"none":null}"#
        || secret == "verdict" && clean.contains("a $T and"))
    let read = try JSON(parsing: clean)
    #expect(read["verdict"] == "passed" && read["number"]?.string?.contains(secret) == false)
  }

  @Test("a part of it without its start is masked from fifteen bytes on")
  func part() {
    let redactor = SecretRedactor()
    let secret = "0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t"
    redactor.register(secret, as: "SECRET")
    for start in 1...25 {
      #expect(redactor.redact("<\(secret.dropFirst(start).prefix(15))>") == "<$SECRET>", "from \(start)")
    }
    #expect(redactor.redact("<\(secret.suffix(10))>") == "<\(secret.suffix(10))>")
    redactor.retire(secret)
    #expect(redactor.redact("<\(secret.dropFirst(9))>") == "<\(secret.dropFirst(9))>")
  }

  @Test("a large secret is masked to its end, also in Base64")
  func huge() {
    let redactor = SecretRedactor()
    let secret = String(repeating: "s3cr3t/+", count: 50_000)
    redactor.register(secret, as: "SECRET")
    #expect(redactor.redact("<\(secret)>") == "<$SECRET>")
    #expect(!redactor.redact(Base64.encode(Array(secret.utf8))).contains("czNjcjN0"))
  }

  @Test(
    "leaves whole characters around what begins or ends like a secret",
    arguments: [
      ("secret-漢字-0123456789", "secret-漢孖 ok"), ("naïve-token-äöü-9876", "naïve-token-äõ ok"),
      ("漢漢漢漢漢漢漢漢 x", "漢漢漢漢漢漢漢漡"), ("0123456789-漢", "0123456789-漡"), ("aaaaaaaaaaaaaaaaaaa漢", "漢aaaaaaaaaaaaaaaaaaa漡"),
    ])
  func characters(secret: String, text: String) {
    for isRetired in [false, true] {
      let redactor = SecretRedactor()
      redactor.register(secret, as: "SECRET")
      if isRetired { redactor.retire(secret) }
      for body in [Array(text.utf8), Array("{\"text\":\"\(text)\"}".utf8)] {
        let clean = redactor.redact(body, isJSON: body.first == UInt8(ascii: "{"))
        #expect(String(validating: clean, as: UTF8.self) != nil, "\(String(decoding: clean, as: UTF8.self))")
      }
    }
  }
}
