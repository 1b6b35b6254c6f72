// The sentences about findings: one golden entry for every kind.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import Testing
import XML

@testable import Reporting

@Suite("The sentence of a finding")
struct FindingTextTests {
  private static func finding(
    _ mismatch: Mismatch.Kind?, _ subject: String? = nil, path: String? = nil, expected: String? = nil,
    actual: String? = nil, isSetup: Bool = false, exchange: ExchangeRecord? = nil, statement: String? = nil
  ) -> Finding {
    var finding = Finding(isSetup ? .errored : .failed, .assertion, statement)
    (finding.mismatch, finding.subject, finding.path) = (mismatch, subject, path)
    (finding.expected, finding.actual, finding.isSetup, finding.exchange) = (expected, actual, isSetup, exchange)
    return finding
  }

  private static func redirect(_ status: Int, _ location: String?) -> ExchangeRecord {
    Sample.answer(status, location.map { ["Location": $0] } ?? [:])
  }

  private static var every: [(title: String, finding: Finding)] {
    let token = Sample.answer(200, ["Content-Type": "application/json"], "\u{FEFF}{\"access_token\":\"$TOKEN\"}")
    let login = redirect(307, "/login")
    return [
      ("a value", finding(.value, "status", expected: "401", actual: "200")),
      ("a value in JSON", finding(.value, "body as JSON", path: "/error", expected: "\"a\"", actual: "\"b\"")),
      ("a missing value", finding(.missing, "header Cache-Control", expected: "no-store", actual: "nothing")),
      (
        "an unexpected value", finding(.unexpected, "body as JSON", path: "/scope", expected: "absent", actual: "\"x\"")
      ),
      ("an action that did not succeed", finding(.outcome, "creating the client", expected: "2xx", actual: "HTTP 401")),
      (
        "the same in the setup",
        finding(.outcome, "creating the client", expected: "2xx", actual: "HTTP 401", isSetup: true)
      ),
      (
        "a response without a part",
        finding(
          .incomplete, "creating the client", expected: "the client is created",
          actual: "HTTP 201, but the response has no id at /client_id")
      ),
      (
        "a token response with a byte order mark",
        finding(
          .incomplete, "requesting the token", expected: "the token is issued",
          actual: "HTTP 200, but the response is not JSON", exchange: token)
      ),
      (
        "an issued token", finding(.tokenIssued, "token error", expected: "error \"invalid_client\"", actual: "a token")
      ),
      (
        "an unreadable body",
        finding(
          .unreadable, "body as JSON", expected: "JSON", actual: "not JSON (9 bytes): a value was expected at byte 0",
          exchange: Sample.answer(200, [:], "<!DOCTYPE html><title>Sign in</title>"))
      ),
      ("a shown secret", finding(.secretShown, "body", expected: "no secret", actual: "…\"secret\":\"$SECRET…")),
      ("further mismatches", finding(.more, "body as JSON", actual: "12 more mismatches, the last at /items/31")),
      (
        "a redirected action",
        finding(.outcome, "requesting the token", expected: "2xx", actual: "HTTP 307", exchange: login)
      ),
      ("a redirect instead of a status", finding(.value, "status", expected: "401", actual: "307", exchange: login)),
      (
        "a redirect instead of a header field",
        finding(.missing, "header Cache-Control", expected: "no-store", actual: "nothing", exchange: login)
      ),
      (
        "a redirect without a target",
        finding(.outcome, "posting the payload", expected: "2xx", actual: "HTTP 302", exchange: redirect(302, nil))
      ),
      ("a statement", finding(nil, statement: "the clock did not move")),
      ("a difference without a kind", finding(nil, "status", expected: "401", actual: "200")),
      ("no words at all", finding(nil)),
    ]
  }

  @Test("is made of its data, one for every kind of finding")
  func golden() throws {
    let lines = FindingTextTests.every.map { "\($0.title):\n  \(FindingText.headline($0.finding))\n" }
    try expectGolden("finding-texts.txt", lines.joined())
  }

  @Test("has a golden entry for every kind of mismatch")
  func everyKind() {
    #expect(Set(FindingTextTests.every.compactMap(\.finding.mismatch)) == Set(Mismatch.Kind.allCases))
  }

  @Test("is the same in JUnit, the summary, TAP, CTRF, annotations, the page and on the console")
  func sameEverywhere() throws {
    let folder = try Folder()
    let finding = FindingTextTests.finding(.outcome, "creating the client", expected: "2xx", actual: "HTTP 401")
    let events = [
      Sample.start, .caseFinished(Sample.finished(Sample.planned(0), .failed, [finding])), Sample.end(),
    ]
    let log = try folder.log(events)
    for format in ReportFormat.allCases where format != .github {
      try format.write(log, to: folder.file("report"))
      #expect(try folder.read("report").contains("creating the client failed: HTTP 401 (expected 2xx)"), "\(format)")
    }
    #expect(
      try folder.report(.github, of: log).contains("::creating the client failed: HTTP 401 (expected 2xx)"))
  }
}

@Suite("Why a body is not JSON")
struct BodyDiagnosisTests {
  @Test(
    "is said by its cause",
    arguments: [
      ("", "the body is empty"), ("  \n", "it is only white space"),
      ("\u{FEFF}{}", "it begins with a byte order mark (RFC 8259 section 8.1)"),
      ("{\u{0}}\u{0}", "it is UTF-16 or UTF-32, not UTF-8 (RFC 8259 section 8.1)"),
      ("\n<!DOCTYPE HTML><html><title>Sign in</title>", "it is an HTML page ('Sign in')"),
      ("<html><body>502", "it is an HTML page"), ("<?xml version=\"1.0\"?><error/>", "it is XML"),
      ("{\"a\":1", "it ends early, after 6 bytes"), ("{} {}", "text after the value at byte 3"), ("{\"a\":1}", nil),
      ("[]", nil),
    ] as [(String, String?)])
  func cause(_ text: String, _ reason: String?) {
    #expect(BodyDiagnosis.reason(BodyRecord(size: text.utf8.count, text: text)) == reason)
  }

  @Test("is also known of bytes that are not UTF-8, and of a truncated body")
  func bytes() {
    let utf16 = BodyRecord(size: 4, text: Base64.encode([0xFF, 0xFE, 0x7B, 0x00]), isBase64: true)
    #expect(BodyDiagnosis.reason(utf16) == "it is UTF-16 or UTF-32, not UTF-8 (RFC 8259 section 8.1)")
    let latin = BodyRecord(size: 3, text: Base64.encode([0x22, 0xE9, 0x22]), isBase64: true)
    #expect(BodyDiagnosis.reason(latin) == "it is not UTF-8")
    #expect(
      BodyDiagnosis.reason(BodyRecord(size: 5, text: "{\"a\":", isCut: true))
        == "the response is truncated after 5 bytes")
    // the middle of a large body is not in the log, so nothing can be said about it
    #expect(BodyDiagnosis.reason(BodyRecord(size: 90_000, text: "{\"a\":…", omitted: 80_000)) == nil)
  }
}

@Suite("An entry for the expected deviations of a target")
struct DeviationEntryTests {
  @Test("names case, step, subject and what was seen, in quotes that YAML reads")
  func entry() throws {
    var finding = Sample.finding()
    (finding.subject, finding.path, finding.actual) = ("body as JSON", "/error", "\"invalid_grant\"")
    let record = Sample.finished(Sample.planned(0, row: "auth=basic"), .failed, [finding, finding])
    let entry =
      #"- { id: "token-border/auth=basic", step: "post the payload 'valid' with the token 'token'", "#
      + #"subject: "body as JSON, /error", seen: "\"invalid_grant\"", reason: "(why this is accepted)" }"#
    #expect(DeviationEntry.list(record) == [entry])
  }

  @Test("does not exist for an error that is not the result of an expectation")
  func none() {
    let finding = Sample.finding(.errored, .connection, "connection refused")
    #expect(DeviationEntry.list(Sample.finished(Sample.planned(0), .errored, [finding])).isEmpty)
  }

  @Test("is in the summary and in the page, with a button that copies it")
  func reports() throws {
    let folder = try Folder()
    let log = try folder.log(Sample.everyVerdict)
    #expect(try Summary(log).markdown().contains("```yaml\n- { id: \"token-refused/auth=basic\", step: "))
    let page = try folder.report(.html, of: log)
    let code = #"<code data-copy="Copy as expected deviation">"#
    #expect(page.contains("\(code)- { id: &quot;token-refused/auth=basic&quot;, step: "))
  }
}

@Suite("The finding that decided the verdict")
struct MainFindingTests {
  @Test("is not one of the clean-up, unless there is no other", arguments: [true, false])
  func cleanup(isFirstWarned: Bool) {
    var cleanup = Finding(.errored, .assertion, "status: expected 204, got 500")
    cleanup.isCleanup = true
    let other = Finding(isFirstWarned ? .warned : .errored, .internal, "not finished: interrupted by SIGINT")
    let record = Sample.finished(Sample.planned(0), .errored, [other, cleanup])
    #expect(record.mainFinding == (isFirstWarned ? cleanup : other))
    #expect(record.sortedFindings == (isFirstWarned ? [cleanup, other] : [other, cleanup]))
    #expect(FindingText.headline(cleanup) == "cleanup failed: status: expected 204, got 500")
  }
}

@Suite("Steps that were not run, repetitions and notes of a case")
struct CaseExtrasTests {
  private var record: CaseRecord {
    var record = Sample.finished(Sample.planned(0), .failed, [Sample.finding()])
    record.notRun = ["wait for 1s", "post the payload 'valid'"]
    (record.attempts, record.rerun, record.notes) = (2, "the connection was closed", ["a response was truncated"])
    return record
  }

  private let lines = [
    "not run: wait for 1s", "not run: post the payload 'valid'",
    "run 2 times; the result is that of the last: the connection was closed", "note: a response was truncated",
  ]

  @Test("are lines of their own")
  func text() {
    #expect(FindingText.extras(record) == [lines.joined(separator: "\n")])
    #expect(FindingText.extras(Sample.finished(Sample.planned(0), .passed)).isEmpty)
  }

  @Test("are cut after twenty steps")
  func many() {
    var record = record
    record.notRun = (0..<30).map { "step \($0)" }
    let text = FindingText.extras(record).joined()
    #expect(text.contains("not run: step 19\n… and 10 more steps not run\n") && !text.contains("step 20"))
  }

  @Test("are in every report that has details", arguments: [ReportFormat.summary, .tap, .ctrf, .html])
  func reports(format: ReportFormat) throws {
    let folder = try Folder()
    try format.write(folder.log([Sample.start, .caseFinished(record), Sample.end()]), to: folder.file("report"))
    let report = try folder.read("report")
    for line in ["not run: wait for 1s", "run 2 times", "note: a response was truncated"] {
      #expect(report.contains(line), "\(line)")
    }
  }

  @Test("are the system-out of JUnit, also of a passed case")
  func junit() throws {
    let text = lines.joined(separator: "\n")
    for verdict in [Verdict.failed, .errored, .passed, .skipped] {
      var record = record
      record.verdict = verdict
      record.findings = record.findings.compactMap { finding in
        var finding = finding
        finding.verdict = verdict
        return [.failed, .errored].contains(verdict) ? finding : nil
      }
      let junit = try Folder().junit([Sample.start, .caseFinished(record), Sample.end()])
      let document = try XMLDocument(parsing: Array(junit.utf8))
      #expect(try document.text(xpath: "//testcase/system-out") == [text], "\(verdict)")
      #expect(try document.text(xpath: "string(//failure)").first?.contains("not run") == false)
    }
  }

  @Test("are printed on the console")
  func console() throws {
    let folder = try Folder()
    let log = try folder.log([Sample.start, .caseFinished(record), Sample.end()])
    let text = Locked("")
    let console = Console(style: .init(isTerminal: false, hasColours: false)) { piece in text.withLock { $0 += piece } }
    try console.finish(log, reports: [])
    #expect(
      text.withLock { $0 }.contains("\n  not run: wait for 1s, and 1 more step\n  run 2 times; "))
  }

  @Test(
    "shows a long run of spaces by its length, and no other",
    arguments: [
      ("a\(String(repeating: " ", count: 4000))b", "a… 4,000 spaces …b"),
      ("\(String(repeating: " ", count: 41))", "… 41 spaces …"),
      ("a\(String(repeating: " ", count: 40))\n\tb  ", "a\(String(repeating: " ", count: 40))\n\tb  "),
      ("\(String(repeating: " ", count: 1_234_567))ü", "… 1,234,567 spaces …ü"), ("", ""),
    ])
  func spaces(text: String, shown: String) {
    #expect(FindingText.shortened(text) == shown)
  }

  @Test("shows the whole of a padded body, without a note that it was cut")
  func padded() {
    let lines = FindingText.marked("< ", "{\"a\":1}" + String(repeating: " ", count: 5000))
    #expect(lines == ["< {\"a\":1}… 5,000 spaces …"])
  }
}
