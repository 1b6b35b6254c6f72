import Testing
import YAML

/// A value as text that shows its structure: plain scalars as they are, others in quotes.
func shape(_ node: Node?) -> String {
  guard let node else { return "nothing" }
  switch node.kind {
  case .scalar: return node.isPlain ? node.text ?? "?" : "'\(node.text ?? "?")'"
  case .sequence: return "[" + node.items.map(shape).joined(separator: ", ") + "]"
  case .mapping:
    return "{" + node.members.map { "\(shape($0.key)): \(shape($0.value))" }.joined(separator: ", ") + "}"
  }
}

func parse(_ text: String, maxValues: Int = 1000, maxDepth: Int = 100) throws -> Node? {
  try Document.parse(Array(text.utf8), limits: Limits(maxValues: maxValues, maxDepth: maxDepth))
}

@Suite("The values of a YAML document")
struct DocumentTests {
  @Test(
    "lists and mappings keep their order, in block and flow style",
    arguments: [
      ("b: 1\na:\n- x\n- {c: 2, d: []}\n", "{b: 1, a: [x, {c: 2, d: []}]}"), ("[[a, b], {c: d}, ]", "[[a, b], {c: d}]"),
      ("- a: 1\n  b: 2\n- - c\n  - d\n", "[{a: 1, b: 2}, [c, d]]"), ("? a\n: b\n? c\n", "{a: b, c: }"),
      ("a:\nb: {c, d: }\n", "{a: , b: {c: , d: }}"), ("{}", "{}"), ("text", "text"), ("--- # comment\n", ""),
    ])
  func structure(_ text: String, _ expected: String) throws {
    #expect(try shape(parse(text)) == expected)
  }

  @Test("a text without values has no document", arguments: ["", "\n\n", "# comment\n", "\u{FEFF}", "\u{FEFF}# x"])
  func empty(_ text: String) throws {
    #expect(try shape(parse(text)) == "nothing")
  }

  @Test(
    "a document without content is at the end of the text",
    arguments: [("---", 1, 4), ("# x\n---", 2, 4), ("---\n", 2, 1), ("--- # x", 1, 8), ("---\r\n# x", 2, 4)])
  func place(_ text: String, _ line: Int, _ column: Int) throws {
    let node = try #require(try parse(text))
    #expect(node.mark.line == line && node.mark.column == column, "\(node.mark)")
  }

  @Test(
    "the style of a scalar is known, and its text is unescaped or folded",
    arguments: [
      ("a b", "a b", Node.Style.plain), ("a\n  b", "a b", .plain), ("'it''s'", "it's", .singleQuoted),
      (#""a\tb\u00e9\x41\0""#, "a\tb\u{e9}A\0", .doubleQuoted), ("\"a\n\n  b\"", "a\nb", .doubleQuoted),
      ("|\n a\n  b\n", "a\n b\n", .literal), ("|-\n a\n b\n", "a\nb", .literal), ("|+\n a\n\n", "a\n\n", .literal),
      (">\n a\n b\n\n c\n", "a b\nc\n", .folded), (">2-\n   a\n   b\n", " a\n b", .folded), ("''", "", .singleQuoted),
    ])
  func scalars(_ text: String, _ expected: String, _ style: Node.Style) throws {
    let node = try #require(try parse(text))
    #expect(node.kind == .scalar)
    #expect(node.text == expected)
    #expect(node.style == style)
    #expect(node.isPlain == (style == .plain))
    #expect(node.items.isEmpty && node.members.isEmpty)
  }

  @Test(
    "an alias is the last value of its anchor",
    arguments: [
      ("a: &x 1\nb: *x\n", "{a: 1, b: 1}"), ("- &x [1, 2]\n- *x\n- {k: *x}\n", "[[1, 2], [1, 2], {k: [1, 2]}]"),
      ("- &x 1\n- &x 2\n- *x\n", "[1, 2, 2]"), ("[&x [1], &x [2], *x]", "[[1], [2], [2]]"),
      ("- &x {a: &y b}\n- *y\n- *x\n", "[{a: b}, b, {a: b}]"),
      ("- &x k\n- {*x : v}\n", "[k, {k: v}]"), ("- &x 'q'\n- *x\n", "['q', 'q']"),
    ])
  func aliases(_ text: String, _ expected: String) throws {
    #expect(try shape(parse(text)) == expected)
  }

  @Test(
    "a merge key brings the keys of other mappings, after those of its own mapping and of mappings before them",
    arguments: [
      ("{<<: *a, d: 2}", "{b: 1, c: 2, d: 2}"), ("{b: 3, <<: *a}", "{b: 3, c: 2}"), ("{<<: *a, b: 3}", "{c: 2, b: 3}"),
      ("{<<: [{b: 4, e: 5}, *a]}", "{b: 4, e: 5, c: 2}"), ("{<<: []}", "{}"), ("{<<: {<<: *a, c: 3}}", "{b: 1, c: 3}"),
      ("{\"<<\": *a}", "{'<<': {b: 1, c: 2}}"), ("{x: {<<: *a}}", "{x: {b: 1, c: 2}}"),
    ])
  func mergeKey(_ text: String, _ expected: String) throws {
    let document = try parse("a: &a {b: 1, c: 2}\nm: \(text)")
    let members = try #require(document?.members)
    #expect(shape(members[1].value) == expected)
  }

  @Test("a merged value has the place where it is written")
  func mergedPlace() throws {
    let node = try parse("a: &a\n  b: 1\nm:\n  <<: *a\n")
    let member = try #require(node?.members[1].value.members.first)
    #expect(member.key.mark == Mark(line: 2, column: 3) && member.value.mark == Mark(line: 2, column: 6))
  }

  @Test(
    "every value has its place, counted in characters and in the line breaks of YAML",
    arguments: [
      ("a: x", 1, 4), ("é: x", 1, 4), ("👩‍👩‍👧: x", 1, 8), ("\u{FEFF}a: x", 1, 4), ("#\na:\n   x", 3, 4),
      ("#\r\n#\r\na: x", 3, 4), ("#\r#\ra: x", 3, 4), ("#\u{85}#\u{2028}#\u{2029}a: x", 4, 4), ("a: |\n x", 1, 4),
      ("a: &b x", 1, 4), ("a: 'x'", 1, 4), ("{a:\n [x]}", 2, 2), ("a:\n  b: x", 2, 3),
    ])
  func marks(_ text: String, _ line: Int, _ column: Int) throws {
    let value = try #require(try parse(text)?.members.first?.value)
    #expect(value.mark == Mark(line: line, column: column))
  }

  @Test("the place of an alias is that of its anchor's value")
  func aliasMark() throws {
    let items = try #require(try parse("- &a x\n- *a\n")?.items)
    #expect(items.map(\.mark) == [Mark(line: 1, column: 3), Mark(line: 1, column: 3)])
  }

  @Test("line breaks in a text are single ones, whatever the file has", arguments: ["\n", "\r\n", "\r", "\u{85}"])
  func lineBreaks(_ newline: String) throws {
    #expect(try parse(["|", " a", " b", ""].joined(separator: newline))?.text == "a\nb\n")
  }

  @Test("a document is read by several tasks at once")
  func shared() async throws {
    let node = try #require(
      try parse("[" + Array(repeating: "{a: [b, 'c']}", count: 100).joined(separator: ", ") + "]"))
    let expected = shape(node)
    await withTaskGroup(of: String.self) { group in
      for _ in 0..<8 { group.addTask { shape(node) } }
      for await text in group { #expect(text == expected) }
    }
  }

  @Test("the version of libyaml is known")
  func version() {
    #expect(YAMLLibrary.version.split(separator: ".").count == 3)
  }
}
