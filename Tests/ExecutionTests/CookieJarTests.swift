import ConformanceModel
import HTTPModel
import TestSupport
import Testing

@testable import Execution

@Suite("Cookies of a session")
struct CookieJarTests {
  private static let start = SimulatedInstant(seconds: 1_658_311_388)

  /// What a request to `url` sends after these fields of a response of `https://app.example.com/admin/login`.
  private static func sent(
    _ fields: [String], to url: String, later seconds: Int64 = 0, date: String? = nil
  ) -> String? {
    var response = WireResponse(status: 200)
    response.headers = fields.map { HeaderField("Set-Cookie", $0) }
    if let date { response.headers.append(HeaderField("Date", date)) }
    var jar = CookieJar()
    jar.keep(response, from: "https://app.example.com/admin/login", at: start)
    var request = WireRequest(url: url)
    jar.add(to: &request, at: start + SimulatedDuration(milliseconds: seconds * 1000))
    return request.headers.first("Cookie")
  }

  @Test(
    "go to the host, the path and the scheme that they are for",
    arguments: [
      ("a=1", "https://app.example.com/admin/x", true), ("a=1", "https://app.example.com/admin?x", true),
      ("a=1", "https://app.example.com/administration", false), ("a=1", "https://app.example.com/", false),
      ("a=1; Path=/", "https://app.example.com/other", true), ("a=1; Path=/", "https://app.example.com", true),
      ("a=1; Path=x", "https://app.example.com/other", false),
      ("a=1; Path=/", "https://other.example.com/", false), ("a=1; Path=/", "https://x.app.example.com/", false),
      ("a=1; Path=/; Domain=.Example.com", "https://other.example.com/", true),
      ("a=1; Path=/; Domain=example.com", "https://notexample.com/", false),
      ("a=1; Path=/; Domain=evil.com", "https://evil.com/", false),
      ("a=1; Path=/; Domain=evil.com", "https://app.example.com/", false),
      ("a=1; Path=/; secure", "http://app.example.com/", false),
      ("a=1; Path=/; secure", "https://app.example.com/", true), ("a=1; Path=/", "http://app.example.com:8080/", true),
    ])
  func scope(field: String, url: String, isSent: Bool) {
    #expect(CookieJarTests.sent([field], to: url) == (isSent ? "a=1" : nil))
  }

  @Test(
    "end on the target's clock",
    arguments: [
      ("a=1; Path=/; Max-Age=60", 59, true), ("a=1; Path=/; Max-Age=60", 60, false),
      ("a=1; Path=/; Max-Age=0", 0, false), ("a=1; Path=/; Max-Age=-1", 0, false),
      ("a=1; Path=/; Expires=Wed, 20 Jul 2022 10:04:08 GMT", 59, true),
      ("a=1; Path=/; Expires=Wed, 20-Jul-2022 10:04:08 GMT", 60, false),
      ("a=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0, false),
      ("a=1; Path=/; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0, true),
      ("a=1; Path=/; Max-Age=9223372036854775807", 86_400 * 365, true),
      ("a=1; Path=/; Expires=soon", 86_400, true), ("a=1; Path=/; Max-Age=", 86_400, true),
    ] as [(String, Int64, Bool)])
  func ends(field: String, seconds: Int64, isSent: Bool) {
    let cookie = CookieJarTests.sent([field], to: "https://app.example.com/", later: seconds)
    #expect(cookie == (isSent ? "a=1" : nil))
  }

  @Test("are measured from the date of the response: the target's clock may be another")
  func dates() {
    let cookie = CookieJarTests.sent(
      ["a=1; Path=/; Expires=Wed, 01 Jan 2020 01:00:00 GMT"], to: "https://app.example.com/", later: 3599,
      date: "Wed, 01 Jan 2020 00:00:00 GMT")
    #expect(cookie == "a=1")
  }

  @Test("are replaced and removed by their name, host and path, and sent with longer paths first")
  func order() {
    let url = "https://app.example.com/admin/x"
    #expect(CookieJarTests.sent(["a=1", "b=2; Path=/", "a=3"], to: url) == "a=3; b=2")
    #expect(CookieJarTests.sent(["a=1; Path=/", "b=2; Path=/admin/x"], to: url) == "b=2; a=1")
    #expect(CookieJarTests.sent(["a=1; Path=/", "a=; Path=/; Max-Age=0"], to: url) == nil)
    #expect(CookieJarTests.sent(["=1", "novalue", "", " a = b c=d ; path=/"], to: url) == "a=b c=d")
  }

  @Test("are added to those that the request has")
  func own() {
    var jar = CookieJar()
    jar.keep(
      WireResponse(status: 200, headers: [HeaderField("set-cookie", "a=1")]), from: "http://127.0.0.1:80/", at: nil)
    var request = WireRequest(url: "http://127.0.0.1/x", headers: [HeaderField("cookie", "lang=en")])
    jar.add(to: &request, at: nil)
    #expect(request.headers == [HeaderField("cookie", "lang=en; a=1")])
  }
}
