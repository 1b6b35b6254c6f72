import ConformanceModel
import RunEvents
import Testing

@testable import Reporting

@Suite("The texts of the page")
struct PageTextTests {
  @Test(
    "each section of an RFC in a source has its address",
    arguments: [
      ("RFC 6749", ["RFC 6749=rfc6749"]),
      ("RFC 6749 section 3.2", ["RFC 6749 section 3.2=rfc6749#section-3.2"]),
      ("RFC 6749 section 2.3.1; the rest is inferred", ["RFC 6749 section 2.3.1=rfc6749#section-2.3.1"]),
      (
        "RFC 8414 sections 3, 3.1 and 5",
        ["RFC 8414 sections 3=rfc8414#section-3", "3.1=rfc8414#section-3.1", "5=rfc8414#section-5"]
      ),
      (
        "RFC 6749 section 5.2 and appendices A.7 to A.9",
        [
          "RFC 6749 section 5.2=rfc6749#section-5.2", "A.7=rfc6749#appendix-A.7", "A.9=rfc6749#appendix-A.9",
        ]
      ),
      (
        "RFC 6749 section 4.4.2 and appendix B; RFC 7617 section 2.",
        [
          "RFC 6749 section 4.4.2=rfc6749#section-4.4.2", "B=rfc6749#appendix-B",
          "RFC 7617 section 2=rfc7617#section-2",
        ]
      ),
      ("RFC 9110 section 8.4 (a MAY there), and 9 others", ["RFC 9110 section 8.4=rfc9110#section-8.4"]),
      ("Implementing API requests, step 2", []), ("RFC of 1998", []), ("RFC 123456", []),
    ] as [(String, [String])])
  func links(_ source: String, _ expected: [String]) {
    let parts = SourceLinks(source).parts
    #expect(parts.map(\.text).joined() == source)
    let found = parts.compactMap { part in
      part.url.map { "\(part.text)=\($0.replacing("https://www.rfc-editor.org/rfc/", with: ""))" }
    }
    #expect(found == expected)
  }

  @Test("a source in Markdown and HTML is text with links")
  func linkedText() {
    let links = SourceLinks("<b> RFC 6749 section 3.2")
    #expect(links.markdown.text == "\\<b\\> [RFC 6749 section 3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.2)")
    #expect(
      String(decoding: links.markup.flatMap(\.bytes), as: UTF8.self)
        == "&lt;b&gt; <a href=\"https://www.rfc-editor.org/rfc/rfc6749#section-3.2\" rel=\"noreferrer\">"
        + "RFC 6749 section 3.2</a>")
  }

  @Test(
    "a path is shown from the folder of its pack on",
    arguments: [
      ("Scenarios/expiry/a.yaml", "expiry", "Scenarios/expiry/b.yaml", "expiry/b.yaml"),
      ("/tmp/expiry/own/expiry/a.yaml", "expiry", "/tmp/expiry/own/expiry/a.yaml", "expiry/a.yaml"),
      ("expiry/a.yaml", "expiry", "expiry/a.yaml", "expiry/a.yaml"),
      ("/expiry/a.yaml", "expiry", "/expiry/a.yaml", "/expiry/a.yaml"),
      ("builtin/invariants.yaml", "invariants", "builtin/expiry/a.yaml", "expiry/a.yaml"),
      ("pack/expiry/a.yaml", "expiry", "targets/mine.yaml", "targets/mine.yaml"),
    ])
  func paths(_ file: String, _ suite: String, _ path: String, _ expected: String) {
    var planned = Sample.planned(0, suite: suite)
    planned.file = file
    let shown = PackPath(planned)
    #expect(shown.relative(path) == expected)
    #expect(shown.relative(lines: "status\n  at \(path):3\nstep") == "status\n  at \(expected):3\nstep")
  }

  @Test(
    "a span is in years from a year on",
    arguments: [
      (86_399, "23h 59m 59s"), (364 * 86_400, "364d"), (365 * 86_400, "1 year (365d)"),
      (730 * 86_400, "2 years (730d)"), (5072 * 86_400 + 1, "13.9 years (5072d 1s)"),
    ] as [(Int64, String)])
  func years(_ seconds: Int64, _ expected: String) {
    #expect(SimulatedText.span(SimulatedDuration(milliseconds: seconds * 1000)) == expected)
  }
}
