import Testing
import YAML

@Suite("Texts that are not a document")
struct RefusalTests {
  private func error(_ text: String, maxValues: Int = 1000, maxDepth: Int = 100) throws -> YAMLError {
    try #require(throws: YAMLError.self) { _ = try parse(text, maxValues: maxValues, maxDepth: maxDepth) }
  }

  private func check(_ text: String, _ reason: YAMLError.Reason, _ line: Int, _ column: Int) throws {
    let error = try error(text)
    #expect(error.reason == reason)
    #expect(error.mark == Mark(line: line, column: column))
  }

  @Test(
    "what is not YAML has libyaml's words and the place",
    arguments: [
      ("a: b: c", "mapping values are not allowed in this context", 1, 5),
      ("[", "did not find expected node content", 2, 1),
      ("é: [b", "did not find expected ',' or ']'", 2, 1), ("a: \"\\q\"", "found unknown escape character", 1, 5),
      ("\u{FEFF}a: @b", "found character that cannot start any token", 1, 4),
      ("a:\n\tb: c", "found character that cannot start any token", 2, 1),
    ])
  func syntax(_ text: String, _ problem: String, _ line: Int, _ column: Int) throws {
    try check(text, .syntax(problem), line, column)
  }

  @Test(
    "a character that YAML does not allow has its place",
    arguments: [("a: \u{1}", 1, 4), ("é: x\r\n\u{85}👩‍👩‍👧 \0", 3, 7), ("a\u{7F}", 1, 2), ("[\u{FFFE}]", 1, 2)])
  func characters(_ text: String, _ line: Int, _ column: Int) throws {
    try check(text, .character("control characters are not allowed"), line, column)
  }

  @Test(
    "a byte order mark inside of a text is refused before anything else", arguments: ["[x\ta\u{FEFF}", "# \u{FEFF}"])
  func byteOrderMark(_ text: String) throws {
    #expect(try error(text).reason == .byteOrderMark)
    #expect(try error("\u{FEFF}\u{FEFF}a").mark == Mark(line: 1, column: 1))
  }

  @Test(
    "invalid UTF-8 is refused as that, wherever it is and whatever else is wrong",
    arguments: [
      [0x61, 0xFF], [0xFF, 0xFE, 0x61, 0x00], [0x5B, 0x5D, 0x5D, 0x0A, 0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80],
      [0x26, 0x61, 0x20, 0x2A, 0x62, 0x20, 0xE2, 0x82], [0x61, 0x0A, 0x23, 0x20, 0xF8, 0xEF, 0xBB, 0xBF],
    ] as [[UInt8]])
  func encoding(_ bytes: [UInt8]) throws {
    let error = try #require(throws: YAMLError.self) { _ = try Document.parse(bytes, limits: Limits(maxValues: 10)) }
    #expect(error.reason == .notUTF8)
  }

  @Test(
    "the second of two equal keys is a duplicate, however it is written",
    arguments: [
      ("a: 1\nb: 2\na: 3\n", "a", 3, 1), ("{a: 1, a: 2}", "a", 1, 8), ("é: 1\n'é': 2\n", "é", 2, 1),
      ("x: {a: {b: 1,\n b: 2}}", "b", 2, 2), ("a: 1\n\"\\x61\": 2", "a", 2, 1),
      ("- &k a\n- {a: 1, *k : 2}", "a", 2, 10),
      ("? a\n? a\n", "a", 2, 3), ("<<: 1\n<<: 2", "<<", 2, 1), ("a: {b: 1}\nb: 1\na: ]", "a", 3, 1),
    ])
  func duplicates(_ text: String, _ key: String, _ line: Int, _ column: Int) throws {
    try check(text, .duplicateKey(key), line, column)
  }

  @Test(
    "a merge key takes only mappings",
    arguments: [
      ("<<: 1\n", Node.Kind.scalar, 1, 5), ("a:\n  <<: [{}, [x]]\n", .sequence, 2, 12),
      ("- &a [1]\n- <<: *a\n", .scalar, 1, 7), ("<<:\n", .scalar, 1, 4),
    ])
  func merges(_ text: String, _ kind: Node.Kind, _ line: Int, _ column: Int) throws {
    try check(text, .merge(kind), line, column)
  }

  @Test("a duplicate is found among few keys and among many", arguments: [2, 15, 16, 17, 18, 100])
  func manyKeys(_ count: Int) throws {
    let keys = (0..<count).map { "key-\($0): {key-\($0): value, value: 1}\n" }.joined()
    #expect(try parse(keys)?.members.count == count)
    for key in [0, count / 2, count - 1] {
      try check("\(keys)key-\(key): 2\n", .duplicateKey("key-\(key)"), count + 1, 1)
    }
  }

  @Test("keys of different mappings, and values, are not duplicates")
  func noDuplicates() throws {
    #expect(try shape(parse("a: {a: a, b: a}\nb: [a, a, {a: b}]")) == "{a: {a: a, b: a}, b: [a, a, {a: b}]}")
  }

  @Test("a list or mapping as an explicit key or by an alias is refused, with its place")
  func complexKeys() throws {
    try check("? [a]\n: x\n", .complexKey(.sequence), 1, 3)
    try check("a: 1\n? {a: b}\n: x\n", .complexKey(.mapping), 2, 3)
    try check("a: &a [b]\n*a : x\n", .complexKey(.sequence), 2, 1)
    // readers report this one with the other mistakes of a file
    #expect(try shape(parse("{[a]: b}")) == "{[a]: b}")
  }

  @Test(
    "a tag is refused",
    arguments: [
      ("a: !!str 1", "tag:yaml.org,2002:str", 1, 4), ("!x {a: b}", "!x", 1, 1), ("- !<u:v> [a]", "u:v", 1, 3),
      ("%TAG !e! tag:e:\n---\n!e!x a", "tag:e:x", 3, 1),
    ])
  func tags(_ text: String, _ tag: String, _ line: Int, _ column: Int) throws {
    try check(text, .tag(tag), line, column)
  }

  @Test("an alias without an anchor before it is refused", arguments: ["[*a]", "[&b x, *a]", "&a [*a]", "[*a, &a x]"])
  func undefinedAliases(_ text: String) throws {
    #expect(try error(text).reason == .undefinedAlias)
  }

  @Test("a second document is refused", arguments: ["a\n---\nb", "--- a\n--- a", "---\n---\n", "a\n...\n--- b"])
  func documents(_ text: String) throws {
    #expect(try error(text).reason == .anotherDocument)
    #expect(try shape(parse("%YAML 1.1\n---\na\n...\n")) == "a")
  }

  @Test(
    "nesting is limited, in flow and block style",
    arguments: [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", "")])
  func depth(_ opening: String, _ closing: String) throws {
    let text = { (depth: Int) in
      String(repeating: opening, count: depth) + "x" + String(repeating: closing, count: depth)
    }
    if opening != "? " { #expect(try parse(text(20), maxDepth: 20) != nil) }
    let deep = try error(text(21), maxDepth: 20)
    // an explicit key in an explicit key is none of the keys that are allowed
    #expect(deep.reason == (opening == "? " ? .complexKey(.mapping) : .tooDeep(20)))
    #expect(try error(String(repeating: opening, count: 200_000)).mark.line == 1)
  }

  @Test("values are counted with those that aliases expand to")
  func values() throws {
    // two lists and three texts
    #expect(try parse("[[a, b], c]", maxValues: 5) != nil)
    #expect(try error("[[a, b], c]", maxValues: 4).reason == .tooManyValues(4))
    #expect(try parse("- &a [b, c]\n- *a\n- *a", maxValues: 10) != nil)
    let error = try error("- &a [b, c]\n- *a\n- *a", maxValues: 9)
    #expect(error.reason == .tooManyValues(9))
    #expect(error.mark == Mark(line: 3, column: 3))
  }

  @Test(
    "aliases that multiply are refused at once, in any place", arguments: ["[*a40]", "{k: *a40}", "*a40", "{*a40 : x}"])
  func bomb(_ use: String) throws {
    let lists = (1...40).map { "- &a\($0) [*a\($0 - 1), *a\($0 - 1), *a\($0 - 1)]\n" }.joined()
    let error = try error("- &a0 x\n\(lists)- \(use)\n", maxValues: 400_000)
    #expect(error.reason == .tooManyValues(400_000))
    #expect(error.mark.line == 13)
  }
}
