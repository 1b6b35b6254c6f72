import ConformanceModel
import Reporting
import RunEvents
import Testing

@Suite("The failures of a run")
struct FailedBeforeTests {
  private static let ids = ["a", "b", "c", "d"]

  /// A run of the cases a, b, c and d with these records; `before` are the failures that it was to run again.
  private func log(_ folder: Folder, before: [String] = [], _ records: [CaseRecord?]) throws -> RunLog {
    guard case .runStarted(var run) = Sample.start else { throw ReportError(path: "", message: "no start") }
    run.failedBefore = before
    run.command.append("--failed")
    let planned = FailedBeforeTests.ids.indices.map { Event.casePlanned(FailedBeforeTests.planned($0)) }
    let finished = records.compactMap { $0.map { Event.caseFinished($0) } }
    return try folder.log([.runStarted(run)] + planned + finished + [Sample.end()])
  }

  private static func planned(_ number: Int) -> PlannedCase { Sample.planned(number, scenario: ids[number]) }

  private static func record(_ number: Int, _ verdict: Verdict, reason: String? = nil) -> CaseRecord {
    let findings = [.failed, .errored, .warned].contains(verdict) ? [Sample.finding(verdict)] : []
    return Sample.finished(planned(number), verdict, reason: reason, findings)
  }

  private static let cut = "not run: stopped after the first failure (--fail-fast)"

  @Test("are its failed and errored cases, and those that did not end")
  func ofRun() throws {
    let folder = try Folder()
    let log = try log(
      folder,
      [.failed, .errored, .passed].enumerated().map { FailedBeforeTests.record($0.offset, $0.element) } + [nil])
    #expect(try log.unresolvedFailures() == ["a", "b", "d"])
  }

  @Test("include those before it that it did not judge, and no others")
  func before() throws {
    let folder = try Folder()
    let log = try log(
      folder, before: ["elsewhere", "a", "b", "c", "d"],
      [
        FailedBeforeTests.record(0, .failed), FailedBeforeTests.record(1, .warned),
        FailedBeforeTests.record(2, .skipped, reason: FailedBeforeTests.cut),
        FailedBeforeTests.record(3, .skipped, reason: "the target declares no clock"),
      ])
    #expect(try log.unresolvedFailures() == ["a", "elsewhere", "c"])
  }

  @Test("of an invariant are the cases whose exchanges violate it")
  func invariant() throws {
    let folder = try Folder()
    var finding = Sample.finding()
    finding.origin = "many/n=1, m=2, area/many.yaml:7"
    var invariant = FailedBeforeTests.record(1, .failed)
    invariant.planned.suite = Invariant.suite
    var ofProbe = finding
    ofProbe.origin = "probe, area/targets/mine.yaml:3"
    invariant.findings = [finding, finding, ofProbe]
    var probe = FailedBeforeTests.record(2, .errored)
    probe.planned.suite = PlannedCase.probeSuite
    let log = try log(
      folder, [FailedBeforeTests.record(0, .passed), invariant, probe, FailedBeforeTests.record(3, .passed)])
    #expect(try log.unresolvedFailures() == ["many/n=1, m=2"])
  }

  @Test("are compared with those before: fixed, still failing, or not run")
  func console() throws {
    let folder = try Folder()
    var unfinished = FailedBeforeTests.record(3, .errored)
    unfinished.findings[0].statement = "not finished: interrupted by SIGINT"
    let log = try log(
      folder, before: ["a", "b", "c", "d", "e"],
      [
        FailedBeforeTests.record(0, .failed), FailedBeforeTests.record(1, .warned),
        FailedBeforeTests.record(2, .skipped, reason: FailedBeforeTests.cut), unfinished,
      ])
    let text = Locked("")
    try Console(style: .init(isTerminal: false, hasColours: false)) { piece in text.withLock { $0 += piece } }
      .finish(log, reports: [])
    #expect(
      text.withLock { $0 }.contains(
        """

        STILL FAILING a
        FIXED b
        NOT RUN c
        NOT RUN d
        of 5 cases that failed before: 1 fixed, 1 still failing, 3 not run

        """), "\(text.withLock { $0 })")
  }
}
