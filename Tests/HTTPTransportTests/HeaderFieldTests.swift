// What the value of a header field looks like.

import HTTPModel
import Testing

@Suite("A header field")
struct HeaderFieldTests {
  @Test("has the form of a date", arguments: ["Wed, 20 Jul 2022 10:03:08 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"])
  func date(value: String) { #expect(HeaderField("Date", value).isDate) }

  @Test(
    "has another form",
    arguments: [
      "", "Wed, 20 Jul 2022 10:03:08 UTC", "Wed, 20 Jul 2022 10:03:08 GMT ", "Wed, 2x Jul 2022 10:03:08 GMT",
      "Wednesday, 20-Jul-22 10:03:08 GMT", "abcdefgh ijklmnopqrs tuvwxyz0", "W3d, 20 Jul 2022 10:03:08 GMT",
    ])
  func other(value: String) { #expect(!HeaderField("Date", value).isDate) }

  @Test("is found by its name in any case")
  func named() {
    let fields = [HeaderField("cache-control", "no-store"), HeaderField("X-A", "1"), HeaderField("x-a", "2")]
    #expect(fields.first("Cache-Control") == "no-store" && fields.values("x-A") == ["1", "2"])
    #expect(fields.first("Cache_Control") == nil && fields.first("X-AB") == nil)
  }
}
