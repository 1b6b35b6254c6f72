import Conformance
import Foundation
import Testing

@testable import Runner

@Suite("The redactor")
struct RedactorTests {
  private static let secret = "p%&+=:/ ?#~*S3cr3t-with_ödd"

  static var allEncodings: [String] {
    let bytes = Array(secret.utf8)
    var all = [secret, FormEncoding.encode(secret), Filter.hex.apply(secret), Filter.hex.apply(secret).uppercased(), JSON.string(secret).compact]
    // inside Base64 at each alignment, as in Basic credentials with ids of several lengths
    for prefix in ["", "a", "ab", "abc:", "client-1:"] { all.append(Base64.encode(Array(prefix.utf8) + bytes + Array("tail".utf8))) }
    return all
  }

  @Test("a secret is found in each of its encodings", arguments: RedactorTests.allEncodings)
  func isFound(text: String) {
    let redactor = Redactor()
    redactor.register(RedactorTests.secret, as: "ERP_SECRET")
    let clean = redactor.redact("before \(text) after")
    #expect(clean.contains("$ERP_SECRET"))
    #expect(clean.hasPrefix("before ") && clean.hasSuffix(" after"))
    let core = Base64.encode(Array(RedactorTests.secret.utf8))
    #expect(!clean.contains(RedactorTests.secret) && !clean.contains(core.prefix(12)))
  }

  @Test("the first eight bytes of a secret are masked, though the rest is missing")
  func cutSecret() {
    let redactor = Redactor()
    redactor.register("abcdefghijklmnop", as: "TOKEN")
    #expect(redactor.redact("x abcdefghij") == "x $TOKEN")
  }

  @Test("a good part of a secret is a leak, and says whose it is")
  func leak() {
    let redactor = Redactor()
    redactor.register("abcdefghijklmnopqrstuvwxyz0123456789", as: "ERP_SECRET")
    #expect(redactor.leak(in: Array("hint: abcdefghijklmnopqr…".utf8))?.label == "$ERP_SECRET")
    #expect(redactor.leak(in: Array("hint: abcdefghijklmnopqr…".utf8))?.offset == 6)
    #expect(redactor.leak(in: Array(Base64.encode(Array("id:abcdefghijklmnopqrstuvwxyz0123456789".utf8)).utf8)) != nil)
  }

  @Test("what secrets of one service have in common is no leak", arguments: ["abcdefghijk_other", "abcdefgh", "a", ""])
  func noLeak(text: String) {
    let redactor = Redactor()
    redactor.register("abcdefghijklmnopqrstuvwxyz0123456789", as: "ERP_SECRET")
    #expect(redactor.leak(in: Array(text.utf8)) == nil)
  }

  @Test("a secret is no leak any more when its case is over")
  func retiredLeak() {
    let redactor = Redactor()
    redactor.register("abcdefghijklmnopqrstuvwxyz0123456789", as: "ERP_SECRET")
    redactor.retire("abcdefghijklmnopqrstuvwxyz0123456789")
    #expect(redactor.leak(in: Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)) == nil)
  }

  @Test("two secrets that begin alike are told apart")
  func commonStart() {
    let redactor = Redactor()
    redactor.register("eyJhbGciOiJIUzI1NiJ9.first", as: "ONE")
    redactor.register("eyJhbGciOiJIUzI1NiJ9.second", as: "TWO")
    #expect(redactor.redact("eyJhbGciOiJIUzI1NiJ9.second eyJhbGciOiJIUzI1NiJ9.first") == "$TWO $ONE")
  }

  @Test("a secret of a case that is over goes on being masked")
  func retired() {
    let redactor = Redactor()
    redactor.register("0123456789abcdef", as: "OLD_SECRET")
    redactor.retire("0123456789abcdef")
    #expect(redactor.redact("again: 0123456789abcdef!") == "again: ***!")
  }

  @Test("text without secrets is not changed")
  func plain() {
    let redactor = Redactor()
    redactor.register("0123456789abcdef", as: "SECRET")
    let text = String(repeating: "0123 45678 9abcdef \u{1F600} ", count: 200)
    #expect(redactor.redact(text) == text)
  }

  @Test("short secrets are masked from four bytes on")
  func short() {
    let redactor = Redactor()
    redactor.register("pass", as: "SHORT")
    redactor.register("abc", as: "TOO_SHORT")
    #expect(redactor.redact("my pass and abc") == "my $SHORT and abc")
  }

  @Test("many secrets among much text: every one is found")
  func many() {
    let redactor = Redactor()
    var generator = SplitMix(state: 7)
    let secrets = (0..<2000).map { _ in String(generator.next(), radix: 36) + String(generator.next(), radix: 36) }
    for (index, secret) in secrets.enumerated() { redactor.register(secret, as: "S\(index)_") }
    let clean = redactor.redact(secrets.joined(separator: " "))
    #expect(clean == secrets.indices.map { "$S\($0)_" }.joined(separator: " "))
  }
}
