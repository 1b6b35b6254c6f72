import ConformanceModel
import JSONValue
import Testing

@Suite("Matching")
struct MatchingTests {
  struct Case: Sendable {
    let matcher: Matcher
    let holds: [String]
    let fails: [String]
    let words: String

    init(_ matcher: Matcher, _ words: String, holds: [String], fails: [String]) {
      (self.matcher, self.holds, self.fails, self.words) = (matcher, holds, fails, words)
    }
  }

  private static func equals(_ json: JSON) -> Matcher { .equals(.literal(json)) }
  private static func reference(_ name: String) -> Template { .reference(Reference(path: [name])) }

  /// An empty text means no value at all.
  private static let cases = [
    Case(equals(1), "1", holds: ["1", "1.0", "1e0"], fails: ["2", "\"1\"", "true", ""]),
    Case(equals("é"), "\"é\"", holds: ["\"é\"", #""\u00e9""#], fails: ["\"e\u{301}\"", "\"É\"", "null"]),
    Case(
      equals(["a": 1, "b": .null]), #"{"a":1,"b":null}"#, holds: [#"{"b":null,"a":1}"#],
      fails: [#"{"a":1}"#, #"{"a":1,"b":null,"c":1}"#]),
    Case(.equals(reference("one")), "1", holds: ["1"], fails: ["2"]),
    Case(.among(reference("statuses")), "400 or 401", holds: ["400", "401"], fails: ["402", ""]),
    Case(.among(reference("one")), "1", holds: ["1"], fails: ["[1]", "2"]),
    Case(
      .matches(.literal("^a+$")), "text that matches /^a+$/", holds: ["\"a\"", "\"aaa\""], fails: ["\"ab\"", "1", ""]),
    Case(
      .contains(equals("b.")), "something that contains \"b.\"", holds: ["\"ab.c\"", "[1,\"b.\"]"],
      fails: ["\"abc\"", "[\"ab.\"]", "{\"b.\":1}", "1", ""]),
    Case(
      .lists([.literal("No-Store")]), "a list with No-Store", holds: ["\"max-age=0, no-store\""],
      fails: ["\"x-no-store\"", #""private=\"no-store\"""#, "[\"no-store\"]", "1", ""]),
    Case(
      .lists([.literal("a"), reference("text")]), "a list with a and x", holds: ["\"x, b, a\""],
      fails: ["\"a\"", "\"x\""]),
    Case(
      .eachMember(.not(equals([]))), "members that are each not []", holds: ["{}", #"{"a":"[]","b":{"c":[]}}"#],
      fails: [#"{"a":1,"b":[]}"#, "[]", "1", ""]),
    Case(
      .uniqueMembers(true), "each member once", holds: [#"{"a":{"a":1},"b":[{"a":1},{"a":1}]}"#, "{}", "[]"],
      fails: [#"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"{"a":[{"b":{"c":1,"c":1}}]}"#, "\"a\"", ""]),
    Case(
      .uniqueMembers(false), "a member more than once", holds: [#"{"a":1,"a":1}"#], fails: [#"{"a":{"a":1}}"#, ""]),
    Case(.contains(equals("")), "something that contains \"\"", holds: ["\"\"", "\"a\""], fails: ["[]", ""]),
    Case(
      .contains(.object([.init("a", equals(1))])), "something that contains an object with a: 1",
      holds: [#"[0,{"a":1,"b":2}]"#], fails: [#"{"a":1}"#, "[]"]),
    Case(
      .oneOf([equals(1), .type(.string)]), "1 or a value of type string", holds: ["1", "\"a\""],
      fails: ["2", "null", ""]),
    Case(.oneOf([equals(1), .absent(true)]), "1 or nothing", holds: ["1", ""], fails: ["null"]),
    Case(.type(.string), "a value of type string", holds: ["\"\""], fails: ["1", ""]),
    Case(.type(.number), "a value of type number", holds: ["1", "1.5"], fails: ["\"1\""]),
    Case(
      .type(.integer), "a value of type integer", holds: ["1", "-0", "99999999999999999999"],
      fails: ["1.0", "1e2", "\"1\""]),
    Case(.type(.boolean), "a value of type boolean", holds: ["true", "false"], fails: ["0", "null"]),
    Case(.type(.array), "a value of type array", holds: ["[]"], fails: ["{}"]),
    Case(.type(.object), "a value of type object", holds: ["{}"], fails: ["[]"]),
    Case(.type(.null), "a value of type null", holds: ["null"], fails: ["", "0"]),
    Case(
      .length(equals(2)), "a length of 2", holds: ["\"é漢\"", "\"e\u{301}\"", "\"👍🏽\"", "[1,2]", #"{"a":1,"b":2}"#],
      fails: ["\"a\"", "2", ""]),
    Case(.above(.literal(2)), "more than 2", holds: ["3", "2.1"], fails: ["2", "1", "\"3\"", ""]),
    Case(.below(.literal(2)), "less than 2", holds: ["1.9", "-5"], fails: ["2", "3"]),
    Case(.atLeast(.literal("2")), "at least 2", holds: ["2", "2.0"], fails: ["1.99"]),
    Case(.atMost(reference("one")), "at most 1", holds: ["1", "0"], fails: ["1.01"]),
    Case(.absent(true), "nothing", holds: [""], fails: ["null", "0"]),
    Case(.absent(false), "something", holds: ["null", "0"], fails: [""]),
    Case(
      .not(.contains(equals("a"))), #"nothing that contains "a""#, holds: [#""b""#, "[]"],
      fails: [#""bab""#, #"["a"]"#, ""]),
    Case(.not(.matches(.literal("^a"))), "no text that matches /^a/", holds: [#""b""#, "1"], fails: [#""a""#, ""]),
    Case(.not(equals(1)), "not 1", holds: ["2", "null"], fails: ["1", ""]),
    Case(.not(.absent(true)), "not nothing", holds: ["1", "null"], fails: [""]),
    Case(.not(.oneOf([equals(1), .absent(false)])), "not 1 or something", holds: [""], fails: ["1", "2"]),
    Case(.oneOf([.absent(true), .not(equals(1))]), "nothing or not 1", holds: ["", "2"], fails: ["1"]),
    Case(
      .each(.type(.number)), "items that are each a value of type number", holds: ["[]", "[1,2]"],
      fails: ["[1,\"a\"]", "1", ""]),
    Case(
      .object([.init("a", equals(1))]), "an object with a: 1", holds: [#"{"a":1,"b":2}"#],
      fails: ["{}", #"{"a":2}"#, "[]", ""]),
    Case(
      .exactly([.init("é", equals(1))]), "an object with exactly é: 1", holds: ["{\"é\":1}"],
      fails: ["{\"e\u{301}\":1}"]),
    Case(.object([]), "an object", holds: ["{}", #"{"a":1}"#], fails: ["[]"]),
    Case(
      .exactly([.init("a", equals(1))]), "an object with exactly a: 1", holds: [#"{"a":1}"#],
      fails: [#"{"a":1,"b":2}"#, "{}", "1"]),
    Case(
      .exactly([.init("é", equals(1))]), "an object with exactly é: 1", holds: [#"{"\u00e9":1}"#],
      fails: [#"{"é":2,"é":1}"#, #"{"é":1,"\u00e9":1}"#]),
    Case(
      .object([.init("a", .oneOf([.absent(true), equals(1)]))]), "an object with a: nothing or 1",
      holds: [#"{"a":1,"b":1,"b":2}"#, #"{"b":{"a":1,"a":1}}"#], fails: [#"{"a":1,"a":1}"#, #"{"a":2,"a":1}"#]),
    Case(equals(["a": 1]), #"{"a":1}"#, holds: [#"{"a":1}"#], fails: [#"{"a":1,"a":1}"#]),
    Case(
      .array([equals(1), .type(.null)]), "an array of 2", holds: ["[1,null]"],
      fails: ["[1]", "[1,null,1]", "[null,1]", "{}"]),
    Case(
      .all([.type(.number), .above(.literal(1))]), "a value of type number and more than 1", holds: ["2"],
      fails: ["1", "\"2\"", ""]),
    Case(.statusClass(2), "2xx", holds: ["200", "299"], fails: ["199", "300", "\"200\"", ""]),
  ]

  private static var matching: Matching { Matching(patterns: PatternCache(), lookup: lookup) }

  private static func lookup(_ reference: Reference) throws(UnresolvedReference) -> JSON {
    let names: JSON = ["one": 1, "statuses": [400, 401], "text": "x"]
    guard let value = names[reference.name] else {
      throw UnresolvedReference(reference: reference.description, reason: "unknown")
    }
    return value
  }

  private static func mismatches(_ matcher: Matcher, _ text: String) throws -> [String] {
    let value = text.isEmpty ? nil : try JSON(parsing: text)
    return try matching.mismatches(matcher, value).map { "\($0.path): \($0.expected), not \($0.actual)" }
  }

  @Test("what must not be there is named alone, with its place in a long text")
  func excluded() throws {
    let matcher = Matcher.not(.oneOf([.contains(MatchingTests.equals("b")), .contains(MatchingTests.equals("c"))]))
    #expect(try MatchingTests.mismatches(matcher, #""aca""#) == [#": nothing that contains "c", not "aca""#])
    let long = String(repeating: "a", count: 200)
    #expect(
      try MatchingTests.mismatches(matcher, #""\#(long)é\#(long)c""#) == [
        #": nothing that contains "c", not it, at byte 403 of 403"#
      ])
    #expect(try MatchingTests.mismatches(.not(MatchingTests.equals("a")), #""a""#) == [#": not "a", not "a""#])
  }

  @Test("a matcher holds for these values, fails for those, and has words", arguments: MatchingTests.cases.indices)
  func table(_ index: Int) throws {
    let one = MatchingTests.cases[index]
    for text in one.holds { #expect(try MatchingTests.mismatches(one.matcher, text) == [], "\(one.words): \(text)") }
    for text in one.fails { #expect(try MatchingTests.mismatches(one.matcher, text) != [], "\(one.words): \(text)") }
    #expect(try MatchingTests.matching.describe(one.matcher) == one.words)
  }

  @Test("differences are named by their JSON Pointers, in the matcher's order")
  func paths() throws {
    let inner = Matcher.exactly([.init("x/y", .each(.type(.number))), .init("m~n", .absent(true))])
    let matcher = Matcher.object([.init("b", .array([inner])), .init("a", MatchingTests.equals(1))])
    #expect(
      try MatchingTests.mismatches(matcher, #"{"a":2,"b":[{"x/y":[1,"2"],"m~n":0,"z~/":3}]}"#) == [
        "/b/0/x~1y/1: a value of type number, not \"2\"", "/b/0/m~0n: nothing, not 0",
        "/b/0/z~0~1: no such member, not 3", "/a: 1, not 2",
      ])
  }

  @Test("a member that occurs more than once is named once, whatever its values are")
  func repetition() throws {
    let members = ["b", "c"].map { Matcher.Member($0, $0 == "b" ? MatchingTests.equals(1) : .absent(true)) }
    let text = #"{"b":1,"b":1,"b":1,"c":1,"c":1}"#
    for matcher in [Matcher.object(members), .exactly(members)] {
      #expect(
        try MatchingTests.mismatches(matcher, text) == [
          "/b: the member once, not the member 3 times", "/c: nothing, not 1",
        ])
    }
  }

  @Test("a repeated and an empty member are named by their JSON Pointers")
  func memberPaths() throws {
    #expect(
      try MatchingTests.mismatches(.uniqueMembers(true), #"{"a":{"b/":1,"c":[0,{"d":1,"d":2}],"b\/":2}}"#) == [
        "/a/c/1/d: each member once, not a member of the same name before it",
        "/a/b~1: each member once, not a member of the same name before it",
      ])
    #expect(
      try MatchingTests.mismatches(.eachMember(.not(MatchingTests.equals([]))), #"{"x/y":[],"z":[1]}"#) == [
        "/x~1y: not [], not []"
      ])
  }

  @Test("a long value is shown cut")
  func long() throws {
    let shown = try #require(
      try MatchingTests.matching.mismatches(.type(.null), .string(String(repeating: "a", count: 1000))).first?.actual)
    #expect(shown == "\"" + String(repeating: "a", count: 399) + "… (1002 characters)")
  }

  @Test(
    "a matcher that cannot be judged says why",
    arguments: [
      (.equals(MatchingTests.reference("nobody")), "cannot resolve ${nobody}: unknown"),
      (.matches(.literal("(")), "the regular expression /(/ cannot be read: missing closing parenthesis, at offset 1"),
      (.above(MatchingTests.reference("text")), "cannot resolve x: it is not a number"),
    ] as [(Matcher, String)])
  func unresolved(_ matcher: Matcher, _ message: String) throws {
    let error = try #require(throws: UnresolvedReference.self) {
      _ = try MatchingTests.matching.mismatches(matcher, "1")
    }
    #expect(error.description == message)
  }

  @Test("every word of the matcher language has a meaning", arguments: MatcherWord.allCases)
  func words(_ word: MatcherWord) {
    #expect(!word.meaning.isEmpty)
  }
}
