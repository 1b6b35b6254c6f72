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
    return text.withLock { $0 }
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

  @Test("without a terminal, each case that did not pass has a plain line")
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

  @Test("while the run goes on, a sentence has three lines, and all sentences together ten", arguments: [1, 40])
  func fewLines(causes: Int) throws {
    let records = (0..<60).map {
      let finding = Sample.finding(.failed, .assertion, "reason \($0 % causes)")
      return Event.caseFinished(Sample.finished(Sample.planned($0, scenario: "case-\($0)"), .failed, [finding]))
    }
    let events = [Sample.start] + records + [Sample.end()]
    let lines = try output(events, .init(isTerminal: false, hasColours: false)).split(separator: "\n")
    let shown = causes == 1 ? 3 : 10
    #expect(lines.prefix { $0.hasPrefix("FAILED case-") }.count == shown)
    #expect(lines[shown] == "… and \(60 - shown) more cases did not pass")
    let all = try output(events, .init(isTerminal: false, hasColours: false, isVerbose: true)).split(separator: "\n")
    #expect(all.prefix { $0.contains(" - reason ") }.count == 60)
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
    // the lines of the progress come in the order of the events
    let result = text.components(separatedBy: "\n\n").dropFirst().joined(separator: "\n\n")
    let cause = try #require(result.range(of: "the cause")), effect = try #require(result.range(of: "an effect"))
    #expect(cause.lowerBound < effect.lowerBound)
  }

  @Test("the first twenty different failures are printed in full")
  func many() throws {
    let records = (0..<25).map {
      let finding = Sample.finding(.failed, .assertion, "reason \($0)")
      return Event.caseFinished(Sample.finished(Sample.planned($0, scenario: "case-\($0)"), .failed, [finding]))
    }
    let text = try output([Sample.start] + records + [Sample.end()], .init(isTerminal: false, hasColours: false))
    #expect(text.components(separatedBy: "repeat: curl").count - 1 == 20)
    #expect(text.contains("\n… and 5 more in the reports\n"))
    #expect(text.hasSuffix("FAILED: 25 of 25 cases do not conform\n"))
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
