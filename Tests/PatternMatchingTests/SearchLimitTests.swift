import PatternMatching
import Testing

@Suite("A search by a regular expression")
struct SearchLimitTests {
  private static func text(_ count: Int, _ part: String = "a") -> String { String(repeating: part, count: count) }

  @Test(
    "is given up if it takes too much work, by whatever the expression tries again and again",
    arguments: [
      // many ways to divide a text
      ("^(a+)+$", text(40) + "b"), ("((a*)*)*$(?<!a)", text(40)), ("(?:a|a)+$(?<!a)", text(60)),
      // from each start position to the end, without a way back
      ("[a-z]++\\d", text(1_000_000)), ("(?>\\w+)\\d", text(500_000, "é")),
      ("\\X+[bc]", "a" + text(400_000, "\u{301}")),
      // comparing what was found before
      ("(.+)+\\1[xy]", text(20_000)),
      // deep recursion
      ("^(a(?1)?b?)+$(?<!a)", text(200_000)), ("^(?:(?:a|b)|c)*$", text(1_000_000)),
    ])
  func tooMuch(pattern: String, text: String) throws {
    let expression = try RegularExpression(pattern)
    #expect(throws: SearchError.tooMuchWork) { try expression.finds(in: text) }
  }

  @Test("counts the work of all matches together")
  func together() throws {
    // each word costs a little
    let expression = try RegularExpression("\\b(?:a|a|a){12}(?:b|c)|a+")
    #expect(try expression.finds(in: SearchLimitTests.text(100, "aaaaaaaaaaaaa ")))
    #expect(throws: SearchError.tooMuchWork) {
      try expression.matches(in: SearchLimitTests.text(100, "aaaaaaaaaaaaa "))
    }
  }

  @Test(
    "has the same limits whatever the expression says about them",
    arguments: [
      "(*LIMIT_MATCH=4000000000)", "(*LIMIT_DEPTH=4000000000)", "(*LIMIT_HEAP=4000000000)", "(*UTF)", "(*UCP)",
      "(*NO_START_OPT)", "(*NO_AUTO_POSSESS)", "(*NO_JIT)", "(*ANYCRLF)", "(?C1)", "(?C'text')",
    ])
  func settings(start: String) throws {
    let expression = try RegularExpression("\(start)^(a+)+$")
    #expect(throws: SearchError.tooMuchWork) { try expression.finds(in: SearchLimitTests.text(40) + "b") }
    #expect(try expression.finds(in: "aaa") && !expression.finds(in: "aé"))
  }

  @Test("has the same limit of memory whatever the expression says about it")
  func memory() throws {
    for start in ["", "(*LIMIT_HEAP=4000000000)"] {
      let expression = try RegularExpression("\(start)^(?:(a)|b)*$")
      #expect(throws: SearchError.tooMuchWork) { try expression.finds(in: SearchLimitTests.text(1_000_000)) }
    }
  }

  @Test("can have lower limits, which the expression names")
  func lowerLimits() throws {
    #expect(throws: SearchError.tooMuchWork) { try RegularExpression("(*LIMIT_MATCH=5)^(a+)+$").finds(in: "aaab") }
  }

  @Test(
    "has the meaning of backtracking verbs",
    arguments: [
      ("a(*COMMIT)b|ac", "ac", false), ("a(*PRUNE)b|ac", "ac", false), ("a(*SKIP)b|.c", "ac", false),
      ("a(*THEN)b|ac", "ac", true), ("a(*ACCEPT)b", "ac", true), ("a(*FAIL)|ac", "ac", true), ("(*MARK:x)a", "a", true),
    ])
  func verbs(pattern: String, text: String, isFound: Bool) throws {
    #expect(try RegularExpression(pattern).finds(in: text) == isFound)
  }

  @Test("without an end is reported")
  func endless() throws {
    #expect(throws: SearchError.failed("nested recursion at the same subject position")) {
      try RegularExpression("(?R)").finds(in: "a")
    }
  }

  @Test(
    "is completed on a long text if the expression is made well",
    arguments: [
      ("^[A-Za-z0-9._~+/-]+=*$", true), ("(?i)\\bneedle\\b", false), ("a.?b", false), ("a.?[bc]", false),
      ("^(?:[a-z]{4})+$", true), ("^(?:[a-z]{2})+$", true), ("(?s)a.*z?$", true), ("\\Aa(?=a)", true),
      ("(?i)Traceback \\(most|\\.(java|py|rb):\\d+|SELECT\\s.{1,80}\\sFROM\\s|(^|[\\s\"])/(home|usr)/\\w", false),
    ])
  func long(pattern: String, isFound: Bool) throws {
    #expect(try RegularExpression(pattern).finds(in: SearchLimitTests.text(1 << 20)) == isFound)
  }

  @Test("can be made by many threads at once")
  func threads() async throws {
    let expression = try RegularExpression("(\\d+)é")
    await withTaskGroup(of: [String]?.self) { group in
      for number in 0..<200 { group.addTask { try? expression.matches(in: "x \(number)é \(number + 1)é") } }
      var sum = 0
      for await result in group { sum += result?.compactMap(Int.init).reduce(0, +) ?? 0 }
      #expect(sum == (0..<200).reduce(0) { $0 + 2 * $1 + 1 })
    }
  }
}
