// The console's whole output.

import ConformanceModel
import Foundation
import HTTPModel
import JSONValue
import Reporting
import RunEvents
import Testing

@Suite("The console")
struct ConsoleTests {
  /// What a console with this style shows of a run. Each event takes a time on its clock.
  private func output(_ events: [Event], _ style: Console.Style, secondsEach: Double = 0.03) throws -> String {
    let folder = try Folder()
    let log = try folder.log(events)
    let text = Locked("")
    let clock = Locked(0.0)
    let console = Console(style: style, now: { clock.withLock { $0 } }) { piece in text.withLock { $0 += piece } }
    for event in events {
      clock.withLock { $0 += secondsEach }
      console.handle(event, line: event.line)
    }
    try console.finish(log, reports: ["Reports/junit.xml"])
    return text.withLock { $0 }.replacingOccurrences(of: log.path, with: "Reports/copy.jsonl")
  }

  /// The same run with the starts of its cases and the clock advances.
  private var lively: [Event] {
    let start = SimulatedInstant.documented
    return Sample.everyVerdict.flatMap { event -> [Event] in
      guard case .caseFinished(let record) = event else { return [event] }
      return [
        .caseStarted(CaseStart(number: record.planned.number, wall: Sample.wall, simulated: start)),
        .clockAdvanced(
          ClockAdvance(
            from: start, to: start + SimulatedDuration(milliseconds: 86_400_000), wall: Sample.wall, woken: 1)), event,
      ]
    }
  }

  @Test("without a terminal, there is nothing before the end of the run")
  func plain() throws {
    try expectGolden("console-plain.txt", output(lively, .init(isTerminal: false, hasColours: false)))
  }

  @Test("with --verbose, passed cases have a line too")
  func verbose() throws {
    let text = try output(lively, .init(isTerminal: false, hasColours: false, isVerbose: true))
    #expect(text.hasPrefix("PASSED token-border\nFAILED token-refused/auth=basic - status: expected 401, got 200\n"))
  }

  @Test("on a terminal, one progress line is rewritten ten times a second")
  func terminal() throws {
    let text = try output(lively, .init(isTerminal: true, hasColours: true))
    try expectGolden(
      "console-terminal.txt",
      text.replacingOccurrences(of: "\r", with: "<CR>\n").replacingOccurrences(of: "\u{1B}", with: "<ESC>"))
  }

  @Test("the last line of a passed run says that it conforms")
  func passed() throws {
    let text = try output(
      [
        Sample.start, .casePlanned(Sample.planned(0)), .caseFinished(Sample.finished(Sample.planned(0), .passed)),
        Sample.end(),
      ],
      .init(isTerminal: false, hasColours: false))
    try expectGolden("console-passed.txt", text)
  }

  @Test(
    "the last line never says more than was judged",
    arguments: [
      ([.passed, .skipped], "CONFORMS: 1 of 2 cases run, none failed"),
      ([.passed, .pending], "INCOMPLETE: nothing failed, 1 case pending"),
      ([.pending, .pending, .skipped], "INCOMPLETE: nothing failed, 2 cases pending"),
      ([.skipped, .skipped], "NOT JUDGED: every selected case was skipped"),
      ([.pending, .failed], "FAILED: 1 of 2 cases do not conform"),
      ([.pending, .errored], "ERRORED: 1 of 2 cases could not be judged"),
      ([.passed, .warned], "CONFORMS: 2 of 2 cases run, none failed"),
    ] as [([Verdict], String)])
  func headlines(verdicts: [Verdict], headline: String) throws {
    let records = verdicts.enumerated().map {
      Event.caseFinished(Sample.finished(Sample.planned($0.offset, scenario: "case-\($0.offset)"), $0.element))
    }
    let text = try output([Sample.start] + records + [Sample.end()], .init(isTerminal: false, hasColours: false))
    #expect(text.hasSuffix("\n\(headline)\n"), "\(text)")
  }

  @Test("a case that was executed more than once says so in its line")
  func attempts() throws {
    var record = Sample.finished(Sample.planned(0), .passed)
    (record.attempts, record.rerun) = (2, "the connection was closed")
    let events = [Sample.start, .caseFinished(record), Sample.end()]
    let text = try output(events, .init(isTerminal: false, hasColours: false, isVerbose: true))
    #expect(text.hasPrefix("PASSED token-border (run 2 times)\n"))
  }

  @Test("an aborted run does not conform")
  func aborted() throws {
    let text = try output(
      [
        Sample.start, .caseFinished(Sample.finished(Sample.planned(0), .passed)),
        Sample.end(aborted: "interrupted by SIGINT"),
      ],
      .init(isTerminal: false, hasColours: false))
    #expect(text.hasSuffix("NOT FINISHED: interrupted by SIGINT\n"))
  }

  @Test("what fails for one reason is printed once, with the number of cases")
  func grouped() throws {
    let records = (0..<25).map {
      Event.caseFinished(Sample.finished(Sample.planned($0, scenario: "case-\($0)"), .failed, [Sample.finding()]))
    }
    let text = try output([Sample.start] + records + [Sample.end()], .init(isTerminal: false, hasColours: false))
    #expect(text.components(separatedBy: "repeat: curl").count - 1 == 1)
    #expect(text.contains("  … and 24 more failed for the same reason: case-1, case-2, case-3, …\n"))
    #expect(!text.contains("more in the reports"))
    #expect(text.hasSuffix("FAILED: 25 of 25 cases do not conform\n"))
  }

  private func started(by command: [String]) -> Event {
    guard case .runStarted(var run) = Sample.start else { return Sample.start }
    run.command = command
    return .runStarted(run)
  }

  @Test("has the details of warnings with --verbose, and if cases are selected by name", arguments: [0, 1, 2])
  func warnings(way: Int) throws {
    let warned = Sample.finished(Sample.planned(0), .warned, [Sample.finding(.warned, .assertion, "a warning")])
    let run = started(by: ["conform", "run"] + (way == 1 ? ["--only", "token-border"] : []))
    let text = try output(
      [run, .caseFinished(warned), Sample.end()],
      .init(isTerminal: false, hasColours: false, isVerbose: way == 2))
    #expect(text.contains("WARNED token-border - "), "\(text)")
    #expect(text.contains("\n  step: ") == (way > 0), "\(text)")
  }

  @Test("names the pending cases, and the command that continues them")
  func pending() throws {
    let run = started(by: [
      "conform", "run", "--target", "my target.yaml", "--only", "border", "--jobs", "2", "--cacert=ca.pem",
      "--insecure",
    ])
    let records = (0..<22).map { number -> Event in
      let planned = Sample.planned(number, scenario: "case-\(number)")
      return .caseFinished(
        Sample.finished(planned, .pending, reason: "waits until 2026-11-24T12:00:01Z; run the rest after that"))
    }
    let text = try output(
      [run] + records + [Sample.end()], .init(isTerminal: false, hasColours: false))
    #expect(text.contains("\npending: case-0: waits until 2026-11-24T12:00:01Z\n"), "\(text)")
    #expect(text.contains("\n… and 2 more pending cases\nthen: conform resume Reports/copy.jsonl "), "\(text)")
    #expect(text.contains(" --target 'my target.yaml' --cacert=ca.pem --insecure\n"), "\(text)")
  }

  @Test("names the two possible causes of a refused sample on the first line, and only there")
  func causes() throws {
    var finding = Finding(.failed, .assertion, "posting the payload failed: HTTP 422 (expected 201)")
    finding.hint = "either the service refuses what it has to accept, or 'unicode' in the target file is wrong"
    let record = Sample.finished(Sample.planned(0), .failed, [finding])
    let text = try output(
      [Sample.start, .caseFinished(record), Sample.end()], .init(isTerminal: false, hasColours: false))
    let line =
      "FAILED token-border - posting the payload failed: HTTP 422 (expected 201); either the service refuses what it "
      + "has to accept, or 'unicode' in the target file is wrong\n"
    #expect(text.contains(line), "\(text)")
    #expect(text.components(separatedBy: "either the service").count == 2, "\(text)")
  }

  @Test("a failure has its line at the end of the run, and while it goes on only if the console is verbose")
  func once() throws {
    let records = (0..<3).map {
      let finding = Sample.finding(.failed, .assertion, "reason \($0)")
      return Event.caseFinished(Sample.finished(Sample.planned($0, scenario: "case-\($0)"), .failed, [finding]))
    }
    let events = [Sample.start] + records + [Sample.end()]
    let text = try output(events, .init(isTerminal: false, hasColours: false))
    #expect(text.components(separatedBy: "FAILED case-1 - reason 1\n").count == 2, "\(text)")
    let all = try output(events, .init(isTerminal: false, hasColours: false, isVerbose: true))
    #expect(all.hasPrefix("FAILED case-0 - reason 0\nFAILED case-1 - reason 1\nFAILED case-2 - reason 2\n\n"), "\(all)")
  }

  @Test("an exchange in which several expectations did not hold is shown once")
  func oneExchange() throws {
    let findings = (0..<6).map { Sample.finding(.failed, .assertion, "reason \($0)") }
    let record = Sample.finished(Sample.planned(0), .failed, findings)
    let events = [Sample.start, .caseFinished(record), Sample.end()]
    for isVerbose in [false, true] {
      let text = try output(events, .init(isTerminal: false, hasColours: false, isVerbose: isVerbose))
      #expect(text.components(separatedBy: "repeat: curl").count == 2, "\(text)")
      #expect(text.components(separatedBy: "< HTTP/1.1 200").count == 2, "\(text)")
      for number in 1...(isVerbose ? 5 : 3) { #expect(text.contains("reason \(number)\n"), "\(text)") }
      #expect(text.contains("… and 2 more findings\n") != isVerbose, "\(text)")
    }
  }

  @Test(
    "a failure ends with the command that runs its case alone, and that of an invariant runs the case that violates it")
  func command() throws {
    var violation = Sample.finding(.failed, .assertion, "status: expected 401, got 500")
    violation.origin = "other/row=1, Scenarios/area/other.yaml:7"
    let records = [
      Sample.finished(Sample.planned(0, row: "auth=basic"), .failed, [Sample.finding()]),
      Sample.finished(Sample.planned(1, suite: Invariant.suite, scenario: "no-faults"), .failed, [violation]),
      Sample.finished(
        Sample.planned(2, suite: PlannedCase.probeSuite, scenario: "probe"), .errored, [Sample.finding(.errored)]),
    ]
    let text = try output(
      [Sample.start] + records.map { .caseFinished($0) } + [Sample.end()], .init(isTerminal: false, hasColours: false))
    let commands = text.split(separator: "\n").filter { $0.hasPrefix("  this case: ") }
    #expect(
      commands == [
        "  this case: conform run --target 'targets/north wind.yaml' --only token-border/auth=basic",
        "  this case: conform run --target 'targets/north wind.yaml' --only other/row=1",
      ], "\(text)")
  }

  @Test("a condition that is both a must and a should is one finding")
  func mustAndShould() throws {
    let sentence = "Bearer challenge: missing (expected WWW-Authenticate: Bearer)"
    let findings = [
      Sample.finding(), Sample.finding(.failed, .assertion, sentence), Sample.finding(.warned, .assertion, sentence),
    ]
    let record = Sample.finished(Sample.planned(0), .failed, findings)
    let text = try output(
      [Sample.start, .caseFinished(record), Sample.end()], .init(isTerminal: false, hasColours: false))
    #expect(text.components(separatedBy: sentence).count == 2, "\(text)")
  }

  @Test("what follows from another finding of the case is not its headline")
  func cause() throws {
    let effect = Sample.finding(.errored, .internal, "cannot resolve ${token}: nothing was saved under that name")
    let cause = Sample.finding(.errored, .assertion, "requesting the token failed: HTTP 503 (expected 200)")
    let record = Sample.finished(Sample.planned(0), .errored, [effect, cause])
    let text = try output(
      [Sample.start, .caseFinished(record), Sample.end()], .init(isTerminal: false, hasColours: false))
    #expect(text.contains("ERRORED token-border - requesting the token failed: HTTP 503 (expected 200)\n"), "\(text)")
  }

  @Test("a run that conforms says which requirements it did not judge, and that it rests on declared deviations")
  func judgedRequirements() throws {
    let requirements = (1...9).map {
      Requirement(id: "EXP-0\($0)", level: $0 == 9 ? .should : .must, source: "a test", text: "It must.")
    }
    var hidden = Requirement(id: "EXP-10", level: .must, source: "a test", text: "It must.")
    hidden.unobservable = "it is inside"
    var other = Sample.planned(1, scenario: "known")
    other.covers = [.init(id: "EXP-04", level: .must)]
    var idle = Sample.planned(2, scenario: "no")
    idle.covers = [.init(id: "EXP-05", level: .must)]
    let records = [
      // covers EXP-02 and EXP-03
      Sample.finished(Sample.planned(0), .passed),
      Sample.finished(other, .skipped, reason: "expected deviation: agreed with the provider"),
      Sample.finished(idle, .skipped, reason: "the target has no clock"),
    ]
    let text = try output(
      [Sample.start, .requirements(requirements + [hidden])] + records.map { .caseFinished($0) } + [Sample.end()],
      .init(isTerminal: false, hasColours: false))
    #expect(
      text.hasSuffix(
        "\nCONFORMS with 1 declared deviation: 1 of 3 cases run, none failed; 3 of 9 requirements judged "
          + "(5 musts not judged: EXP-01, EXP-05, EXP-06, EXP-07, EXP-08)\n"), "\(text)")
  }

  @Test("what the probe found comes before the cases that depend on it")
  func causeFirst() throws {
    func event(_ number: Int, _ suite: String, _ text: String) -> Event {
      var planned = Sample.planned(number, scenario: "case-\(number)")
      planned.suite = suite
      return .caseFinished(Sample.finished(planned, .errored, [Sample.finding(.errored, .internal, text)]))
    }
    let events = [event(0, "token", "an effect"), event(1, PlannedCase.probeSuite, "the cause")]
    let text = try output([Sample.start] + events + [Sample.end()], .init(isTerminal: false, hasColours: false))
    let cause = try #require(text.range(of: "the cause")), effect = try #require(text.range(of: "an effect"))
    #expect(cause.lowerBound < effect.lowerBound)
  }

  @Test("the first ten different failures are printed in full, and the others as a list, unless the console is verbose")
  func many() throws {
    let records = (0..<25).flatMap { number in
      (0...(number == 20 ? 4 : 0)).map { copy in
        let finding = Sample.finding(.failed, .assertion, "reason \(number)")
        let planned = Sample.planned(10 * number + copy, scenario: "case-\(number)-\(copy)")
        return Event.caseFinished(Sample.finished(planned, .failed, [finding]))
      }
    }
    let events = [Sample.start] + records + [Sample.end()]
    let text = try output(events, .init(isTerminal: false, hasColours: false))
    #expect(text.components(separatedBy: "repeat: curl").count - 1 == 10)
    #expect(text.contains("\n\nFAILED case-10-0 - reason 10\nFAILED case-11-0 - reason 11\n"), "\(text)")
    #expect(text.contains("FAILED case-20-0 - reason 20 (and 4 more)\nFAILED case-21-0 - reason 21\n"), "\(text)")
    #expect(!text.contains("more in the reports"))
    #expect(text.hasSuffix("FAILED: 29 of 29 cases do not conform\n"), "\(text)")
    let all = try output(events, .init(isTerminal: false, hasColours: false, isVerbose: true))
    #expect(all.components(separatedBy: "repeat: curl").count - 1 == 25)
  }

  @Test("of very many different failures the list names some, and counts the others")
  func veryMany() throws {
    let records = (0..<80).map {
      let finding = Sample.finding(.failed, .assertion, "reason \($0)")
      return Event.caseFinished(Sample.finished(Sample.planned($0, scenario: "case-\($0)"), .failed, [finding]))
    }
    let text = try output([Sample.start] + records + [Sample.end()], .init(isTerminal: false, hasColours: false))
    #expect(text.contains("FAILED case-49 - reason 49\n… and 30 more in the reports\n"), "\(text)")
  }

  @Test("warnings have one line each, identical ones together")
  func warnings() throws {
    let records = (0..<5).map {
      let finding = Sample.finding(.warned, .assertion, "duration: expected below 2s, got \(min(4, 3 + $0))s")
      return Event.caseFinished(Sample.finished(Sample.planned($0, scenario: "case-\($0)"), .warned, [finding]))
    }
    let text = try output([Sample.start] + records + [Sample.end()], .init(isTerminal: false, hasColours: false))
    #expect(
      text.hasPrefix(
        "\nWARNED case-0 - duration: expected below 2s, got 3s\nWARNED case-1 - duration: expected below 2s, got 4s "
          + "(and 3 more)\n\n5 cases: 5 warned"), "\(text)")
  }

  @Test("an endpoint cannot control the terminal or a CI system")
  func hostile() throws {
    let evil = "\u{1B}[2J\r\n::error::x\n##vso[task.complete]\u{202E}"
    var finding = Sample.finding(.failed, .assertion, evil)
    (finding.expected, finding.actual, finding.step) = (evil, evil, evil)
    finding.exchange = Sample.exchange(body: evil, answer: evil)
    let planned = Sample.planned(0, scenario: evil, row: evil, title: evil)
    let events = [
      Sample.start, .caseFinished(Sample.finished(planned, .failed, [finding])),
      .caseFinished(Sample.finished(Sample.planned(1), .skipped, reason: evil)),
      Sample.end(),
    ]
    let text = try output(events, .init(isTerminal: false, hasColours: false))
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x202E })
    for line in text.split(separator: "\n") { #expect(!line.drop(while: \.isWhitespace).hasPrefix("::")) }
    #expect(!text.contains("##vso["))
  }
}

@Suite("The text of a finding")
struct ProblemTextTests {
  @Test("fits on a screen, whatever the exchange contains")
  func short() throws {
    var finding = Sample.finding()
    let long = String(repeating: "line\n", count: 1000)
    finding.exchange = Sample.exchange(body: "{}", answer: long)
    finding.exchange?.responseHeaders = (0..<50).map { HeaderField("X-\($0)", long) }
    let lines = FindingText.lines(finding)
    #expect(lines.count < 40)
    #expect(lines.contains("< … (50 header fields in total)"))
    #expect(lines.contains("< … (5000 bytes in total)"))
    #expect(!lines.contains { $0.contains("\n") })
  }

  @Test("the lines of an expected value are indented below its label")
  func severalLines() throws {
    var finding = Finding(.failed, .assertion, "body as JSON")
    finding.expected = "{\n}"
    finding.actual = "[]"
    #expect(FindingText.lines(finding) == ["body as JSON", "- expected: {", "-           }", "+ actual:   []"])
  }

  @Test("a finding without a message shows its verdict")
  func empty() throws {
    #expect(FindingText.lines(Finding(.errored, .internal, "")) == ["errored"])
  }
}
