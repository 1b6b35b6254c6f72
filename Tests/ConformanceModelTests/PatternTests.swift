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
      ("^(a+)+$", String(repeating: "a", count: 40) + "b"), ("(x+x+)+y", String(repeating: "x", count: 5000)),
      ("[a-z]+\\d", String(repeating: "a", count: 200_000)),
      ("^(.|\\n)*$", String(repeating: "a", count: 1_000_000)), ("(a*)*b", String(repeating: "a", count: 30)),
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
}
