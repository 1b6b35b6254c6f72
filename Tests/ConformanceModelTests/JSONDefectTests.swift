import ConformanceModel
import JSONValue
import Testing

@Suite("Defects of JSON") struct JSONDefectTests {
  @Test(
    "none is JSON, and without its defect each is the text as it was",
    arguments: [#"{"id":"u-1"}"#, "{ \"id\": [1] }\n", "[]", "{}", "[1, 2]"])
  func malformed(text: String) throws {
    let bytes = Array(text.utf8)
    for defect in JSONDefect.allCases {
      let changed = try #require(defect.apply(to: bytes), "\(defect)")
      #expect(throws: JSONError.self, "\(defect)") { try JSON(parsing: changed) }
      // what the text says is still there
      #expect(changed.starts(with: text.prefix { $0 != "\n" }.dropLast().utf8), "\(defect)")
    }
    #expect(Set(JSONDefect.allCases.compactMap { $0.apply(to: bytes) }).count == JSONDefect.allCases.count)
  }

  @Test(
    "each is what it says",
    arguments: [
      (JSONDefect.cutOff, #"{"a":1"#), (.trailingComma, #"{"a":1,}"#), (.notANumber, #"{"a":1,"conform":NaN}"#),
      (.leadingZero, #"{"a":1,"conform":01}"#), (.singleQuotes, #"{"a":1,"conform":'1'}"#),
      (.noQuotes, #"{"a":1,conform:1}"#), (.controlCharacter, "{\"a\":1,\"conform\":\"\u{1}\"}"),
      (.comment, #"{"a":1/* conform */}"#), (.secondText, #"{"a":1}{}"#),
    ])
  func bytes(defect: JSONDefect, expected: String) throws {
    let changed = try #require(defect.apply(to: Array(#"{"a":1}"#.utf8)))
    #expect(String(decoding: changed, as: UTF8.self) == expected)
  }

  @Test("what is no object and no array has none", arguments: ["1", "\"a\"", "", "<a/>", "{"])
  func none(text: String) {
    for defect in JSONDefect.allCases { #expect(defect.apply(to: Array(text.utf8)) == nil) }
  }
}
