import JSONValue
import Testing

@Suite("JSON values")
struct JSONTests {
  @Test(
    "two texts mean the same",
    arguments: [
      ("1", "1.0"), ("1e2", "100"), ("100000000000000000000", "1e20"), ("1e400", "10.0e399"), ("0.0e9", "-0"),
      ("12.50", "125e-1"), ("-0", "0"),
      (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#), ("[1,2]", "[1.0,2]"),
      (#"{"a":[{"b":1,"c":2}]}"#, #"{"a":[{"c":2.0,"b":1}]}"#), (#""A""#, #""\u0041""#),
      (#"{"a":1,"a":2}"#, #"{"a":1,"a":2}"#),
    ])
  func same(_ a: String, _ b: String) throws {
    let (a, b) = (try JSON(parsing: a), try JSON(parsing: b))
    #expect(a.means(b))
    #expect(b.means(a))
  }

  @Test(
    "two texts do not mean the same",
    arguments: [
      ("1", "2"), ("1", "\"1\""), ("0", "false"), ("null", "false"), ("9007199254740993", "9007199254740992"),
      ("18446744073709551617", "18446744073709551616"),
      ("0.1", "0.10000000000000001"),
      (#"{"é":1}"#, "{\"e\u{301}\":1}"), ("1e400", "1e401"), ("-1", "1"), ("[1,2]", "[2,1]"),
      ("[1]", "[1,1]"), (#"{"a":1}"#, #"{"a":1,"b":null}"#), (#"{"a":1}"#, #"{"b":1}"#),
      (#"{"a":1,"a":1}"#, #"{"a":1,"b":2}"#),
      (#"{"a":1,"a":2}"#, #"{"a":2,"a":1}"#), (#""é""#, "\"e\u{301}\""), (#""a""#, #""A""#), ("{}", "[]"),
    ])
  func different(_ a: String, _ b: String) throws {
    let (a, b) = (try JSON(parsing: a), try JSON(parsing: b))
    #expect(!a.means(b))
    #expect(!b.means(a))
  }

  @Test("a number keeps its spelling", arguments: ["1.0", "9007199254740993", "1E+2", "-0", "0.10"])
  func spelling(_ text: String) throws {
    #expect(try JSON(parsing: text) == .number(text))
  }

  @Test("a value is only of its own type")
  func types() {
    let all: [(JSON, String)] = [
      (.null, "null"), (true, "boolean"), (1, "number"), ("a", "string"), ([], "array"), ([:], "object"),
    ]
    for (json, name) in all {
      #expect(json.typeName == name)
      #expect((json.bool != nil) == (name == "boolean"))
      #expect((json.int != nil) == (name == "number"))
      #expect((json.string != nil) == (name == "string"))
      #expect((json.array != nil) == (name == "array"))
      #expect((json.object != nil) == (name == "object"))
    }
    #expect(JSON.number("1.0").int == nil)
    #expect(JSON.number("99999999999999999999").int == nil)
  }

  @Test(
    "a double is written in plain digits",
    arguments: [
      (0, 6, "0"), (-0.0, 6, "0"), (1, 6, "1"), (0.5, 6, "0.5"), (-0.5, 6, "-0.5"), (0.000001, 6, "0.000001"),
      (0.0000004, 6, "0"),
      (-0.0000004, 6, "0"), (1.25, 1, "1.3"), (1234.0001, 3, "1234"), (999.9999999, 6, "1000"), (.infinity, 6, "0"),
      (.nan, 6, "0"),
      (1e15, 6, "1000000000000000"), (-1e15, 6, "-1000000000000000"), (1e300, 6, "9000000000000000000"), (2.5, 0, "3"),
    ] as [(Double, Int, String)])
  func plain(_ value: Double, _ decimals: Int, _ text: String) {
    #expect(value.plain(decimals: decimals) == text)
  }

  private static let document = #"{"a":[{"b":1},{"b":2},{"c":3}],"":4,"x/y":5,"m~n":6,"*":7,"o":{"p":8,"q":9},"e":[]}"#

  @Test(
    "a pointer leads to values",
    arguments: [
      ("", [document]), ("/a/0/b", ["1"]), ("/a/1", [#"{"b":2}"#]), ("/a/*/b", ["1", "2"]), ("/", ["4"]),
      ("/x~1y", ["5"]), ("/m~0n", ["6"]),
      ("/*", ["7"]), ("/o/*", ["8", "9"]), ("/a/3", []), ("/a/-1", []), ("/a/-", []), ("/a/01", []), ("/a/+1", []),
      ("/a/b", []), ("/nothing", []),
      ("/o/p/q", []), ("/e/*", []), ("/a/*/b/*", []), ("/a/99999999999999999999", []),
    ] as [(String, [String])])
  func pointer(_ text: String, _ values: [String]) throws {
    let pointer = try #require(JSONPointer(text))
    let json = try JSON(parsing: JSONTests.document)
    #expect(pointer.values(in: json).map(\.compact) == values)
    #expect(pointer.value(in: json)?.compact == values.first)
    #expect(pointer.description == text)
  }

  @Test(
    "a tilde escapes only ~0 and ~1",
    arguments: [
      ("/~01", ["~1"]), ("/~10", ["/0"]), ("/a~", ["a~"]), ("/~2", ["~2"]), ("//", ["", ""]),
      ("/~\u{301}1", ["~\u{301}1"]),
    ])
  func escapes(_ text: String, _ tokens: [String]) throws {
    #expect(try #require(JSONPointer(text)).tokens == tokens)
  }

  @Test(
    "a mark that combines with a slash or a tilde leaves both what they are",
    arguments: [["\u{301}"], ["a", "\u{200D}/b"], ["~\u{338}", "/\u{338}"]])
  func combining(_ tokens: [String]) throws {
    let written = JSONPointer(tokens: tokens).description
    #expect(try #require(JSONPointer(written)).tokens == tokens)
  }

  @Test("a text that does not start with '/' is not a pointer", arguments: ["a", "a/b", " /a", "#/a"])
  func noPointer(_ text: String) {
    #expect(JSONPointer(text) == nil)
  }
}

@Suite("JSON as text")
struct JSONWriterTests {
  @Test("a string literal escapes what ends it, control characters, U+2028 and U+2029, wherever they are")
  func literals() {
    let escapes = ["\"": #"\""#, "\\": #"\\"#, "\n": #"\n"#, "\r": #"\r"#, "\t": #"\t"#] as [Unicode.Scalar: String]
    let scalars = (0..<0x100).map { UInt32($0) } + [0x2027, 0x2028, 0x2029, 0x202A, 0x2128, 0xFFFD, 0x1F69A]
    for scalar in scalars.compactMap(Unicode.Scalar.init) {
      let isControl = scalar.value < 0x20 || scalar.value == 0x7F || [0x2028, 0x2029].contains(scalar.value)
      let digits = String(scalar.value, radix: 16)
      let control = #"\u"# + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      let escaped = escapes[scalar] ?? (isControl ? control : String(Character(scalar)))
      for count in 0..<10 {
        let before = String(repeating: "x", count: count)
        let text = before + String(Character(scalar)) + before + String(Character(scalar))
        #expect(JSON.string(text).compact == "\"\(before)\(escaped)\(before)\(escaped)\"")
      }
    }
  }
}
