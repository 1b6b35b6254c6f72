import ConformanceModel
import JSONValue
import TestSupport
import Testing

@Suite("Reading and writing JSON")
struct JSONParserTests {
  @Test(
    "what RFC 8259 allows is read, and written as it was",
    arguments: [
      "null", "true", "false", "0", "-0", "1", "-1", "10", "1.0", "1.50", "1e5", "1E+5", "1e-5", "0.1", "0e0",
      "9007199254740993", "123456789012345678901234567890", "1e400", "\"\"", "\"a\"", "\"é漢🚚\"", "[]", "{}", "[1,2]",
      "[[],{}]", #"{"":0}"#, #"{"a":1,"a":2}"#, #"{"b":1,"a":2}"#, #""\"\\""#, #""\n\r\t""#, #""\u0000\u007f""#,
      #""\u2028\u2029""#, "\"e\u{301}\"", "\"\u{FFFF}\u{10FFFF}\"",
    ])
  func accepted(_ text: String) throws {
    #expect(Array(try JSON(parsing: text).compact.utf8) == Array(text.utf8))
  }

  @Test(
    "other spellings of the same text are read",
    arguments: [
      (" \t\r\n1 \t\r\n", "1"), ("[ 1 , 2 ]", "[1,2]"), (#"{ "a" : 1 }"#, #"{"a":1}"#), (#""\/""#, #""/""#),
      (#""\u0041\u00e9""#, #""Aé""#), (#""\uD83D\uDE9A""#, #""🚚""#), (#""\ud83d\ude9a""#, #""🚚""#),
      (#""\b\f""#, #""\u0008\u000c""#), ("\"\u{7F}\"", #""\u007f""#),
    ])
  func spellings(_ text: String, _ compact: String) throws {
    #expect(try JSON(parsing: text).compact == compact)
  }

  @Test(
    "what RFC 8259 does not allow is refused with its place",
    arguments: [
      ("", 0), (" ", 1), ("nul", 0), ("nulll", 4), ("True", 0), ("NaN", 0), ("Infinity", 0), ("-Infinity", 1),
      ("01", 1),
      ("-", 1), ("+1", 0), (".5", 0), ("1.", 2), ("1.e1", 2), ("1e", 2), ("1e+", 3), ("0x10", 1), ("1 2", 2),
      ("--1", 1),
      ("\"", 0), ("\"a", 0), ("'a'", 0), ("\"\n\"", 1), ("\"\u{0}\"", 1), ("\"a\\n\t\"", 4), (#""\x""#, 2),
      (#""\""#, 0),
      ("\"\\", 2), (#""\u12"#, 5), (#""\u12g4""#, 5), (#""\uD800""#, 7), (#""\uDC00""#, 7), (#""\uD800\n""#, 7),
      (#""\uD800\u0041""#, 13), (#""\uD800\uD800""#, 13), ("[", 1), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1),
      ("[1 2]", 3),
      ("]", 0), ("[}", 1), ("{", 1), ("{\"a\"", 4), ("{\"a\":", 5), ("{\"a\":1", 6), ("{\"a\":1,}", 7), ("{a:1}", 1),
      ("{1:1}", 1), ("{\"a\" 1}", 5), ("{\"a\":1 \"b\":2}", 7), ("{,}", 1), ("// c\n1", 0), ("1 // c", 2),
      ("\u{FEFF}1", 0),
      ("\u{A0}1", 0), ("\u{B}1", 0), ("\u{C}1", 0),
    ])
  func refused(_ text: String, _ offset: Int) throws {
    let error = try #require(throws: JSONError.self) { _ = try JSON(parsing: text) }
    #expect(error.offset == offset, "\(error)")
    #expect(error.description.hasSuffix(" at byte \(error.offset)"))
  }

  @Test(
    "strings that are not UTF-8 are refused",
    arguments: [
      [0xFF], [0xC0, 0x80], [0xC3], [0xE2, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
      [0xF8, 0x88, 0x80, 0x80, 0x80],
      [0x5C, 0x6E, 0xFF],
    ] as [[UInt8]])
  func notUTF8(_ bytes: [UInt8]) throws {
    let error = try #require(throws: JSONError.self) { _ = try JSON(parsing: [0x22] + bytes + [0x22]) }
    #expect(error.description == "a string that is not UTF-8 at byte 0")
  }

  @Test("512 levels are read, and one more is refused", arguments: [("[", "]"), ("{\"a\":", "}")])
  func depth(_ open: String, _ close: String) throws {
    func text(_ levels: Int, _ inner: String) -> String {
      String(repeating: open, count: levels) + inner + String(repeating: close, count: levels)
    }
    let deepest = text(JSON.maximumDepth, "1")
    #expect(try JSON(parsing: deepest).compact == deepest)
    for tooDeep in [
      text(JSON.maximumDepth + 1, "1"), text(JSON.maximumDepth, "[]"), text(JSON.maximumDepth, "{}"),
      String(repeating: open, count: 1_000_000),
    ] {
      let error = try #require(throws: JSONError.self) { _ = try JSON(parsing: tooDeep) }
      #expect(error.message == "more than 512 levels of nesting")
    }
  }

  @Test(
    "repeated members are found, however deep",
    arguments: [
      ("{}", []), (#"{"a":1,"b":1}"#, []), (#"{"a":1,"a":1}"#, ["a"]), (#"{"a":1,"a":1,"a":2}"#, ["a", "a"]),
      (#"[{"x":{"b":1,"b":2}},{"b":1}]"#, ["b"]), (#"{"a":{"a":1}}"#, []), (#"{"\u0061":1,"a":2}"#, ["a"]), ("1", []),
    ] as [(String, [String])])
  func repeated(_ text: String, _ names: [String]) throws {
    #expect(try JSON(parsing: text).repeatedMembers == names)
  }

  @Test("of a repeated member the last one counts")
  func lastCounts() throws {
    let json = try JSON(parsing: #"{"a":1,"a":2}"#)
    #expect(json["a"] == 2)
    #expect(json.object?.count == 2)
    #expect(json["b"] == nil)
  }

  @Test("indented JSON is the same JSON, two spaces a level")
  func indented() throws {
    let json: JSON = ["a": [1, ["b": .null]], "c": [], "d": [:]]
    #expect(
      json.indented == "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": [],\n  \"d\": {}\n}")
    #expect(try JSON(parsing: json.indented) == json)
  }

  @Test(
    "20,000 random mutations never crash, and what is read survives being written", arguments: 0..<10 as Range<UInt64>)
  func fuzz(_ seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let seeds = [
      #"{"a":[1,-2.5e+10,true,null,"x\n\u00e9\ud83d\ude9a"],"b":{"c":{}},"b":""}"#,
      #"[[[["\\\"",0.0]]],{"é漢🚚":false}]"#, "  \"\u{2028}\" ",
    ].map { Array($0.utf8) }
    let spice = Array("[]{}\",:\\ue+-.0123456789dDtfn \n\u{0}é".utf8) + [0xFF, 0xED, 0xA0, 0x80, 0xE2]
    for _ in 0..<2000 {
      var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let place = Int.random(in: 0..<max(1, bytes.count), using: &random)
        let byte = spice[Int.random(in: 0..<spice.count, using: &random)]
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.insert(byte, at: min(place, bytes.count))
        case 1 where place < bytes.count: bytes.remove(at: place)
        case 2 where place < bytes.count: bytes[place] = byte
        default: bytes = Array(bytes.prefix(place)) + bytes.suffix(Int.random(in: 0...bytes.count, using: &random))
        }
      }
      guard let json = try? JSON(parsing: bytes) else { continue }
      #expect(try JSON(parsing: json.compactBytes).compactBytes == json.compactBytes)
      #expect(try JSON(parsing: json.indented) == json)
      #expect(json.means(json))
    }
  }
}
