import HTTPModel
import Testing

@Suite("The link with a relation")
struct WebLinkTests {
  private func next(_ values: String...) -> String? { values.map { HeaderField("Link", $0) }.link("next") }

  @Test(
    "is found by the grammar of RFC 8288",
    arguments: [
      ("</a>; rel=next", "/a"), ("</a>;rel=\"next\"", "/a"), ("< /a>; rel=prev , <b>; REL=NEXT", "b"),
      ("</a>; rel=\"prev next\"", "/a"), ("</a,b;c>; title=\"x, y; rel=prev\"; rel=next", "/a,b;c"),
      ("</a>; crossorigin; rel = next", "/a"), (", </a>; rel=next", "/a"), ("<>; rel=next", ""),
    ])
  func found(value: String, target: String) { #expect(next(value) == target) }

  @Test(
    "is not there without a link that has it first",
    arguments: [
      "", "</a>", "</a>; rel=prev", "</a>; rel=prev; rel=next", "/a; rel=next", "</a; rel=next", "</a>; title=next",
      "</a>; rel=nextpage", "</a>, rel=next",
    ])
  func absent(value: String) { #expect(next(value) == nil) }

  @Test("may be in a later field")
  func fields() {
    #expect(next("</a>; rel=first", "</b>; rel=next") == "/b")
    #expect([HeaderField("link", "</a>; rel=next")].link("next") == "/a")
  }
}
