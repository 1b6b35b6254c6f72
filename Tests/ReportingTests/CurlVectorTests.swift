// Commands of curl that the page's script has to make as well: the tests in a browser read the same file.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import Testing

@testable import Reporting

@Suite("The commands of curl that the page makes too")
struct CurlVectorTests {
  private static let form = [HeaderField("content-type", "application/x-www-form-urlencoded; charset=utf-8")]
  private static let texts = [
    #"{"id":7}"#, "@/etc/hostname", "a\r\nb\n", "tab\there", "\u{1B}[31m\u{202E}\u{7F}", "'\u{301}`id`$(id)${IFS}\\!",
    "##[group]::error::", "\u{0}é漢🚚\u{2028}", "", "$lower $1 $TOKEN ${TOKEN}A ${TOKEN} ${TOKEN}$OTHER", "it's $A'$B",
    String(repeating: "漢", count: 2730), String(repeating: "漢", count: 2731),
  ]
  private static let forms = [
    "a=1&b=2", "a=1&client_secret=$ERP_SECRET&x=%41+b", "s=+%C3%A9${ERP_SECRET}A%26&t=$B", "s=%C3$A", "s=%+f$A", "$A",
    "$A=$B", "s=%00$A", "&&s=$A&", "a=##$A",
  ]
  private static let urls = [
    "https://example.com/a/../[x]", "http://h/a/.", "http://h/?a=/../", "http://h/.well-known", "http://h/a/..#/./",
    "http://h/'\u{301}$TOKEN", "command:./manage", "prompt:create", "http://h/{id}",
  ]

  private static func exchange(
    _ method: String = "POST", _ url: String = "http://127.0.0.1/in", _ headers: [HeaderField] = [],
    body: BodyRecord = BodyRecord(size: 0, text: ""), version: String = "1.1"
  ) -> ExchangeRecord {
    var exchange = Sample.exchange()
    (exchange.method, exchange.url, exchange.requestHeaders) = (method, url, headers)
    (exchange.requestBody, exchange.version) = (body, version)
    return exchange
  }

  private static func body(_ text: String) -> BodyRecord { BodyRecord(size: text.utf8.count, text: text) }

  private static var exchanges: [ExchangeRecord] {
    let headers = [
      HeaderField("Host", "a"), HeaderField("host", "b"), HeaderField("X-Empty", ""), HeaderField("X-Blank", " \t"),
      HeaderField("Authorization", "Basic $ERP_SECRET_BASIC"), HeaderField("X", "$B_BASIC$A_BASIC"),
    ]
    let bodies = [
      BodyRecord(size: 4, text: "/wD+Cg==", isBase64: true), BodyRecord(size: 5, text: "/wD+Cg==", isBase64: true),
      BodyRecord(size: 9, text: "$TOKEN==", isBase64: true), BodyRecord(size: 99, text: "a…b", omitted: 90),
      BodyRecord(size: 3, text: "abc", isCut: true),
    ]
    let sent = texts.map { exchange(body: body($0)) }
    return sent + forms.map { exchange("POST", "http://h/token", form, body: body($0)) }
      + urls.map { exchange("GET", $0) } + bodies.map { exchange("PUT", body: $0) }
      + ["GET", "HEAD", "DELETE", "FO'O"].flatMap { [exchange($0), exchange($0, body: body("x"))] }
      + [exchange("GET", "http://h/", headers), exchange("PATCH", "https://h/", version: "2")]
  }

  /// Ways to a target, as the facts of a run.
  private static let routes: [[RunFact]] = [
    [RunFact("proxy", "http://127.0.0.1:3128"), RunFact("tls.verified", "true")], [RunFact("proxy", "none")],
    [RunFact("tls.cacert", "ca's.pem"), RunFact("tls.cert", "c.pem"), RunFact("tls.key", "k.pem")],
    [
      RunFact("tls.verified", "false"), RunFact("resolve", "h:443:127.0.0.1"), RunFact("resolve", "h:80:::1"),
      RunFact("unix-socket", "/run/s"),
    ],
  ]

  @Test("are those of the golden file")
  func golden() throws {
    let direct = CurlVectorTests.exchanges.map { ($0, [RunFact]()) }
    let routed = CurlVectorTests.routes.flatMap { facts in
      ["https://h/", "http://h/"].map { (CurlVectorTests.exchange("GET", $0), facts) }
    }
    let certificates = [CertificateRecord(), .init(file: "a.pem", key: "a-key.pem"), .init(file: "it's.pem")].flatMap {
      var exchange = CurlVectorTests.exchange("POST", "https://h/token")
      exchange.certificate = $0
      return [[], CurlVectorTests.routes[2]].map { (exchange, $0) }
    }
    let vectors = try (direct + routed + certificates).map { exchange, facts -> JSON in
      var run = RunDescription(
        version: "1.0.0", target: "T", targetFile: "t.yaml", startedAt: Sample.wall, simulatedStart: .documented,
        seed: nil, jobs: 1, host: "h", command: [])
      run.environment = facts
      let curl = Curl.command(for: exchange, route: CurlRoute(run))
      let environment = facts.map { JSON.object([.init("name", .string($0.name)), .init("value", .string($0.value))]) }
      let step = StepRecord(
        number: 0, line: 1, sentence: "post", wall: Sample.wall, simulated: .documented, exchange: exchange, checks: [])
      let logged = try #require(try JSON(parsing: Event.stepFinished(step).line)["exchange"])
      return .object(
        [.init("curl", curl.map { .string($0) } ?? .null)]
          + (facts.isEmpty ? [] : [.init("environment", .array(environment))]) + [.init("exchange", logged)])
    }
    try expectGolden("curl-commands.json", JSON.array(vectors).indented + "\n")
  }
}
