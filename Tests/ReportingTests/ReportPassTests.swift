// Several reports in one pass over a log.

import ConformanceModel
import Foundation
import JSONValue
import RunEvents
import Testing

@testable import Reporting

@Suite("One pass for all reports")
struct ReportPassTests {
  /// Suites that take turns, as a shuffled plan may have them.
  private static let mixed: [Event] = {
    let plan = (0..<6).map { Sample.planned($0, suite: ["expiry", "clients"][$0 % 2], scenario: "case-\($0)") }
    let verdicts: [Verdict] = [.passed, .failed, .warned, .errored, .passed, .skipped]
    let records = zip(plan, verdicts).map { planned, verdict in
      Event.caseFinished(
        Sample.finished(
          planned, verdict, reason: verdict == .skipped ? "no" : nil,
          [.passed, .skipped].contains(verdict) ? [] : [Sample.finding(verdict)]))
    }
    return [Sample.start] + plan.map { .casePlanned($0) } + records + [Sample.end()]
  }()

  private static let formats = ReportFormat.allCases.filter { $0.fileName != "-" }

  @Test("gives the same bytes as each report alone", arguments: [Sample.everyVerdict, mixed, [Sample.start]])
  func same(events: [Event]) throws {
    let folder = try Folder()
    let log = try folder.log(events)
    let requests = ReportPassTests.formats.map { ReportRequest($0, path: folder.file("all-\($0.rawValue)")) }
    #expect(ReportPass(requests, of: log).commit() == requests.map { _ in nil })
    for format in ReportPassTests.formats {
      #expect(try folder.read("all-\(format.rawValue)") == folder.report(format, of: log), "\(format)")
    }
  }

  @Test("changes nothing before it is committed, and leaves nothing if it is not")
  func uncommitted() throws {
    let folder = try Folder()
    let log = try folder.log(Sample.everyVerdict)
    try folder.write(log: "former", to: "summary.md")
    let request = ReportRequest(.summary, path: folder.file("summary.md"))
    do {
      let pass = ReportPass([request], of: log)
      #expect(folder.names.count == 3)
      #expect(try folder.read("summary.md").hasPrefix("former"))
      withExtendedLifetime(pass) {}
    }
    #expect(folder.names == ["run.jsonl", "summary.md"])
    #expect(ReportPass([request], of: log).commit() == [nil])
    #expect(try !folder.read("summary.md").hasPrefix("former"))
  }

  @Test("a log whose last line is not written yet makes the reports of the whole log")
  func missingEnd() throws {
    let folder = try Folder()
    let log = try folder.log(ReportPassTests.mixed)
    let lines = try folder.read("run.jsonl").split(separator: "\n")
    try folder.write(log: lines.dropLast().joined(separator: "\n") + "\n", to: "open.jsonl")
    let open = try RunLog(
      path: folder.file("open.jsonl"), lastLine: Array(lines.last.map(String.init)?.utf8 ?? "".utf8))
    #expect(open.summary == log.summary)
    #expect(open.end.map { String(decoding: $0, as: UTF8.self) } == lines.last.map(String.init))
    #expect(log.end == nil)
    for format in ReportPassTests.formats {
      #expect(try folder.report(format, of: open) == folder.report(format, of: log), "\(format)")
    }
  }

  @Test("gives JUnit the cases suite by suite, and the others in the order of the plan")
  func orders() throws {
    let folder = try Folder()
    let log = try folder.log(ReportPassTests.mixed)
    let requests = [ReportFormat.junit, .tap].map { ReportRequest($0, path: folder.file($0.rawValue)) }
    #expect(ReportPass(requests, of: log).commit() == [nil, nil])
    func numbers(_ report: String) throws -> [String] {
      try folder.read(report).matches(of: /(?:classname="[a-z]+\.|- )case-([0-9])/).map { String($0.1) }
    }
    #expect(try numbers("junit") == ["0", "2", "4", "1", "3", "5"])
    #expect(try numbers("tap") == ["0", "1", "2", "3", "4", "5"])
  }

  @Test("a report that cannot be written does not prevent the others, and leaves nothing")
  func failure() throws {
    let folder = try Folder()
    let log = try folder.log(Sample.everyVerdict)
    let paths = ["/nowhere/report.html", folder.file("summary.md"), "/dev/full", folder.file("junit.xml")]
    let formats: [ReportFormat] = [.html, .summary, .tap, .junit]
    let failures = ReportPass(zip(formats, paths).map { ReportRequest($0, path: $1) }, of: log).commit()
    #expect(
      failures.map { $0?.description } == [
        "/nowhere/report.html: cannot be written: No such file or directory", nil,
        "/dev/full: cannot be written: No space left on device", nil,
      ])
    #expect(folder.names == ["junit.xml", "run.jsonl", "summary.md"])
  }

  @Test("a case that cannot be read fails the reports that need it, and no other")
  func broken() throws {
    let folder = try Folder()
    _ = try folder.log(Sample.everyVerdict)
    // of the passed case, which the summary does not need
    let text = try folder.read("run.jsonl")
    try folder.write(
      log: text.replacing(#""exchanges":0"#, with: #""exchanges":"x""#, maxReplacements: 1), to: "broken.jsonl")
    let log = try RunLog(path: folder.file("broken.jsonl"), isSkimmed: true)
    let requests = [ReportFormat.junit, .summary].map { ReportRequest($0, path: folder.file($0.rawValue)) }
    let failures = ReportPass(requests, of: log).commit()
    #expect(failures[0]?.message == "case 0: 'exchanges' is of type string; expected a whole number")
    #expect(failures[1] == nil)
    #expect(folder.names == ["broken.jsonl", "run.jsonl", "summary"])
  }

  @Test(
    "a finished case is indexed the same if its line is in another form",
    arguments: [
      { $0.replacing(#","verdict":"#, with: #" , "verdict" : "#) },
      { $0.replacing(#""suite":"clients""#, with: #""suite":"\u0063lients""#) },
      { $0.replacing(#""verdict":"#, with: #""verdict":"passed","verdict":"#) },
      { $0.replacing(#"{"event":"case-finished""#, with: #"{"more":[{"a":"]}\""},1e3],"event":"case-finished""#) },
    ] as [@Sendable (String) -> String])
  func otherForms(_ change: @Sendable (String) -> String) throws {
    let folder = try Folder()
    let log = try folder.log(ReportPassTests.mixed)
    try folder.write(log: change(folder.read("run.jsonl")), to: "other.jsonl")
    let other = try RunLog(path: folder.file("other.jsonl"))
    #expect(try folder.read("other.jsonl") != folder.read("run.jsonl"))
    for number in log.numbers {
      #expect(other.verdict(number) == log.verdict(number) && other.times(number) == log.times(number))
      #expect(try other.record(number) == log.record(number))
    }
    #expect(other.suites == log.suites && other.numbersBySuite == log.numbersBySuite)
  }
}
