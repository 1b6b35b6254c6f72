import ConformanceModel
import Testing

@Suite("Markup")
struct MarkupTests {
  private static let hostile = "<i a=\"1\">'&\u{202E}\"\u{301}\u{0}"

  private func text(_ markup: Markup) -> String { String(decoding: markup.bytes, as: UTF8.self) }

  @Test("has what is interpolated as text, in which invisible characters are shown")
  func texts() {
    #expect(
      text("<b title=\"\(MarkupTests.hostile)\">")
        == "<b title=\"&lt;i a=&quot;1&quot;&gt;&#39;&amp;\\u{202E}&quot;\u{301}\\u{0}\">")
    #expect(text("<b>\(3)</b>") == "<b>3</b>")
  }

  @Test("keeps invisible characters of an exact text, but nothing in it is markup")
  func exact() {
    #expect(text("\(exact: MarkupTests.hostile)") == "&lt;i a=&quot;1&quot;&gt;&#39;&amp;\u{202E}&quot;\u{301}\u{0}")
  }

  @Test("contains other markup as it is, lists of it, and nothing for what is absent")
  func parts() {
    let items = ["a", "<"].map { "<li>\($0)</li>" as Markup }
    #expect(text("<ul>\(items)</ul>") == "<ul><li>a</li><li>&lt;</li></ul>")
    #expect(text("\(items.joined(separator: ", "))") == "<li>a</li>, <li>&lt;</li>")
    #expect(text("\([Markup]().joined(separator: ", "))") == "")
    let absent: Markup? = nil
    #expect(text("a\(absent)b") == "ab")
    #expect(text("<a href=\"#\(fragment: "a\"<b>/é")\">") == "<a href=\"#a%22%3Cb%3E%2F%C3%A9\">")
  }
}
