import ConformanceModel
import Cryptography
import Foundation
import HTTPModel
import JSONValue
import RunEvents
import Testing

@testable import Reporting

@Suite("The run as a page")
struct HTMLReportTests {
  /// Texts that would do something in a page if they stood in it as they are.
  static let hostile = [
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!--", "\" onclick=\"alert(1)",
    "\"\u{301} onclick=alert(1) \u{301}\"", "' onclick='alert(1)",
    "{{{data}}}", "{{#groups}}", "&lt;b&gt;", "\u{202E}txt.exe", "\u{0}\u{1B}[31m", "\u{2028}\u{2029}",
    "javascript:alert(1)", "# %23 &amp; %zz", "]]>",
  ]

  private func page(_ events: [Event], history: ((RunLog) throws -> History)? = nil) throws -> String {
    let folder = try Folder()
    let log = try folder.log(events)
    return try folder.report(.html, of: log, history: history?(log))
  }

  /// The data of the page: a line for the page alone, and lines of the log.
  private func data(_ page: String) throws -> (page: JSON, events: [Event]) {
    let start = try #require(page.range(of: #"<script type="application/x-ndjson" id="data">"#))
    let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
    let lines = page[start.upperBound..<end.lowerBound].utf8.split(separator: 0x0A)
    let values = try lines.map { try JSON(parsing: Array($0)) }
    return (try #require(values.first), try values.dropFirst().map { try Event(decoding: $0) })
  }

  private func step(
    _ number: Int, body: String = "{}", sentence: String = "post the payload 'valid' with the token 'token'"
  ) -> Event {
    .stepFinished(
      StepRecord(
        number: number, line: 12, sentence: sentence, wall: Sample.wall, simulated: .documented,
        exchange: Sample.exchange(answer: body),
        checks: [CheckRecord(subject: "status", severity: .should, holds: false)]))
  }

  @Test("what an exploration tried is a view of its own, which no other run has")
  func coverage() throws {
    let lines = HTMLReportTests.hostile.map {
      RunCoverage.Line(operation: $0, dimension: $0, run: 1, values: 2, pairsRun: 3, pairs: 40, missing: [$0])
    }
    let states = HTMLReportTests.hostile.map { RunCoverage.State(name: $0, steps: 0) }
    var events = Sample.everyVerdict
    events.insert(.coverage(RunCoverage(lines: lines, states: states)), at: events.count - 1)
    let page = try page(events)
    #expect(page.contains("<a href=\"#view=coverage\">Coverage</a>"))
    // without JavaScript it is shown
    #expect(page.contains("<section id=\"coverage\" data-view=\"coverage\" aria-labelledby=\"coverage-title\">"))
    #expect(page.contains("1 of 2") && page.contains("3 of 40") && page.contains("not reached"))
    #expect(!page.contains("<img") && !page.contains("<script>alert"))
    #expect(page.contains("<li>&lt;img src=x onerror=alert(1)&gt;</li>"))
    let ordinary = try self.page(Sample.everyVerdict)
    #expect(!ordinary.contains("#view=coverage") && !ordinary.contains("data-view=\"coverage\""))
  }

  @Test("every failure is in the page itself, with its place, its requirement and the command that runs it")
  func withoutScript() throws {
    let page = try page(Sample.everyVerdict)
    for text in [
      "FAILED</span>: 1 of 7 cases do not conform", "status: expected 401, got 200",
      " · expiry/token-border.yaml:12</span>", "\n  at expiry/token-border.yaml:12\n", "EXP-02",
      "conform run --target &#39;targets/north wind.yaml&#39; --only token-refused/auth=basic</code>",
      "repeat: curl -i",
      "connection refused", "Northwind staging", "1d, from 2022-07-20T10:03:08Z",
      "waits until 2026-11-24T12:00:01Z",
    ] { #expect(page.contains(text), "\(text)") }
    for verdict in Verdict.allCases where verdict != .errored {
      #expect(page.components(separatedBy: " class=\"is-\(verdict)\"><td class=\"result\">").count == 2)
    }
  }

  @Test("hostile text stays text everywhere", arguments: hostile)
  func hostileText(_ text: String) throws {
    var planned = Sample.planned(0, suite: text, scenario: text, row: text, title: text)
    planned.file = text
    planned.tags = [text]
    planned.covers = [.init(id: text, level: .must)]
    var finding = Sample.finding(.failed, .assertion, text)
    (finding.step, finding.expected, finding.actual, finding.subject) = (text, text, text, text)
    finding.exchange = Sample.exchange(body: text, answer: text)
    finding.place?.file = text
    let run = Event.runStarted(
      RunDescription(
        version: text, target: text, targetFile: text, startedAt: Sample.wall, simulatedStart: .documented, seed: nil,
        jobs: 1, host: text,
        command: ["conform", "run", text], environment: [RunFact(text, text), RunFact("ci.job", text)]))
    let requirements = [text, "X"].map { Requirement(id: $0, level: .may, source: text, text: text, uncovered: text) }
    let page = try page([
      run, .requirements(requirements), .casePlanned(planned), step(0, body: text, sentence: text),
      .caseFinished(Sample.finished(planned, .failed, reason: text, [finding])), Sample.end(aborted: text),
    ])
    let plain = try self.page(Sample.everyVerdict)
    // no tag, no attribute and no comment more than in any page
    for mark in ["<script", "<img", "<!--"] {
      #expect(page.components(separatedBy: mark).count == plain.components(separatedBy: mark).count)
    }
    #expect(page.range(of: #"<[a-z]+ [^>]*\sonclick="#, options: .regularExpression) == nil)
    #expect(!page.contains(#"href="javascript"#))
    let seen = page.prefix(upTo: try #require(page.range(of: "id=\"data\"")).lowerBound)
    for scalar in ["\u{202E}", "\u{0}", "\u{1B}"] as [Unicode.Scalar] {
      #expect(seen.unicodeScalars.contains(scalar) == false)
    }
    // the script gets the events as they are in the log
    let log = try data(page).events
    #expect(
      log == [
        run, .caseFinished(Sample.finished(planned, .failed, reason: text, [finding])),
        step(0, body: text, sentence: text),
      ])
  }

  @Test("the Content-Security-Policy allows the page's style and script by their hashes, and nothing else")
  func policy() throws {
    let page = try page(Sample.everyVerdict)
    func between(_ start: String, _ end: String) throws -> String {
      let from = try #require(page.range(of: start, options: start == "<script>" ? .backwards : []))
      let to = try #require(page.range(of: end, range: from.upperBound..<page.endIndex))
      return String(page[from.upperBound..<to.lowerBound])
    }
    func hash(_ text: String) -> String { Base64.encode(SHA256.hash(Array(text.utf8))) }
    let style = try hash(between("<style>", "</style>")), script = try hash(between("<script>", "</script>"))
    #expect(
      page.contains(
        "content=\"default-src 'none'; style-src 'sha256-\(style)'; script-src 'sha256-\(script)'; base-uri 'none'; form-action 'none'\""
      ))
    for attribute in [" style=\"", " src=\"", " srcset=\"", "@import", "url("] {
      #expect(!page.contains(attribute), "\(attribute)")
    }
  }

  @Test("the same log gives the same bytes, and the page of an empty run is small")
  func determinism() throws {
    let folder = try Folder()
    let log = try folder.log(Sample.everyVerdict)
    #expect(try folder.report(.html, of: log) == folder.report(.html, of: log))
    let empty = try page([Sample.start, Sample.end()])
    #expect(empty.utf8.count < 100_000)
    #expect(empty.contains("ERRORED"))
  }

  @Test(
    "the steps of failures come first if there is no room for all, and the page says how many cases are without steps")
  func budget() throws {
    let body = String(repeating: "x", count: 60_000)
    let plan = (0..<300).map { Sample.planned($0, scenario: "case-\($0)") }
    let steps = plan.map { step($0.number, body: body) }
    let ends = plan.map {
      Event.caseFinished(
        $0.number == 299 ? Sample.finished($0, .failed, [Sample.finding()]) : Sample.finished($0, .passed))
    }
    let page = try page([Sample.start] + plan.map { .casePlanned($0) } + steps + ends + [Sample.end()])
    let data = try data(page)
    #expect(page.utf8.count < PageLines.maxSize + 1 << 20)
    let shown = data.events.compactMap { if case .stepFinished(let step) = $0 { step.number } else { nil } }
    #expect(shown.contains(299) && shown.contains(0) && shown.count < 300)
    #expect(data.page["omitted"]?.int == 300 - shown.count)
  }

  @Test("the lines of the log are in the page as they are, and each finding has its sentence and its entry")
  func lines() throws {
    let folder = try Folder()
    let planned = Sample.planned(0)
    var finding = Sample.finding()
    finding.exchange = nil
    finding.statement = nil
    let events = [
      Sample.start, .casePlanned(planned), step(0), .caseFinished(Sample.finished(planned, .failed, [finding])),
    ]
    let page = try folder.report(.html, of: folder.log(events + [Sample.end()]))
    for event in [events[0], events[2], events[3]] {
      #expect(page.contains("\n\(String(decoding: event.line, as: UTF8.self))"))
    }
    let known = try #require(try data(page).page["findings"]?["0"]?.array?.first)
    #expect(known["message"]?.string == "status: expected 401, got 200")
    #expect(known["entry"]?.string?.hasPrefix("- { id: \"token-border\"") == true)
  }

  @Test("a step that is no JSON, or not UTF-8, breaks nothing", arguments: ["\t\u{1}", "</script>", "<!--\u{2028}-->"])
  func brokenStep(_ text: String) throws {
    let folder = try Folder()
    let planned = Sample.planned(0)
    _ = try folder.log([
      Sample.start, .casePlanned(planned), .caseFinished(Sample.finished(planned, .passed)), Sample.end(),
    ])
    let steps = ["{\"event\":\"step-finished\",\"n\":0,\(text)}\n", "{\"event\":\"step-finished\",\"n\":0,\""]
    let bytes = try folder.bytes("run.jsonl") + steps.joined().utf8 + [0xFF] + "\"}\n".utf8
    try folder.write(bytes, to: "broken.jsonl")
    let page = try folder.report(.html, of: RunLog(path: folder.file("broken.jsonl")))
    #expect(page.components(separatedBy: "</script>").count == 3)
    #expect(!page.contains("<!--") && !page.contains("\u{1}") && !page.contains("\u{FFFD}"))
  }

  @Test("the findings of many failures have no exchanges if there is no room for them")
  func manyFailures() throws {
    let body = String(repeating: "x", count: 60_000)
    let plan = (0..<300).map { Sample.planned($0, scenario: "case-\($0)") }
    let ends = plan.map { planned -> Event in
      var finding = Sample.finding()
      finding.exchange = Sample.exchange(body: body)
      return .caseFinished(Sample.finished(planned, .failed, [finding]))
    }
    let page = try page([Sample.start] + plan.map { .casePlanned($0) } + ends + [Sample.end()])
    #expect(page.utf8.count < PageLines.maxSize + 6 << 20)
    let records = try data(page).events.compactMap { if case .caseFinished(let record) = $0 { record } else { nil } }
    let withExchange = records.count { $0.findings.first?.exchange != nil }
    #expect(records.count == 300 && withExchange > 20 && withExchange < 300)
  }

  @Test("requirements without a case say why, the others show their state")
  func matrix() throws {
    let requirements = [
      Requirement(id: "EXP-02", level: .must, source: "seed", text: "Good for 24 hours."),
      Requirement(id: "SEC-04", level: .must, source: "RFC 9700", text: "Not stored.", unobservable: "it is inside"),
      Requirement(id: "CLI-17", level: .must, source: "RFC 7591", text: "Ends.", uncovered: "nobody does it"),
    ]
    var events = Sample.everyVerdict
    events.insert(.requirements(requirements), at: 1)
    let page = try page(events)
    for text in [
      "Good for 24 hours. <span class=\"source\">seed</span>", ">broken<",
      "cannot be observed from outside: it is inside", "no scenario: nobody does it",
    ] {
      #expect(page.contains(text), "\(text)")
    }
  }

  @Test("requirements that are not met come first, and each suite has a line with its states")
  func suites() throws {
    let requirements = ["EXP-01", "EXP-02", "EXP-03", "CLI-01"].map {
      Requirement(
        id: $0, level: .must, source: "RFC 6749 section 5.1", text: "It holds.",
        suite: $0.hasPrefix("EXP") ? "Token expiry" : "Clients & co")
    }
    let plan = (0..<3).map { Sample.planned($0, scenario: "case-\($0)") }
    var cases = plan
    cases[0].covers = [.init(id: "EXP-01", level: .must)]
    cases[1].covers = [.init(id: "EXP-02", level: .must)]
    cases[2].covers = [.init(id: "EXP-03", level: .must)]
    let ends = [
      Sample.finished(cases[0], .passed), Sample.finished(cases[1], .failed, [Sample.finding()]),
      Sample.finished(cases[2], .warned, [Sample.finding(.warned)]),
    ]
    let page = try page(
      [Sample.start, .requirements(requirements)] + cases.map { .casePlanned($0) } + ends.map { .caseFinished($0) }
        + [Sample.end()])
    let order = page.components(separatedBy: "<tr id=\"req=").dropFirst().map { $0.prefix(6) }
    #expect(order == ["EXP-02", "EXP-03", "EXP-01", "CLI-01"])
    #expect(
      page.contains(
        "<a href=\"https://www.rfc-editor.org/rfc/rfc6749#section-5.1\" rel=\"noreferrer\">RFC 6749 section 5.1</a>"))
    let cells = { (line: String) in
      line.components(separatedBy: "<td class=\"").dropFirst().map {
        String($0.prefix { $0 != "<" }.replacing("\"", with: ""))
      }
    }
    let rows = page.components(separatedBy: "<tr data-prefix=\"").dropFirst()
    #expect(rows.map { $0.prefix(3) } == ["EXP", "CLI"])
    #expect(rows.contains { $0.contains("Clients &amp; co") })
    let zero = "number none>0"
    #expect(
      cells(rows.first?.components(separatedBy: "</tr>").first ?? "")
        == ["number>3", "number is-failed>1", zero, "number is-warned>1", "number is-passed>1", zero, zero, zero])
    let all = page.components(separatedBy: "<tr class=\"all\">").last?.components(separatedBy: "</tr>").first ?? ""
    #expect(
      cells(all)
        == [
          "number>4", "number is-failed>1", zero, "number is-warned>1", "number is-passed>1", zero, zero,
          "number is-skipped>1",
        ])
  }

  @Test("a problem that fails one case and warns in another is one entry", arguments: [false, true])
  func mixed(_ warnsFirst: Bool) throws {
    let plan = [Sample.planned(0, scenario: "one"), Sample.planned(1, scenario: "two")]
    let verdicts: [Verdict] = warnsFirst ? [.warned, .failed] : [.failed, .warned]
    let ends = zip(plan, verdicts).map { Sample.finished($0, $1, [Sample.finding($1)]) }
    let page = try page(
      [Sample.start] + plan.map { .casePlanned($0) } + ends.map { .caseFinished($0) } + [Sample.end()])
    #expect(page.components(separatedBy: "<li class=\"group ").count == 2)
    #expect(page.contains("<li class=\"group is-failed\">"))
    #expect(page.contains("<span class=\"count\">2 cases, 1 of them only warned</span>"))
    #expect(!page.contains("class=\"warnings\""))
    let warned = "<span class=\"word is-warned only\">warned</span> <a href=\"#case=\(warnsFirst ? "one" : "two")\">"
    #expect(page.contains(warned))
  }

  @Test("a group counts all its cases, and lists the first of very many")
  func longGroup() throws {
    let count = FindingGroups.maxListed + 7
    let plan = (0..<count).map { Sample.planned($0, scenario: "case-\($0)") }
    let ends = plan.map { Event.caseFinished(Sample.finished($0, .failed, [Sample.finding()])) }
    let page = try page([Sample.start] + plan.map { .casePlanned($0) } + ends + [Sample.end()])
    #expect(page.contains("<span class=\"count\">\(count) cases</span>"))
    #expect(page.contains("<summary>and \(count - 3) more</summary>"))
    #expect(page.contains("The other 7 cases are in the table of cases."))
    #expect(page.components(separatedBy: "<li id=\"case=").count - 1 == FindingGroups.maxListed)
    #expect(page.components(separatedBy: "<tr data-n=").count - 1 == count)
  }

  @Test("a count of zero is muted, others are not")
  func muted() throws {
    let planned = Sample.planned(0)
    let page = try page([
      Sample.start, .casePlanned(planned), .caseFinished(Sample.finished(planned, .passed)), Sample.end(),
    ])
    #expect(page.contains("<span class=\"chip is-failed none\" data-verdict=\"failed\">"))
    #expect(page.contains("<span class=\"chip is-passed\" data-verdict=\"passed\">"))
  }

  @Test("the page has the command that runs one case alone, without the id of the case")
  func alone() throws {
    let alone = try #require(try data(page(Sample.everyVerdict)).page["alone"]?.array)
    #expect(alone.map(\.string) == ["conform run --target 'targets/north wind.yaml' --only", ""])
  }

  @Test("the last runs of each case are shown as marks and in words, and flaky cases are named")
  func history() throws {
    let page = try page(Sample.everyVerdict, history: HistoryReportTests.past)
    #expect(page.contains("1 passed, 1 failed, 2 passed"))
    #expect(page.contains("<h2>Flaky</h2>"))
    #expect(try !self.page(Sample.everyVerdict).contains("<h2>Flaky</h2>"))
  }

  @Test(
    "the command that runs one scenario keeps the target and drops other selections",
    arguments: [
      (
        ["conform", "run", "--target", "a b.yaml", "--tag", "smoke", "--only=x", "--jobs", "4", "--shard", "1/3"],
        "conform run --target 'a b.yaml' --jobs 4 --only s"
      ),
      (["conform", "run", "--baseline", "b.jsonl", "--history=h", "--strict"], "conform run --strict --only s"),
      (["conform", "run", "--fail-fast", "--source", "RFC 1", "-j", "2"], "conform run -j 2 --only s"),
      (["conform", "run", "--max-failures=2", "--max-failures", "2"], "conform run --only s"),
      (["build/conform", "run", "--tag", "a", "--", "-odd", "--only"], "build/conform run --only s -- -odd --only"),
      (["conform", "run"], "conform run --only s"), (["conform", "resume", "log"], nil), ([], nil),
    ] as [([String], String?)])
  func again(_ command: [String], _ expected: String?) throws {
    guard case .runStarted(var run) = Sample.start else { return }
    run.command = command
    #expect(RepeatCommand.text(run, scenario: "s") == expected)
  }
}
