// The run log: written, cut short, and read.

import ConformanceModel
import Foundation
import Reporting
import RunEvents
import Testing

@Suite("The reader of run logs")
struct RunLogTests {
  @Test("gives the run, its end, its suites in the order of the plan, and counts by verdict")
  func overview() throws {
    let log = try Folder().log(Sample.everyVerdict)
    #expect(log.run.target == "Northwind staging")
    #expect(log.summary?.clockAdvances == 3)
    #expect(log.suites == ["expiry", "clients"])
    #expect(log.numbers(inSuite: "clients") == [3, 4, 5, 6])
    #expect(Verdict.allCases.map { log.count($0) } == [1, 1, 1, 1, 2, 1])
    #expect(log.caseCount == 7)
    #expect(!log.isCut)
  }

  @Test("gives the record of a case as it was written")
  func record() throws {
    let log = try Folder().log(Sample.everyVerdict)
    #expect(
      try log.record(1).findings == [
        Sample.finding(), Sample.finding(.warned, .assertion, "header Cache-Control: missing (expected no-store)"),
      ])
    #expect(throws: ReportError.self) { try log.record(7) }
    #expect(throws: ReportError.self) { try log.record(-1) }
  }

  @Test("a case that was planned and never ended is errored, never passed")
  func unfinished() throws {
    let log = try Folder().log(Sample.everyVerdict)
    let record = try log.record(6)
    #expect(record.verdict == .errored)
    #expect(log.verdict(6) == .errored)
    #expect(record.findings.map(\.message) == ["not finished: the run was stopped before this case ended"])
  }

  @Test("cut at any byte of its last two lines, it gives what is complete")
  func everyCut() throws {
    let folder = try Folder()
    // short last lines: the test reads the log once for each of their bytes
    let records = [4, 5].map { number -> Event in
      var planned = Sample.planned(number)
      (planned.covers, planned.tags, planned.title) = ([], [], "")
      return .caseFinished(Sample.finished(planned, .pending))
    }
    _ = try folder.log([Sample.start] + [4, 5].map { .casePlanned(Sample.planned($0)) } + records)
    let whole = try folder.bytes("run.jsonl")
    let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }
    let start = ends[ends.count - 3] + 1
    for length in start...whole.count {
      try folder.write(whole[..<length], to: "cut.jsonl")
      let log = try RunLog(path: folder.file("cut.jsonl"))
      #expect(log.caseCount == 2)
      // the line breaks may be missing, but no other byte
      let lines = ends.filter { $0 >= start && $0 <= length }.count
      #expect(log.count(.pending) == lines)
      #expect(try log.record(5).verdict == (lines == 2 ? .pending : .errored))
      let atBreak = ends.contains(length) || ends.contains(length - 1) || length == start
      #expect(log.isCut == !atBreak)
    }
  }

  @Test(
    "a bad line in the middle is an error with its number",
    arguments: ["nonsense", #"{"event":"step-finished","n":"#, "", #"{"event":"party"}"#])
  func badLine(_ bad: String) throws {
    let folder = try Folder()
    let lines = Sample.everyVerdict.map { String(decoding: $0.line, as: UTF8.self) }
    try folder.write((lines[..<4] + [bad] + lines[4...]).joined(separator: "\n").utf8, to: "run.jsonl")
    let error = #expect(throws: ReportError.self) { try RunLog(path: folder.file("run.jsonl")) }
    #expect(error?.message.hasPrefix("line 5: ") == true)
  }

  @Test(
    "a verdict that its findings contradict is refused; expected deviations keep their findings",
    arguments: [
      (.passed, nil, [.failed], false), (.passed, nil, [.warned], false), (.passed, nil, [], true),
      (.skipped, "not declared", [.failed], false), (.skipped, "not declared", [], true),
      (.skipped, "expected deviation: a known one", [.failed], true),
      (.skipped, "expected deviation: a known one", [.failed, .errored], false),
      (.warned, nil, [.failed], false), (.warned, nil, [.failed, .warned], true),
      (.warned, nil, [.warned, .errored], false), (.errored, nil, [.failed], false),
      (.errored, nil, [.failed, .errored], true), (.failed, nil, [.errored, .failed], true),
      (.pending, "waits until tomorrow", [.failed], true),
    ] as [(Verdict, String?, [Verdict], Bool)])
  func contradiction(verdict: Verdict, reason: String?, findings: [Verdict], isTaken: Bool) throws {
    let record = Sample.finished(Sample.planned(0), verdict, reason: reason, findings.map { Sample.finding($0) })
    let events = [Sample.start, .casePlanned(Sample.planned(0)), .caseFinished(record), Sample.end()]
    guard !isTaken else {
      #expect(try Folder().log(events).verdict(0) == verdict)
      return
    }
    let error = #expect(throws: ReportError.self) { try Folder().log(events) }
    let message = "line 3: the case 'token-border' has the verdict \(verdict.rawValue), which its findings contradict"
    #expect(error?.message == "\(message); the log was changed")
  }

  @Test(
    "a second end of a case is refused, unless it was pending, ran again, or turned out worse",
    arguments: [
      (.passed, .passed, 1, false), (.failed, .passed, 1, false), (.failed, .skipped, 1, false),
      (.errored, .passed, 1, false), (.failed, .warned, 1, false), (.passed, .pending, 1, false),
      (.pending, .passed, 1, true), (.pending, .pending, 1, true), (.failed, .passed, 2, true),
      (.passed, .failed, 1, true), (.failed, .errored, 1, true), (.skipped, .warned, 1, true),
    ] as [(Verdict, Verdict, Int, Bool)])
  func secondEnd(first: Verdict, second: Verdict, attempts: Int, isTaken: Bool) throws {
    var again = Sample.finished(Sample.planned(0), second)
    again.attempts = attempts
    let events = [
      Sample.start, .casePlanned(Sample.planned(0)), .caseFinished(Sample.finished(Sample.planned(0), first)),
      .caseFinished(again), Sample.end(),
    ]
    guard !isTaken else {
      #expect(try Folder().log(events).verdict(0) == second)
      return
    }
    let error = #expect(throws: ReportError.self) { try Folder().log(events) }
    #expect(error?.message.hasPrefix("line 4: the case 'token-border' ends twice, as \(first.rawValue) and") == true)
  }

  @Test("an invariant ends again when pending cases were resumed, and only then", arguments: [true, false])
  func resumedInvariant(hasPending: Bool) throws {
    let plan = [Sample.planned(0), Sample.planned(1, suite: "invariants", scenario: "no-leak")]
    let ends = [
      Sample.finished(plan[0], hasPending ? .pending : .passed), Sample.finished(plan[1], .passed),
      Sample.finished(plan[1], .passed),
    ]
    let events = [Sample.start] + plan.map { .casePlanned($0) } + ends.map { .caseFinished($0) } + [Sample.end()]
    if hasPending {
      #expect(try Folder().log(events).count(.passed) == 1)
    } else {
      #expect(throws: ReportError.self) { try Folder().log(events) }
    }
  }

  @Test(
    "a case whose end counts more exchanges than its steps have is refused; an attempt before may have more",
    arguments: [(0, 0, true), (2, 2, true), (2, 3, true), (2, 1, false), (1, 0, false)])
  func missingSteps(counted: Int, recorded: Int, isTaken: Bool) throws {
    for isSkimmed in [true, false] {
      let folder = try Folder()
      let plan = [Sample.planned(0), Sample.planned(1, scenario: "another")]
      var first = Sample.finished(plan[0], .passed)
      first.exchanges = counted
      let steps = (0..<3).map { index in
        StepRecord(
          number: index < recorded ? 0 : 1, line: 5, sentence: "post", wall: Sample.wall, simulated: .documented,
          exchange: Sample.exchange(), checks: [])
      }
      // a step without an exchange, such as a wait, is none
      let wait = StepRecord(
        number: 0, line: 4, sentence: #"wait ,"exchange":{"#, wall: Sample.wall, simulated: .documented,
        exchange: nil, checks: [])
      let events =
        [Sample.start] + plan.map { .casePlanned($0) } + [.stepFinished(wait)] + steps.map { .stepFinished($0) }
        + [.caseFinished(first), .caseFinished(Sample.finished(plan[1], .passed)), Sample.end()]
      try folder.write(log: events.map(\.line), to: "run.jsonl")
      guard !isTaken else {
        #expect(try RunLog(path: folder.file("run.jsonl"), isSkimmed: isSkimmed).count(.passed) == 2)
        continue
      }
      let error = #expect(throws: ReportError.self) {
        try RunLog(path: folder.file("run.jsonl"), isSkimmed: isSkimmed)
      }
      #expect(
        error?.message == "the case 'token-border' has \(counted) exchange\(counted == 1 ? "" : "s"), but the log has "
          + "\(recorded) of them; the log was changed")
    }
  }

  @Test("a line of the plan behind the end of its case is refused", arguments: [true, false])
  func plannedLate(isWritten: Bool) throws {
    let plan = [Sample.planned(0), Sample.planned(1, scenario: "another")]
    let ends = plan.map { Event.caseFinished(Sample.finished($0, .passed)) }
    let events = [Sample.start, .casePlanned(plan[0]), ends[0], ends[1], .casePlanned(plan[1]), Sample.end()]
    let folder = try Folder()
    let lines = events.map { String(decoding: $0.line, as: UTF8.self) }
    // in another form than the writer's, the line is read as a whole
    let text = lines.joined(separator: "\n") + "\n"
    let changed = text.replacing(#"{"event":"case-planned""#, with: #"{ "event":"case-planned""#)
    try folder.write((isWritten ? text : changed).utf8, to: "run.jsonl")
    let error = #expect(throws: ReportError.self) { try RunLog(path: folder.file("run.jsonl")) }
    #expect(error?.message == "line 5: case 1 is planned after its end; the log was changed")
  }

  @Test("a line with a second event is refused", arguments: [0, 1, 3, 5])
  func doubled(index: Int) throws {
    let folder = try Folder()
    var lines = Sample.everyVerdict.map { String(decoding: $0.line, as: UTF8.self) }
    lines[index] += lines[index]
    try folder.write((lines + [""]).joined(separator: "\n").utf8, to: "run.jsonl")
    for isSkimmed in [true, false] {
      let error = #expect(throws: ReportError.self) {
        try RunLog(path: folder.file("run.jsonl"), isSkimmed: isSkimmed)
      }
      #expect(error?.message == "line \(index + 1) has more than one event; the log was changed")
    }
  }

  @Test(
    "a case that passed although an expectation that must hold does not is refused",
    arguments: [
      (.must, false, Verdict.passed, 1, true), (.must, true, .passed, 1, false), (.should, false, .passed, 1, false),
      (.must, false, .failed, 1, false), (.must, false, .passed, 2, false),
    ] as [(Level, Bool, Verdict, Int, Bool)])
  func brokenCheck(severity: Level, holds: Bool, verdict: Verdict, attempts: Int, isRefused: Bool) throws {
    let planned = Sample.planned(0)
    var step = StepRecord(
      number: 0, line: 1, sentence: "a request", wall: Sample.finished(planned, .passed).startedAt,
      simulated: Sample.finished(planned, .passed).simulatedStart, exchange: nil, checks: [])
    step.checks = [CheckRecord(subject: "status", severity: severity, holds: holds)]
    var record = Sample.finished(planned, verdict)
    record.attempts = attempts
    let events = [Sample.start, .casePlanned(planned), .stepFinished(step), .caseFinished(record), Sample.end()]
    guard isRefused else {
      #expect(try Folder().log(events).verdict(0) == verdict)
      return
    }
    let error = #expect(throws: ReportError.self) { try Folder().log(events) }
    #expect(error?.message.contains("line 3: the case '\(planned.id)' has the verdict passed") == true)
  }

  @Test("a log whose cases ended and that lacks the end of the run says so")
  func missingEnd() throws {
    let planned = Sample.planned(0)
    let events = [Sample.start, .casePlanned(planned), .caseFinished(Sample.finished(planned, .passed))]
    #expect(try Folder().log(events).missingEndNote?.contains("lacks the event run-finished") == true)
    #expect(try Folder().log(events + [Sample.end()]).missingEndNote == nil)
    #expect(try Folder().log(Array(events.dropLast())).missingEndNote == nil)
  }

  @Test("a file that is not a run log is refused")
  func noLog() throws {
    let folder = try Folder()
    #expect(throws: ReportError(path: folder.file("no"), message: "cannot be read: No such file or directory")) {
      try RunLog(path: folder.file("no"))
    }
    #expect(throws: ReportError(path: folder.path, message: "is a folder, not a file")) {
      try RunLog(path: folder.path)
    }
    try folder.write([], to: "empty")
    #expect(throws: ReportError(path: folder.file("empty"), message: "is empty: no run was recorded")) {
      try RunLog(path: folder.file("empty"))
    }
    try folder.write("{\"event\":\"run-started\",\"format\":2}\n".utf8, to: "later")
    #expect(throws: ReportError.self) { try RunLog(path: folder.file("later")) }
    try folder.write(Sample.end().line, to: "endonly")
    #expect(throws: ReportError.self) { try RunLog(path: folder.file("endonly")) }
  }

  @Test("a log of a part of a plan has only the cases that it names")
  func part() throws {
    let folder = try Folder()
    let log = try folder.log([
      Sample.start, .casePlanned(Sample.planned(5)), .casePlanned(Sample.planned(9)),
      .caseFinished(Sample.finished(Sample.planned(9), .passed)),
    ])
    #expect(log.caseCount == 2)
    #expect(log.numbers == [5, 9])
    #expect(log.count(.errored) == 1)
    #expect(log.count(.passed) == 1)
  }

  @Test(
    "a case number beyond all plans is an error, and no case is lost in silence",
    arguments: [-1, 1 << 24, 1 << 24 - 1, Int.max])
  func number(_ number: Int) throws {
    #expect(throws: ReportError.self) { try Folder().log([Sample.start, .casePlanned(Sample.planned(number))]) }
  }

  private static func start(cases: Int?) -> Event {
    guard case .runStarted(var run) = Sample.start else { return Sample.start }
    run.cases = cases
    return .runStarted(run)
  }

  @Test(
    "a log of one line that claims a million cases is refused, not rendered", arguments: [1001, 1_000_000, 1 << 48])
  func claimedCases(_ cases: Int) throws {
    let folder = try Folder()
    let error = try #require(throws: ReportError.self) { try folder.log([RunLogTests.start(cases: cases)]) }
    #expect(
      error.message
        == "line 1: the plan has \(cases) cases, but only 0 follow: the run was killed while it wrote its plan, before "
        + "it executed a case; or the log was changed")
  }

  @Test("a log may lack as many cases of its plan as its lines make likely")
  func lostCases() throws {
    #expect(try Folder().log([RunLogTests.start(cases: 1000)]).caseCount == 1000)
    let plan = (0..<100).map { Event.casePlanned(Sample.planned($0)) }
    #expect(try Folder().log([RunLogTests.start(cases: 2000)] + plan).caseCount == 2000)
    #expect(throws: ReportError.self) { try Folder().log([RunLogTests.start(cases: 2001)] + plan) }
  }

  @Test("a case whose number is not in the plan, or far beyond the lines, is refused")
  func beyondPlan() throws {
    let error = try #require(throws: ReportError.self) {
      try Folder().log([RunLogTests.start(cases: 2), .casePlanned(Sample.planned(2))])
    }
    #expect(error.message == "line 2: case 2 is not in the plan, which has 2 cases")
    #expect(try Folder().log([Sample.start, .casePlanned(Sample.planned(1009))]).numbers == [1009])
    let far = try #require(throws: ReportError.self) {
      try Folder().log([Sample.start, .casePlanned(Sample.planned(1010))])
    }
    #expect(
      far.message
        == "line 2: names case 1010, but only 1 line so far names a case: it is not a complete run log")
  }

  @Test("a named pipe and a device are refused without waiting")
  func pipe() throws {
    let folder = try Folder()
    mkfifo(folder.file("pipe"), 0o600)
    #expect(throws: ReportError(path: folder.file("pipe"), message: "is a named pipe, not a file")) {
      try RunLog(path: folder.file("pipe"))
    }
    #expect(throws: ReportError(path: "/dev/zero", message: "is a device, not a file")) {
      try RunLog(path: "/dev/zero")
    }
  }
}

@Suite("The writer of run logs")
struct RunLogWriterTests {
  @Test("lines of many threads stay whole")
  func threads() async throws {
    let folder = try Folder()
    let writer = try RunLogWriter(path: folder.file("log"))
    await withTaskGroup { group in
      for task in 0..<8 {
        group.addTask {
          for line in 0..<2000 {
            writer.append(
              Array("\(task)-\(line)-\(String(repeating: "x", count: line % 200))".utf8), isDue: line % 50 == 0)
            writer.flushIfDue()
          }
        }
      }
    }
    try writer.close()
    let lines = try folder.read("log").split(separator: "\n")
    #expect(lines.count == 16_000)
    #expect(Set(lines).count == 16_000)
    #expect(lines.allSatisfy { $0.filter { $0 == "-" }.count == 2 })
  }

  @Test("what is due is in the file when it is flushed, the rest when it closes")
  func flush() throws {
    let folder = try Folder()
    let writer = try RunLogWriter(path: folder.file("log"))
    writer.append(Array("a".utf8))
    writer.flushIfDue()
    #expect(try folder.read("log").isEmpty)
    writer.append(Array("b".utf8), isDue: true)
    #expect(try folder.read("log").isEmpty)
    writer.flushIfDue()
    #expect(try folder.read("log") == "a\nb\n")
    writer.append(Array("c".utf8))
    writer.flushIfDue()
    #expect(try folder.read("log") == "a\nb\n")
    try writer.close()
    #expect(try folder.read("log") == "a\nb\nc\n")
  }

  @Test("a full disk is reported, with the path and the words of the system")
  func fullDisk() throws {
    let writer = try RunLogWriter(path: "/dev/full")
    writer.append([1])
    writer.flush()
    #expect(writer.failure != nil)
    writer.append([2])
    writer.flush()
    let error = #expect(throws: ReportError.self) { try writer.close() }
    #expect(error?.description == "/dev/full: the run log cannot be written: No space left on device")
  }

  @Test("lines that come after the end are a failure too")
  func afterClose() throws {
    let folder = try Folder()
    let writer = try RunLogWriter(path: folder.file("log"))
    try writer.close()
    writer.append([1])
    #expect(throws: ReportError.self) { try writer.close() }
  }

  @Test("a missing folder is an error")
  func noFolder() throws {
    #expect(throws: ReportError(path: "/nowhere/log", message: "cannot be written: No such file or directory")) {
      try RunLogWriter(path: "/nowhere/log")
    }
  }
}
