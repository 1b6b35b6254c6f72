import ConformanceModel
import Testing

@Suite("Base64 of either alphabet")
struct AnyBase64Tests {
  @Test(
    "is decoded with or without padding, and with line breaks",
    arguments: [
      ("", []), ("+/8=", [0xFB, 0xFF]), ("-_8", [0xFB, 0xFF]), ("YWJj\r\nZA==\n", Array("abcd".utf8)), (" YQ ", [97]),
    ] as [(String, [UInt8])])
  func decoded(text: String, bytes: [UInt8]) { #expect(Base64.decodeAnyAlphabet(text) == bytes) }

  @Test(
    "is refused if a character, the length or the padding is impossible",
    arguments: ["a", "abcde", "YQ=", "YQ===", "=", "YQ==YQ==", "{}", "YWJj=", "ä"])
  func refused(text: String) { #expect(Base64.decodeAnyAlphabet(text) == nil) }
}

@Suite("Base64 and form encoding")
struct EncodingsTests {
  @Test(
    "the vectors of RFC 4648",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"), ("ÿ", "w78="),
    ])
  func base64(_ text: String, _ encoded: String) {
    #expect(Base64.encode(Array(text.utf8)) == encoded)
    #expect(Base64.decode(encoded) == Array(text.utf8))
    #expect(Base64.decode(String(encoded.prefix { $0 != "=" })) == Array(text.utf8))
  }

  @Test("all bytes survive Base64", arguments: 0..<8)
  func allBytes(_ extra: Int) {
    let bytes = (0..<256 + extra).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    #expect(Base64.decode(Base64.encode(bytes)) == bytes)
  }

  @Test("other characters are not Base64", arguments: ["Zg-_", "Z g=", "Zm9v\n", "é"])
  func noBase64(_ text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test(
    "a text is form-encoded as RFC 6749 appendix B shows",
    arguments: [
      ("", ""), ("aZ09*-._", "aZ09*-._"), (" ", "+"), ("+", "%2B"), (" %&+£€", "+%25%26%2B%C2%A3%E2%82%AC"),
      ("a=b&c", "a%3Db%26c"), ("~", "%7E"),
      ("🚚", "%F0%9F%9A%9A"), ("\n\u{0}", "%0A%00"), (":/?#[]@", "%3A%2F%3F%23%5B%5D%40"),
    ])
  func form(_ text: String, _ encoded: String) {
    #expect(FormEncoding.encode(text) == encoded)
  }

  @Test("pairs are joined, including repeated names")
  func pairs() {
    #expect(FormEncoding.encode([("a", "1"), ("a", ""), ("b c", "&")]) == "a=1&a=&b+c=%26")
  }
}
