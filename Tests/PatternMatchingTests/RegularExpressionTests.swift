import PatternMatching
import Testing

@Suite("A regular expression of PCRE2")
struct RegularExpressionTests {
  @Test("has the first group of each match as its result, or the whole match without a group")
  func results() throws {
    #expect(try matches("a.", "ab ac") == ["ab", "ac"])
    #expect(try matches("a(.)(.)", "abc ade") == ["b", "d"])
    #expect(try matches("(?<n>a)|(?:b)", "a") == ["a"])
    #expect(try matches("a.", "xx") == [])
    #expect(try RegularExpression("a.").matches(in: "ab ac ad", limit: 2) == ["ab", "ac"])
  }

  @Test("has no result for a match whose first group did not take part")
  func missingGroup() throws {
    #expect(try matches("a(b)?", "ab a ab") == ["b", "b"])
    #expect(try matches("(a)|b", "bab") == ["a"])
    #expect(try matches("(x)?", "ab") == [])
    #expect(try RegularExpression("(x)?a").finds(in: "a"))
  }

  @Test("goes on after an empty match by a whole character")
  func emptyMatches() throws {
    #expect(try matches("x*", "aé\u{301}😀").count == 5)
    #expect(try matches("a*", "baac") == ["", "aa", "", ""])
    #expect(try matches("()é", "éé") == ["", ""])
    #expect(try matches("\\b", "né e\u{301}").count == 4)
    #expect(try matches("$", "").count == 1 && matches("(?m)$", "a\r\nb\n").count == 3)
    #expect(try matches("(?<=é)", "éaé").count == 2)
    #expect(try matches("\\K", "éa").count == 3 && matches("a\\K", "aaa").count == 2)
  }

  @Test("reads text by Unicode characters, not by bytes and not by what is seen as one")
  func unicode() throws {
    #expect(try matches("\\w+", "日本語, naïve") == ["日本語", "naïve"])
    #expect(try matches("\\d", "1٣") == ["1", "٣"])
    #expect(try matches("\\s", "a\u{A0}b\u{2003}c").count == 2)
    #expect(try matches("(?i)É", "é É e") == ["é", "É"])
    #expect(try matches(".", "é😀") == ["é", "😀"])
    #expect(try matches("^.{2}$", "e\u{301}") == ["e\u{301}"])
    #expect(try matches("^\\X$", "e\u{301}") == ["e\u{301}"])
    #expect(try !finds("é", "e\u{301}"), "a text is not normalized")
    #expect(try matches("[[:alpha:]]+|\\p{Greek}", "é1ω") == ["é", "ω"])
    #expect(try matches("\\x{1F600}|\\xE9", "😀é") == ["😀", "é"])
  }

  @Test("has $ at the very end, and with (?m) at each line end of Unicode")
  func lineEnds() throws {
    for end in ["\n", "\r", "\r\n", "\u{85}", "\u{2028}", "\u{2029}", "\u{B}", "\u{C}"] {
      #expect(try finds("^a$", "a") && !finds("^a$", "a\(end)"))
      #expect(try matches("(?m)^.$", "a\(end)b") == ["a", "b"])
      #expect(try !finds("a.b", "a\(end)b") && finds("(?s)a.{1,2}b", "a\(end)b") && finds("a\\Rb", "a\(end)b"))
      #expect(try finds("a\\Z", "a\(end)") && !finds("a\\z", "a\(end)"))
    }
  }

  @Test("has NUL as a character like others, in itself and in a text")
  func null() throws {
    #expect(try matches("a\0b", "xa\0ba") == ["a\0b"])
    #expect(try matches("[^\0]+", "ab\0cd\0") == ["ab", "cd"])
    #expect(try matches("\\0.", "a\0b") == ["\0b"])
    #expect(throws: PatternError.self) { try RegularExpression("\0(") }
  }

  @Test("can be empty, and be searched for in an empty text")
  func empty() throws {
    #expect(try matches("", "ab").count == 3)
    #expect(try finds("", "") && finds("^$", "") && !finds("a", ""))
  }

  @Test(
    "that is none is refused with PCRE2's words and the number of characters before the error",
    arguments: [
      ("(", "missing closing parenthesis", 1), ("ab)", "unmatched closing parenthesis", 2),
      ("é[a-", "missing terminating ] for character class", 4),
      ("é**", "quantifier does not follow a repeatable item", 2),
      ("日本\\C", "using \\C is disabled by the application", 4),
      ("(*NOTHING)a", "(*VERB) not recognized or malformed", 9),
      ("\\u0041", "PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u", 2),
      (String(repeating: "(", count: 1000), "parentheses are too deeply nested", 251),
      (String(repeating: "(?:a{1,60000})", count: 9000), "regular expression is too large", nil),
    ])
  func refused(pattern: String, reason: String, offset: Int?) {
    let error = #expect(throws: PatternError.self) { try RegularExpression(pattern) }
    #expect(error?.reason == reason)
    if let offset { #expect(error?.offset == offset) }
  }

  @Test("has the version of the library that is loaded")
  func version() { #expect(PatternLibrary.version.hasPrefix("10.")) }

  private func matches(_ pattern: String, _ text: String) throws -> [String] {
    try RegularExpression(pattern).matches(in: text)
  }

  private func finds(_ pattern: String, _ text: String) throws -> Bool {
    try RegularExpression(pattern).finds(in: text)
  }
}
