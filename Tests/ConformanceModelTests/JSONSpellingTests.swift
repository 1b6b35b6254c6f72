import ConformanceModel
import JSONValue
import Testing

@Suite("Spellings of JSON") struct JSONSpellingTests {
  private static let sample =
    #"{"id":"u-1", "a":[1E2,{"b":"x\u0041\"y","c":null}],"né":"é\\n","twice":1,"n":{"d":1,"d":2}}"#

  @Test("each has other bytes and the same value", arguments: JSONSpelling.allCases)
  func same(spelling: JSONSpelling) throws {
    let bytes = Array(JSONSpellingTests.sample.utf8)
    let spelled = try #require(spelling.apply(to: bytes, keeping: "u-1"))
    #expect(spelled != bytes)
    let before = try JSON(parsing: bytes), after = try JSON(parsing: spelled)
    #expect(JSONSpellingTests.sorted(before) == JSONSpellingTests.sorted(after))
    #expect(String(decoding: spelled, as: UTF8.self).contains("\"u-1\""))
    #expect(spelling.apply(to: spelled, keeping: "u-1") == nil || spelling == .reversedMembers)
  }

  @Test(
    "each is what it says",
    arguments: [
      (JSONSpelling.compact, #"{"a b":[1,{}]}"#), (.spaced, " \t\r\n{\n\r\t \"a b\" \t\r\n:\n\r\t "),
      (.escapedTexts, #"{"\u0061 \u0062": [1, {}]}"#),
    ])
  func bytes(spelling: JSONSpelling, start: String) throws {
    let spelled = try #require(spelling.apply(to: Array(#"{"a b": [1, {}]}"#.utf8), keeping: ""))
    #expect(String(decoding: spelled, as: UTF8.self).hasPrefix(start))
  }

  @Test("members are in reverse order, unless a name occurs twice")
  func members() throws {
    let spelled = JSONSpelling.reversedMembers.apply(to: Array(#"{"a":{"x":1,"x":2,"y":3},"b":4}"#.utf8), keeping: "")
    #expect(try String(decoding: #require(spelled), as: UTF8.self) == #"{"b":4,"a":{"x":1,"x":2,"y":3}}"#)
  }

  @Test(
    "there is none of what is no JSON, or has it already",
    arguments: [
      (JSONSpelling.compact, "[1]"), (.spaced, "<a/>"), (.reversedMembers, #"{ "a": 1 }"#),
      (.escapedTexts, "[1, \"é\"]"),
      (.spaced, ""), (.compact, "{\"a\" 1}"), (.escapedTexts, "\"unterminated"),
    ])
  func none(spelling: JSONSpelling, text: String) {
    #expect(spelling.apply(to: Array(text.utf8), keeping: "") == nil)
  }

  /// With the members of each object by name.
  private static func sorted(_ json: JSON) -> JSON {
    switch json {
    case .array(let items): .array(items.map(sorted))
    case .object(let members):
      .object(
        members.map { JSON.Member($0.name, sorted($0.value)) }.sorted {
          ($0.name, $0.value.compact) < ($1.name, $1.value.compact)
        })
    default: json
    }
  }
}
