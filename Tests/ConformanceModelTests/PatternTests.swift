import ConformanceModel
import Testing

@Suite("A regular expression")
struct PatternTests {
  private let patterns = PatternCache()

  @Test("finds what it is to find, and the first group of each match")
  func finds() throws {
    #expect(try patterns.finds("b+", in: "abbc"))
    #expect(try !patterns.finds("d", in: "abbc"))
    #expect(try patterns.matches("a(b)?", in: "ab a") == ["b"])
    #expect(try patterns.matches("a.", in: "ab ac") == ["ab", "ac"])
  }

  @Test(
    "that takes too much work, or more room than there is, is said to: not to find nothing",
    arguments: [
      ("^(a+)+$", String(repeating: "a", count: 40) + "b"), ("(x+x+)+[yz]", String(repeating: "x", count: 5000)),
      ("[a-z]+\\d", String(repeating: "a", count: 200_000)),
      ("^(.|\\n)*$", String(repeating: "a", count: 1_000_000)), ("(a*)*[bc]", String(repeating: "a", count: 30)),
    ])
  func tooMuch(pattern: String, text: String) {
    for search in [{ _ = try patterns.finds(pattern, in: text) }, { _ = try patterns.matches(pattern, in: text) }] {
      let error = #expect(throws: UnresolvedReference.self, performing: search)
      #expect(
        error?.description.contains(
          "the regular expression /\(pattern)/ takes too much work on a text of \(text.utf8.count) bytes") == true)
    }
  }

  @Test("is given up behind what it has found, too")
  func behind() throws {
    let text = "a1 " + String(repeating: "a", count: 200_000)
    #expect(try patterns.finds("[a-z]+\\d", in: text))
    #expect(throws: UnresolvedReference.self) { try patterns.matches("[a-z]+\\d", in: text) }
    #expect(
      try patterns.matches(
        "(?m)^token=(.*)$", in: String(repeating: "a line\n", count: 10_000) + "token=x\nto\ntoken=y\n") == ["x", "y"])
  }

  @Test(
    "that is made well is worked through whole, also on a long text",
    arguments: [
      ("^[A-Za-z0-9._~+/-]+=*$", true), ("(?i)\\bneedle\\b", false), ("a.?b", false), ("^(?:[a-z]{4})+$", true),
    ])
  func long(pattern: String, isFound: Bool) throws {
    #expect(try patterns.finds(pattern, in: String(repeating: "a", count: 1_000_000)) == isFound)
  }

  @Test(
    "ends with $ at the very end of the text, not before a line end there",
    arguments: ["\n", "\r", "\r\n", "\u{85}", "\u{2028}", "\u{2029}", "\u{B}", "\u{C}", "\n\n"])
  func lineEnd(end: String) throws {
    for pattern in ["^[a-z]+$", "^(?:[a-z]+)$", "^[a-z]+(?i)$", "^(b$|[a-z]+$)"] {
      #expect(try patterns.finds(pattern, in: "abc"))
      #expect(try !patterns.finds(pattern, in: "abc\(end)"), "\(pattern)")
    }
    #expect(try patterns.matches("[a-z]$", in: "ab\(end)") == [])
    #expect(try patterns.finds("(?m)^abc$", in: "abc\(end)"))
  }

  @Test(
    "has $ as an anchor, or as a character, wherever the syntax has it",
    arguments: [
      ("a\\$", "a$\n", true), ("a\\\\$", "a\\\n", false), ("a\\\\$", "a\\", true), ("[$]", "$\n", true),
      ("^[^$]$", "a\n", false), ("[]$]", "$", true), ("[]$]$", "$\n", false), ("[a[$]b]", "$b]", true),
      ("[\\]$]", "$", true), ("[\\[]$", "[\n", false), ("\\Qa$\\E", "a$\n", true), ("\\Qa$\\E$", "a$\n", false),
      ("\\Q[\\E$", "[\n", false), ("(?#a $ comment)a$", "a\n", false), ("(?m)a$", "a\nb", true),
      ("(?m:a$)", "a\nb", true), ("(?m:a)$", "a\n", false), ("(?i)A$", "a\n", false), ("(?m)(?-m)a$", "a\n", false),
      ("(?m)(?-m:a$)", "a\nb", false), ("((?m)a$)", "a\nb", true), ("((?m)a)$", "a\n", false),
      ("(?im-s)a$", "A\nb", true), ("(?-i)a$", "a\n", false), ("(?x)a$ # the $ end\n", "a\n", false),
      ("(?x)a # [ of\n $", "a\n", false), ("a#$", "a#\n", false), ("(?<=a)$", "a\n", false), ("(?<n>a)$", "a\n", false),
      ("(?!a$)a", "a\n", true), ("\\c$$", "d\n", false), ("a$|b", "a\n", false), ("$", "", true), ("^$", "\n", false),
      ("a\\Z", "a\n", true), ("a\\z", "a\n", false),
    ])
  func dollar(pattern: String, text: String, isFound: Bool) throws {
    #expect(try patterns.finds(pattern, in: text) == isFound)
  }

  @Test("is not found at once if a character that it needs is missing, however its repetitions are nested")
  func required() throws {
    #expect(try !patterns.finds("(x+x+)+y", in: String(repeating: "x", count: 5000)))
    #expect(try !patterns.finds("(a*)*b", in: String(repeating: "a", count: 30)))
  }

  @Test("is searched for in the first 1 MiB of a text, which ends between two characters")
  func cut() throws {
    let start = String(repeating: "a", count: PatternCache.maxSubject - 1)
    #expect(try patterns.finds("b$", in: start + "b"))
    #expect(try patterns.finds("ab$", in: start + "bc"))
    #expect(try !patterns.finds("c", in: start + "bc"))
    #expect(try patterns.finds("a$", in: start + "é") && !patterns.finds("é", in: start + "é"))
  }

  @Test("that cannot be read is reported with the reason and its place")
  func reason() {
    #expect(PatternCache.error(in: "a$(") == "missing closing parenthesis, at offset 3")
    #expect(PatternCache.error(in: "é*+?") == "quantifier does not follow a repeatable item, at offset 3")
    #expect(PatternCache.error(in: "a") == nil)
  }

  @Test("that cannot be read stays one", arguments: ["", "(", "a$(", "[$", "(?m", "\\Q(\\E)$", "(?y)$", "*$"])
  func unreadable(pattern: String) {
    #expect(!PatternCache.canRead(pattern))
    #expect(throws: UnresolvedReference.self) { try patterns.finds(pattern, in: "a") }
  }
}
