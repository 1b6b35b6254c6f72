import ConformanceModel
import Testing

@Suite("A pattern over ids")
struct NamePatternTests {
  @Test(
    "matches the whole id",
    arguments: [
      ("token-*", "token-refused", true), ("token-*", "a-token-refused", false), ("*-refused", "token-refused", true),
      ("token-*", "token-refused/auth=basic", true), ("*", "", true), ("**a", "a", true), ("a*b*c", "aXbYc", true),
      ("a*b*c", "aXbY", false), ("a*bc", "abcbc", true), ("?-1", "a-1", true), ("?-1", "-1", false),
      ("[a-c]x", "bx", true), ("[a-c]x", "dx", false), ("[!a-c]x", "dx", true), ("[^a]x", "ax", false),
      ("[]a]", "]", true), ("[a-]", "-", true), ("x[*]", "x*", true), ("x[*]", "xy", false), ("a[b*", "a[bc", true),
      ("*/n=[12]", "many/n=2", true), ("*/n=[12]", "many/n=3", false), ("a\\*", "a\\b", true),
    ])
  func matches(pattern: String, id: String, expected: Bool) throws {
    #expect(try #require(NamePattern(pattern)).matches(id) == expected)
  }

  @Test("has at least one of the characters of patterns", arguments: ["", "token-refused", "a]b", "a/b=c"])
  func plain(text: String) { #expect(NamePattern(text) == nil) }

  @Test("takes no time that grows exponentially")
  func hostile() throws {
    let pattern = try #require(NamePattern(String(repeating: "*a", count: 50) + "b"))
    #expect(!pattern.matches(String(repeating: "a", count: 5000)))
  }
}
