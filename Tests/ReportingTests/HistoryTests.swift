import ConformanceModel
import Foundation
import JSONValue
import RunEvents
import Testing

@testable import Reporting

@Suite("The history of a target")
struct HistoryTests {
  /// A run that many hours after the first, in which one case ended so.
  static func run(
    _ hours: Int, _ verdict: Verdict?, seconds: Double = 1, target: String = "Northwind", host: String = "ci-1"
  ) -> RecordedRun {
    let run = History.Run(
      startedAt: Sample.wall + SimulatedDuration(milliseconds: Int64(hours) * 3_600_000), host: host, target: target,
      version: "1.0.0", commit: "c\(hours)")
    return RecordedRun(
      run, cases: verdict.map { ["border": .init($0, seconds: seconds)] } ?? ["other": .init(.passed, seconds: 0)])
  }

  static func history(_ verdicts: [Verdict?]) -> History {
    var history = History()
    for (hours, verdict) in verdicts.enumerated() { history.add(run(hours, verdict)) }
    return history
  }

  @Test("a strip has the verdict of each run, oldest first, and a gap for a run without the case")
  func strip() {
    let history = HistoryTests.history([.passed, nil, .failed, .warned])
    #expect(history.strip(of: "border") == [.passed, nil, .failed, .warned])
    #expect(history.strip(of: "unknown") == [nil, nil, nil, nil])
    #expect(History.marks(history.strip(of: "border")) == "✓·✗!")
    #expect(
      History.words([.passed, .passed, .failed, nil, .errored, .skipped, .pending])
        == "2 passed, 1 failed, 1 absent, 1 errored, 1 skipped, 1 pending")
  }

  @Test("runs are in the order of their start, and the same run counts once")
  func order() {
    var history = History()
    for run in [
      HistoryTests.run(2, .failed), HistoryTests.run(0, .passed), HistoryTests.run(1, .passed),
      HistoryTests.run(2, .errored),
    ] { history.add(run) }
    #expect(history.runs.map(\.commit) == ["c0", "c1", "c2"])
    #expect(history.strip(of: "border") == [.passed, .passed, .errored])
  }

  @Test("runs of two hosts that start at the same time are different")
  func hosts() {
    var history = History()
    history.add(HistoryTests.run(0, .passed))
    history.add(HistoryTests.run(0, .passed, host: "ci-2"))
    #expect(history.runs.count == 2)
  }

  @Test("only the last twenty runs are kept")
  func window() {
    let history = HistoryTests.history([.failed, .passed, .failed] + [Verdict?](repeating: .passed, count: 19))
    #expect(history.runs.count == 20)
    #expect(history.strip(of: "border").first == .failed)
    #expect(!history.isFlaky("border"))
  }

  @Test(
    "a case that changed twice between good and bad is flaky; warnings are good, unjudged runs do not count",
    arguments: [
      ([.passed, .failed, .passed], true), ([.failed, .passed, .failed], true), ([.passed, .failed], false),
      ([.failed, .passed, .passed], false),
      ([.passed, .warned, .passed], false), ([.failed, .errored, .failed], false),
      ([.passed, .skipped, .passed, nil, .passed], false),
      ([.passed, .skipped, .errored, .pending, .warned], true), ([], false),
    ] as [([Verdict?], Bool)])
  func flaky(verdicts: [Verdict?], isFlaky: Bool) {
    let history = HistoryTests.history(verdicts)
    #expect(history.isFlaky("border") == isFlaky)
    #expect(history.flakyCases == (isFlaky ? ["border"] : []))
  }

  @Test("a flaky case that is not in the newest run is not named")
  func flakyAndGone() { #expect(HistoryTests.history([.passed, .failed, .passed, nil]).flakyCases == []) }

  @Test("the newest run shows what is new, fixed, or failing and since when")
  func judgement() {
    func judgement(_ verdicts: [Verdict?]) -> History.Judgement? {
      HistoryTests.history(verdicts).judgement(of: "border")
    }
    #expect(judgement([.passed, .failed]) == .newFailure)
    #expect(judgement([.failed]) == .newFailure)
    #expect(judgement([.failed, .skipped, .passed]) == .fixed)
    #expect(judgement([.passed, .warned]) == nil)
    #expect(judgement([.failed, nil]) == nil)
    #expect(judgement([.failed, .skipped]) == nil)
    #expect(
      judgement([.failed, .passed, .errored, nil, .failed]) == .stillFailing(since: HistoryTests.run(2, nil).run))
  }

  @Test("a duration is compared with the median of the earlier runs")
  func duration() {
    var history = History()
    for (hours, seconds) in [1.0, 9, 2, 5].enumerated() {
      history.add(HistoryTests.run(hours, .passed, seconds: seconds))
    }
    #expect(history.durationDelta(of: "border") == 3)
    #expect(HistoryTests.history([.passed]).durationDelta(of: "border") == nil)
    #expect(HistoryTests.history([.passed, .skipped]).durationDelta(of: "border") == nil)
  }
}

@Suite("The folder of a history")
struct HistoryFolderTests {
  @Test("added runs are read back, with the run itself as the newest")
  func roundTrip() throws {
    let folder = try Folder()
    let store = HistoryFolder(folder.path)
    for hours in 0..<3 { try store.add(HistoryTests.run(hours, hours == 1 ? .failed : .passed, seconds: 0.25)) }
    try store.add(HistoryTests.run(1, .failed, target: "another"))
    let (history, notes) = try store.history(upTo: HistoryTests.run(3, .warned))
    #expect(notes == [])
    #expect(history.runs.map(\.commit) == ["c0", "c1", "c2", "c3"])
    #expect(history.strip(of: "border") == [.passed, .failed, .passed, .warned])
    #expect(history.durationDelta(of: "border") == 0.75)
  }

  @Test("the same run twice is one file and one run")
  func twice() throws {
    let folder = try Folder()
    let store = HistoryFolder(folder.path)
    try store.add(HistoryTests.run(0, .failed))
    try store.add(HistoryTests.run(0, .passed))
    #expect(folder.names.count == 1)
    let (history, _) = try store.history(upTo: HistoryTests.run(0, .passed))
    #expect(history.strip(of: "border") == [.passed])
  }

  @Test("later runs are not part of the history of a run")
  func later() throws {
    let folder = try Folder()
    let store = HistoryFolder(folder.path)
    for hours in 0..<3 { try store.add(HistoryTests.run(hours, .passed)) }
    #expect(try store.history(upTo: HistoryTests.run(1, .failed)).history.strip(of: "border") == [.passed, .failed])
  }

  @Test("broken and foreign JSON files are ignored with a note, other files without one")
  func broken() throws {
    let folder = try Folder()
    let store = HistoryFolder(folder.path)
    let name = HistoryFolder.name(HistoryTests.run(0, .passed).run)
    try folder.write("{\"history\": 1, \"target\": \"Nor".utf8, to: name)
    let newer = HistoryFolder.name(HistoryTests.run(1, .passed).run)
    try folder.write(
      HistoryTests.run(1, .passed).text.replacing("\"history\": 1", with: "\"history\": 99").utf8, to: newer)
    let wrong = HistoryFolder.name(HistoryTests.run(2, .passed).run)
    try folder.write(HistoryTests.run(2, .passed).text.replacing("\"passed\"", with: "\"brilliant\"").utf8, to: wrong)
    try folder.write("{}".utf8, to: "package.json")
    try folder.write("notes".utf8, to: "README.md")
    mkfifo(folder.file(HistoryFolder.name(HistoryTests.run(3, .passed).run)), 0o600)
    let (history, notes) = try store.history(upTo: HistoryTests.run(5, .passed))
    #expect(history.runs.count == 1)
    #expect(notes.count == 5)
    for part in [
      "is not JSON", "has format 99", "case 'border' has no verdict",
      "package.json: ignored, it is not the result of a run",
      "is a named pipe, not a file",
    ] {
      #expect(notes.contains { $0.contains(part) }, "missing: \(part)")
    }
  }

  @Test("a missing folder is empty; a file instead of the folder is an error")
  func absent() throws {
    let folder = try Folder()
    #expect(try HistoryFolder(folder.file("none")).history(upTo: HistoryTests.run(0, .passed)).history.runs.count == 1)
    try folder.write("x".utf8, to: "file")
    #expect(throws: ReportError.self) {
      try HistoryFolder(folder.file("file")).history(upTo: HistoryTests.run(0, .passed))
    }
  }

  @Test("a record has verdict and seconds of each case; errored cases of a stopped run are omitted")
  func recorded() throws {
    let folder = try Folder()
    let whole = try RecordedRun(folder.log(Sample.everyVerdict))
    #expect(whole.cases.count == 7)
    #expect(whole.cases["broken"]?.verdict == .errored)
    #expect(whole.cases["token-border"] == .init(.passed, seconds: 0.012))
    #expect(try RecordedRun(parsing: Array(whole.text.utf8)) == whole)
    let stopped = try RecordedRun(
      folder.log(Sample.everyVerdict.dropLast() + [Sample.end(aborted: "interrupted by SIGINT")]))
    #expect(stopped.cases.keys.sorted() == ["later", "lost", "soft", "token-border", "token-refused/auth=basic"])
  }
}

@Suite("The history in reports")
struct HistoryReportTests {
  /// The sample run, with a past in which a case failed before and one was flaky.
  static func past(_ log: RunLog) throws -> History {
    let now = try RecordedRun(log)
    var history = History()
    for hours in 1...3 {
      var run = now
      run.run.startedAt = now.run.startedAt + SimulatedDuration(milliseconds: Int64(-hours) * 3_600_000)
      run.run.commit = "0123456789abcdef"
      run.cases["token-border"]?.verdict = hours == 2 ? .failed : .passed
      history.add(run)
    }
    history.add(now)
    return history
  }

  @Test("the summary has the strips of failing and flaky cases, with words")
  func summary() throws {
    let folder = try Folder()
    let log = try folder.log(Sample.everyVerdict)
    try ReportFormat.summary.write(log, history: try HistoryReportTests.past(log), to: folder.file("summary.md"))
    let text = try folder.read("summary.md")
    #expect(text.contains("The last 4 runs, oldest first:"))
    #expect(text.contains("| token-border | ✓✗✓✓ | 1 passed, 1 failed, 2 passed | flaky |"))
    #expect(
      text.contains(
        "| token-refused/auth=basic | ✗✗✗✗ | 4 failed | failing since 2026-11-23T09:00:00Z (0123456789ab) |"))
  }

  @Test("the console names flaky cases")
  func console() throws {
    let folder = try Folder()
    let log = try folder.log(Sample.everyVerdict)
    let text = Locked("")
    let console = Console(style: .init(isTerminal: false, hasColours: false)) { part in text.withLock { $0 += part } }
    try console.finish(log, history: try HistoryReportTests.past(log), reports: [])
    #expect(text.withLock { $0 }.contains("flaky: token-border ✓✗✓✓ (1 passed, 1 failed, 2 passed)\n"))
  }
}
