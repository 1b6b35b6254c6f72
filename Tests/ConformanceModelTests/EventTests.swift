import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import Testing

@Suite("Events as lines of a log")
struct EventTests {
  static let texts = [
    "", "a", "\"\\/\u{8}\u{C}\n\r\t", String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar($0) })),
    "\u{7F}\u{80}\u{9F}\u{A0}",
    "\u{2028}\u{2029}\u{202E}\u{FEFF}",
    "e\u{301}é漢🚚👨‍👩‍👧", "\u{E000}\u{FFFD}\u{FFFF}\u{10FFFF}", "â\u{E2}€", "</script>]]>&amp;",
    String(repeating: "x\n", count: 1000),
  ]

  private static func events(_ text: String, _ number: Int, _ instant: SimulatedInstant, full: Bool) -> [Event] {
    let covers = full ? Level.allCases.map { Finding.RequirementName(id: text, level: $0) } : []
    let planned = PlannedCase(
      number: number, id: text, scenario: text, area: text, title: text, row: full ? text : nil, covers: covers,
      tags: full ? [text, ""] : [], file: text, line: number,
      shard: full ? number : nil)
    let headers = full ? [HeaderField(text, text), HeaderField("", "")] : []
    let bodies = [
      BodyRecord(size: 0, text: ""), BodyRecord(size: number, text: text, isBase64: true, omitted: 3, isCut: true),
    ]
    let exchange = ExchangeRecord(
      method: text, url: text, requestHeaders: headers, requestBody: bodies[full && number > 0 ? 1 : 0], status: number,
      version: text, responseHeaders: headers,
      responseBody: bodies[full ? 1 : 0],
      timings: full ? Timings(dns: 0, connect: 0.000001, tls: 1.5, firstByte: 2, total: 86_400.123456) : Timings())
    let findings = zip(Finding.Kind.allCases, Verdict.allCases).map { kind, verdict in
      var finding = Finding(verdict, kind, text, place: full ? Place(file: text, line: number, column: number) : nil)
      guard full else { return finding }
      (finding.requirements, finding.step, finding.expected, finding.actual, finding.subject) = (
        covers, text, text, text, text
      )
      (finding.exchange, finding.simulated, finding.wall) = (exchange, instant, instant)
      return finding
    }
    let run = RunDescription(
      version: text, target: text, targetFile: text, startedAt: .documented, simulatedStart: instant,
      seed: full ? .max : nil, jobs: number, host: text,
      command: full ? EventTests.texts : [], environment: full ? [RunFact(text, text), RunFact("", "")] : [],
      cases: full ? number : nil,
      shards: full ? Shards(present: [1, 3], count: 3, isMerged: number > 0) : nil)
    let clauses = Level.allCases.map {
      Requirement(
        id: text, level: $0, source: text, text: text, unobservable: full ? text : nil, uncovered: full ? text : nil)
    }
    let checks = Level.allCases.map { CheckRecord(subject: text, severity: $0, holds: $0 == .must) }
    return [
      .runStarted(run), .requirements(full ? clauses : []), .planned(planned),
      .caseStarted(CaseStart(number: number, wall: instant, simulated: instant)),
      .stepFinished(
        StepRecord(
          number: number, line: number, sentence: text, wall: instant, simulated: instant,
          exchange: full ? exchange : nil, checks: full ? checks : [])),
      .clockAdvanced(ClockAdvance(from: instant, to: instant, wall: instant, woken: number)),
      .runFinished(
        RunSummary(
          finishedAt: instant, seconds: full ? 0.25 : 0, simulatedEnd: instant, clockMoves: number,
          aborted: full ? text : nil)),
    ]
      + Verdict.allCases.map { verdict in
        .caseFinished(
          CaseRecord(
            planned: planned, verdict: verdict, reason: full ? text : nil, startedAt: instant, seconds: 1.000001,
            simulatedStart: instant, simulatedEnd: instant, exchanges: number,
            findings: full ? findings : []))
      }
  }

  @Test(
    "every event survives being written and read, whatever its texts and numbers", arguments: EventTests.texts.indices,
    [false, true])
  func roundTrip(_ index: Int, _ full: Bool) throws {
    for (number, instant) in [
      (0, SimulatedInstant(milliseconds: -1 << 53)), (1, .documented),
      (1 << 48, SimulatedInstant(milliseconds: 1 << 53)),
    ] {
      for event in EventTests.events(EventTests.texts[index], number, instant, full: full) {
        var line: [UInt8] = []
        event.encode(to: &line)
        #expect(line.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        let json = try JSON(parsing: line)
        #expect(json.repeatedMembers.isEmpty)
        let read = try Event(decoding: json)
        var again: [UInt8] = []
        read.encode(to: &again)
        #expect(read == event)
        #expect(again == line)
      }
    }
  }

  @Test("an event is appended to what is there, on one line")
  func appended() {
    var bytes = Array("x".utf8)
    Event.caseStarted(CaseStart(number: 1, wall: .documented, simulated: SimulatedInstant(milliseconds: 0))).encode(
      to: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self) == #"x{"event":"case-started","n":1,"wall":1658311388000,"simulated":0}"#)
  }

  @Test("members that a later version added are passed over")
  func later() throws {
    let json = try JSON(parsing: #"{"event":"clock-moved","new":[1],"from":0,"to":1,"wall":2,"woken":3,"more":{}}"#)
    #expect(
      try Event(decoding: json)
        == .clockAdvanced(
          ClockAdvance(
            from: SimulatedInstant(milliseconds: 0), to: SimulatedInstant(milliseconds: 1),
            wall: SimulatedInstant(milliseconds: 2), woken: 3)))
  }

  @Test(
    "what is no event is refused with the reason",
    arguments: [
      ("{}", "'nothing' is no event of a run log"), ("1", "'nothing' is no event of a run log"),
      (#"{"event":"other"}"#, "'other' is no event of a run log"),
      (#"{"event":1}"#, "'nothing' is no event of a run log"),
      (#"{"event":"case-started"}"#, "the event has no whole number 'n'"),
      (#"{"event":"case-started","n":1.5}"#, "the event has no whole number 'n'"),
      (#"{"event":"case-started","n":99999999999999999999}"#, "the event has no whole number 'n'"),
      (
        #"{"event":"run-started","format":1,"started-at":253402300800000}"#,
        "no run has a 'started-at' of 253402300800000"
      ),
      (#"{"event":"run-started","format":2}"#, "the log has format 2; this version reads up to 1: use a newer one"),
      (#"{"event":"case-started","n":281474976710657}"#, "no run has a 'n' of 281474976710657"),
      (
        #"{"event":"case-started","n":1,"wall":-9223372036854775808,"simulated":1}"#,
        "no run has a 'wall' of -9223372036854775808"
      ),
      (
        #"{"event":"run-finished","finished-at":1,"seconds":1e308,"simulated-end":1,"clock-moves":1}"#,
        "no run has a 'seconds' of 1e+308"
      ),
      (#"{"event":"planned","n":1}"#, "the event has no text 'id'"),
      (#"{"event":"run-finished","finished-at":1,"seconds":1e400}"#, "the event has no number 'seconds'"),
    ])
  func refused(_ text: String, _ message: String) throws {
    #expect(
      try #require(throws: EventError.self) { _ = try Event(decoding: try JSON(parsing: text)) }.description == message)
  }
}
