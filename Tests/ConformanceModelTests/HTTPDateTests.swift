// The date formats of HTTP.

import ConformanceModel
import Testing

@Suite("HTTP dates")
struct HTTPDateTests {
  @Test(
    "are formatted as IMF-fixdate",
    arguments: [
      (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
      (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
      (-1, "Thu, 01 Jan 1970 00:00:00 GMT"), (253_402_300_800, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ] as [(Int64, String)])
  func format(seconds: Int64, text: String) { #expect(SimulatedInstant(seconds: seconds).httpDate == text) }

  @Test("have no fraction")
  func fraction() {
    #expect(SimulatedInstant(milliseconds: 1_999).httpDate == "Thu, 01 Jan 1970 00:00:01 GMT")
  }

  @Test(
    "are read in the three formats of RFC 9110 section 5.6.7",
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
      ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Wed Jul 20 10:03:08 2022", 1_658_311_388),
      ("Wednesday, 20-Jul-22 10:03:08 GMT", 1_658_311_388), ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
      ("Thursday, 01-Jan-70 00:00:00 GMT", 0), ("Tuesday, 31-Dec-69 23:59:59 GMT", 3_155_759_999),
    ] as [(String, Int64)])
  func read(text: String, seconds: Int64) {
    #expect(SimulatedInstant(httpDate: text) == SimulatedInstant(seconds: seconds))
  }

  @Test(
    "are nothing else",
    arguments: [
      "", "0", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 6 Nov 1994 08:49:37 GMT",
      "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37.5 GMT",
      "Sun, 06 Nov 94 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 UTC",
      "Sun Nov 06 24:00:00 1994", "1994-11-06T08:49:37Z",
    ])
  func other(text: String) { #expect(SimulatedInstant(httpDate: text) == nil) }

  @Test("are replaced inside a text")
  func replace() {
    let date = SimulatedInstant.documented.httpDate
    #expect("".replacingHTTPDates(with: "X") == "")
    #expect("\(date)".replacingHTTPDates(with: "X") == "X")
    #expect("a=\(date); b=\(date)é GMT".replacingHTTPDates(with: "X") == "a=X; b=Xé GMT")
    #expect("10:00 GMT, or at 11 GMT".replacingHTTPDates(with: "X") == "10:00 GMT, or at 11 GMT")
  }
}
