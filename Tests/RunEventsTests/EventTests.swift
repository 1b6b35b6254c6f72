import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import Testing

@Suite("Events as lines of a log")
struct EventTests {
  static let texts = [
    "", "a", "\"\\/\u{8}\u{C}\n\r\t", String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar($0) })),
    "\u{7F}\u{80}\u{9F}\u{A0}", "\u{2028}\u{2029}\u{202E}\u{FEFF}", "e\u{301}é漢🚚👨‍👩‍👧",
    "\u{E000}\u{FFFD}\u{FFFF}\u{10FFFF}", "â\u{E2}€", "</script>]]>&amp;", "{", "[{",
    String(repeating: "x\n", count: 1000),
  ]

  /// Numbers of one size: as small or as large as a log can have them.
  struct Size: Sendable {
    var count: Int
    var caseNumber: Int
    var status: Int
    var simulated: SimulatedInstant
    var wall: SimulatedInstant

    static let all = [
      Size(
        count: 0, caseNumber: 0, status: 0, simulated: SimulatedInstant(milliseconds: -8_640_000_000_000_000),
        wall: SimulatedInstant(milliseconds: -62_167_219_200_000)),
      Size(count: 1, caseNumber: 1, status: 200, simulated: .documented, wall: .documented),
      Size(
        count: 1 << 48, caseNumber: (1 << 24) - 1, status: 999,
        simulated: SimulatedInstant(milliseconds: 8_640_000_000_000_000),
        wall: SimulatedInstant(milliseconds: 253_402_300_799_999)),
    ]
  }

  /// One of each event, with all members or only with the required ones.
  static func events(_ text: String, _ size: Size, full: Bool) -> [Event] {
    let (count, simulated, wall) = (size.count, size.simulated, size.wall)
    let covers = full ? Level.allCases.map { Finding.RequirementName(id: text, level: $0) } : []
    let planned = PlannedCase(
      number: size.caseNumber, id: text, scenario: text, suite: text, title: text, row: full ? text : nil,
      covers: covers, tags: full ? [text, ""] : [], file: text, line: count, shard: full ? 7 : nil)
    let findings = zip(Finding.Kind.allCases, Verdict.allCases).map { kind, verdict in
      finding(verdict, kind, text, size, covers, full: full)
    }
    let run = RunDescription(
      version: text, runID: full ? text : nil, target: text, targetFile: text,
      pack: full ? PackIdentity(name: count > 0 ? text : nil, version: text) : nil,
      fingerprints: full ? Fingerprints(pack: text, target: text, plan: text) : nil, startedAt: wall,
      simulatedStart: simulated, seed: full ? .max : nil, jobs: count, host: text,
      command: full ? EventTests.texts : [],
      environment: full ? [RunFact(text, text), RunFact("", "")] : [], cases: full ? count : nil,
      shards: full ? Shards(present: [1, 3], count: 3, isMerged: count > 0) : nil,
      failedBefore: full ? [text, ""] : [])
    let requirements = Level.allCases.map {
      Requirement(
        id: text, level: $0, source: text, text: text, unobservable: full ? text : nil, uncovered: full ? text : nil)
    }
    let checks = Level.allCases.map { CheckRecord(subject: text, severity: $0, holds: $0 == .must) }
    let coverage = RunCoverage(
      lines: full
        ? [
          RunCoverage.Line(
            operation: text, dimension: text, run: count, values: count, pairsRun: count, pairs: count, missing: [text])
        ] : [], states: full ? [RunCoverage.State(name: text, steps: count)] : [])
    let client = ClientIdentity(id: text, connector: full ? .second : .first)
    let summary = RunSummary(
      finishedAt: wall, seconds: full ? 0.25 : 0, simulatedEnd: simulated, clockAdvances: count,
      aborted: full ? text : nil, failureLimit: full ? count : nil, notes: full ? [text] : [])
    let step = StepRecord(
      number: size.caseNumber, line: count, sentence: text, wall: wall, simulated: simulated,
      exchange: full ? exchange(text, size, full: count > 0) : nil, checks: full ? checks : [])
    let records = Verdict.allCases.map { verdict in
      CaseRecord(
        planned: planned, verdict: verdict, reason: full ? text : nil, startedAt: wall, seconds: 1.000001,
        simulatedStart: simulated, simulatedEnd: simulated, exchanges: count, findings: full ? findings : [],
        notRun: full ? [text, ""] : [], notes: full ? [text] : [], attempts: full ? 3 : 1, rerun: full ? text : nil)
    }
    return [
      .runStarted(run), .requirements(full ? requirements : []), .casePlanned(planned),
      .caseStarted(CaseStart(number: size.caseNumber, wall: wall, simulated: simulated)), .stepFinished(step),
      .clockAdvanced(ClockAdvance(from: simulated, to: simulated, wall: wall, woken: count)),
      .clientCreated(client), .clientDeleted(client), .coverage(coverage), .runFinished(summary),
    ] + records.map { .caseFinished($0) }
  }

  private static func exchange(_ text: String, _ size: Size, full: Bool) -> ExchangeRecord {
    let headers = full ? [HeaderField(text, text), HeaderField("", "")] : []
    let body =
      full
      ? BodyRecord(size: size.count, text: text, isBase64: true, omitted: 3, isCut: true)
      : BodyRecord(size: 0, text: "")
    return ExchangeRecord(
      method: text, url: text, requestHeaders: headers, requestBody: body, status: size.status, version: text,
      responseHeaders: headers, responseBody: body,
      timings: full ? Timings(dns: 0, connect: 0.000001, tls: 1.5, firstByte: 2, total: 86_400.123456) : Timings(),
      connection: full ? ConnectionUse(id: size.count, index: size.count) : nil, attempt: full ? 2 : 1)
  }

  private static func finding(
    _ verdict: Verdict, _ kind: Finding.Kind, _ text: String, _ size: Size, _ covers: [Finding.RequirementName],
    full: Bool
  ) -> Finding {
    var finding = Finding(verdict, kind, text)
    guard full else { return finding }
    finding.place = Place(file: text, line: size.count, column: size.count)
    finding.requirements = covers
    finding.origin = text
    (finding.step, finding.subject, finding.path, finding.expected, finding.actual) = (text, text, text, text, text)
    finding.mismatch = .missing
    finding.isSetup = size.count > 0
    finding.exchange = exchange(text, size, full: true)
    (finding.simulated, finding.wall) = (size.simulated, size.wall)
    return finding
  }

  @Test(
    "every event survives being written and read, whatever its texts and numbers", arguments: EventTests.texts.indices,
    [false, true])
  func roundTrip(_ index: Int, _ full: Bool) throws {
    for size in Size.all {
      for event in EventTests.events(EventTests.texts[index], size, full: full) {
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

  @Test(
    "seconds have six digits after the point, without zeros at the end",
    arguments: [
      (0, "0"), (-0.0, "0"), (1, "1"), (0.1, "0.1"), (0.000_001, "0.000001"), (0.000_000_4, "0"),
      (0.014905, "0.014905"), (12.30405, "12.30405"), (999_999.999_999_6, "1000000"), (1e12, "1000000000000"),
      (9.5e12, "9500000000000"), (-1.5, "-1.5"), (.infinity, "0"), (.nan, "0"),
    ] as [(Double, String)])
  func seconds(_ seconds: Double, _ text: String) {
    var line: [UInt8] = []
    let end = RunSummary(
      finishedAt: .documented, seconds: seconds, simulatedEnd: .documented, clockAdvances: 0, aborted: nil)
    Event.runFinished(end).encode(to: &line)
    #expect(String(decoding: line, as: UTF8.self).contains(#","seconds":\#(text),"#))
    #expect(text == seconds.plain(decimals: 6))
  }

  @Test("an event is appended to what is there, on one line")
  func appended() {
    var bytes = Array("x".utf8)
    Event.caseStarted(CaseStart(number: 1, wall: .documented, simulated: SimulatedInstant(milliseconds: 0))).encode(
      to: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self) == #"x{"event":"case-started","n":1,"wall":1658311388000,"simulated":0}"#)
  }

  @Test("the line of a case starts with its number and its shard, so that readers find them without the rest")
  func heads() {
    let events = EventTests.events("a", Size.all[1], full: true)
    for event in events {
      var line: [UInt8] = []
      event.encode(to: &line)
      let text = String(decoding: line, as: UTF8.self)
      switch event {
      case .casePlanned: #expect(text.hasPrefix(#"{"event":"case-planned","n":1,"shard":7,"id":"a","#))
      case .caseFinished: #expect(text.hasPrefix(#"{"event":"case-finished","n":1,"shard":7,"id":"a","#))
      case .stepFinished: #expect(text.hasPrefix(#"{"event":"step-finished","n":1,"line":1,"step":"a","#))
      default: break
      }
    }
  }

  @Test("members that a later version added are ignored")
  func later() throws {
    let json = try JSON(parsing: #"{"event":"clock-advanced","new":[1],"from":0,"to":1,"wall":2,"woken":3,"more":{}}"#)
    #expect(
      try Event(decoding: json)
        == .clockAdvanced(
          ClockAdvance(
            from: SimulatedInstant(milliseconds: 0), to: SimulatedInstant(milliseconds: 1),
            wall: SimulatedInstant(milliseconds: 2), woken: 3)))
  }

  @Test("a finding without a sentence gets one from its parts")
  func composed() {
    var finding = Finding(.failed, .assertion)
    #expect(finding.message.isEmpty)
    (finding.subject, finding.path, finding.expected, finding.actual) = ("body as JSON", "/error", "\"a\"", "\"b\"")
    #expect(finding.message == #"body as JSON, /error: expected "a", got "b""#)
    finding.actual = nil
    #expect(finding.message == #"body as JSON, /error: expected "a""#)
    finding.message = "own words"
    #expect(finding.message == "own words")
  }

  private static let run = #"{"event":"run-started","format":1,"version":"","target":"","target-file":"","started-at":"#
  private static let end = #"{"event":"run-finished","finished-at":1,"seconds":"#

  @Test(
    "what is not an event is refused with the reason",
    arguments: [
      ("{}", "the member 'event' is missing"), ("1", "the member 'event' is missing"),
      (#"{"event":"other"}"#, "'other' is not an event of a run log"),
      (#"{"event":1}"#, "the member 'event' is missing"), (#"{"event":"case-started"}"#, "'n' is missing"),
      (
        #"{"event":"case-started","n":1.5}"#, "'n' is 1.5; expected a whole number from 0 to 16777215"
      ),
      (
        #"{"event":"case-started","n":99999999999999999999}"#,
        "'n' is 99999999999999999999; expected a whole number from 0 to 16777215"
      ),
      (#"{"event":"case-started","n":-1}"#, "'n' is -1; expected a whole number from 0 to 16777215"),
      (#"{"event":"case-started","n":"1"}"#, "'n' is of type string; expected a whole number"),
      (
        run + "253402300800000}",
        "'started-at' is 253402300800000; expected a whole number from -62167219200000 to 253402300799999"
      ),
      (
        #"{"event":"run-started","format":2}"#,
        "the log has format 2; this version of conform reads format 1: use a newer version"
      ),
      (
        #"{"event":"case-started","n":1,"wall":1,"simulated":8640000000000001}"#,
        "'simulated' is 8640000000000001; expected a whole number from -8640000000000000 to 8640000000000000"
      ),
      (end + "1e308}", "'seconds' is 1e308; expected seconds from 0 to 1000000000000"),
      (end + "1e400}", "'seconds' is 1e400; expected seconds from 0 to 1000000000000"),
      (end + "-1}", "'seconds' is -1; expected seconds from 0 to 1000000000000"),
      (#"{"event":"case-planned","n":1}"#, "'id' is missing"),
      (#"{"event":"case-planned","n":1,"id":7}"#, "'id' is of type number; expected a string"),
      (
        #"{"event":"client-created","id":"a","connector":"fourth"}"#,
        "'connector' is 'fourth'; expected one of first, second, third"
      ),
      (#"{"event":"requirements","requirements":{}}"#, "'requirements' is of type object; expected an array"),
      (#"{"event":"requirements","requirements":[7]}"#, "'requirements' is of type number; expected an object"),
    ])
  func refused(_ text: String, _ message: String) throws {
    #expect(
      try #require(throws: EventError.self) { _ = try Event(decoding: try JSON(parsing: text)) }.description == message)
  }
}
