import ConformanceModel
import Testing

@Suite("A condition on tags")
struct TagExpressionTests {
  @Test(
    "has and, or, not and parentheses, with the precedence of most languages",
    arguments: [
      ("a", "a", true), ("a", "b", false), ("not a", "b", true), ("not not a", "a", true), ("a and b", "a b", true),
      ("a and b", "a", false), ("a or b", "b", true), ("a or b and c", "a", true), ("(a or b) and c", "a", false),
      ("not a and b", "b", true), ("not a or b", "a b", true), ("not (a or b)", "b", false),
      ("not(a)and(b)", "b", true),
      ("a and not b and not c", "a d", true), ("order and notes", "order notes", true), ("  a  ", "a", true),
      ("AND or a", "AND", true),
    ])
  func holds(text: String, tags: String, expected: Bool) throws {
    #expect(try TagExpression(parsing: text).matches(Set(tags.split(separator: " ").map(String.init))) == expected)
  }

  @Test(
    "is refused with the place of a mistake",
    arguments: [
      ("", 1, 1, "expected a tag"), ("a and", 6, 1, "expected a tag after 'and'"),
      ("a and and b", 7, 3, "expected a tag after 'and'"), ("or a", 1, 2, "expected a tag"),
      ("a not b", 3, 3, "expected 'and' or 'or' before 'not'"), ("(a or b", 1, 1, "'(' is not closed"),
      ("((a) or b", 1, 1, "'(' is not closed"), ("a)", 2, 1, "')' has no matching '('"),
      ("()", 2, 1, "expected a tag after '('"),
      ("a && b", 3, 2, "expected 'and' or 'or' before '&&'; did you mean 'and'?"),
      ("(a OR b)", 4, 2, "expected 'and' or 'or' before 'OR'; did you mean 'or'?"),
      ("!slow", 1, 5, "expected a tag, not '!slow'; did you mean 'not slow'?"),
      ("a and ! b", 7, 1, "expected a tag, not '!'; did you mean 'not'?"),
    ])
  func refused(text: String, column: Int, length: Int, message: String) {
    let error = #expect(throws: TagSyntaxError.self) { try TagExpression(parsing: text) }
    #expect(error == TagSyntaxError(message: message, column: column, length: length))
  }

  @Test("names its tags with their places")
  func names() throws {
    let names = try TagExpression(parsing: "ab and not (c or d-e)").names
    #expect(names.map(\.tag) == ["ab", "c", "d-e"] && names.map(\.column) == [1, 13, 18])
  }

  @Test("may be long, and is refused if it is deep", arguments: ["not ", "("])
  func deep(opening: String) throws {
    #expect(try TagExpression(parsing: "a" + String(repeating: " or a", count: 20_000)).matches(["a"]))
    #expect(throws: TagSyntaxError.self) {
      try TagExpression(parsing: String(repeating: opening, count: 100_000) + "a")
    }
  }
}
