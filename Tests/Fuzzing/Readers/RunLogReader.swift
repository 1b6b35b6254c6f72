// The run log, and all reports of a log that can be read: each is well-formed.

import ConformanceModel
import Foundation
import JSONValue
import Reporting
import RunEvents
import XML

struct RunLogReader: Reader {
  let workplace: Workplace
  let name = "run-log"
  let structure = Structure.jsonLines
  var tokens: [String] {
    [
      "{\"event\":\"step\",\"n\":0,", "{\"event\":\"planned\",\"n\":", "\"n\":", "\"event\":\"case-finished\"",
      "\"verdict\":\"passed\"", "\"verdict\":\"failed\"", "case-started",
      "run-finished", "run-started", "client-created", "{}", "null",
      "\"shards\":{\"present\":[1,3],\"of\":3,\"merged\":true}", "\"aborted\":\"x\"", "\"base64\":\"/+8=\"", "http://",
    ]
  }

  static let maxCases = 1000

  init(_ workplace: Workplace) { self.workplace = workplace }

  func corpus() -> [[UInt8]] { SampleLogs.all }

  func check(_ input: [UInt8]) throws {
    try workplace.write(input, to: "changed.jsonl")
    do throws(ReportError) { _ = try RunLog(path: workplace.path("changed.jsonl")) } catch {
      try promise(!error.message.isEmpty, "refused without a message")
    }
    try workplace.write(log: input, to: "run.jsonl")
    let log: RunLog
    do throws(ReportError) { log = try RunLog(path: workplace.path("run.jsonl")) } catch {
      return try promise(
        !error.message.isEmpty && error.path == workplace.path("run.jsonl"), "refused without a message")
    }
    try promise(log.numbers.count == log.caseCount, "the counts of cases differ")
    try promise(
      Verdict.allCases.map { log.count($0) }.reduce(0, +) == log.caseCount, "a case has no verdict, or several")
    try promise(
      log.suites.map { log.numbers(inSuite: $0).count }.reduce(0, +) == log.caseCount, "a case has no suite, or several"
    )
    // a truncated log has as many cases as its first line states
    guard log.caseCount <= RunLogReader.maxCases else { return }
    let reports: [ReportFormat: [UInt8]]
    do {
      for number in log.numbers { _ = try log.record(number) }
      reports = try render(log)
    } catch let error as ReportError {
      // details are read only when a report needs them: their errors come late
      return try promise(!error.message.isEmpty, "refused without a message")
    }
    for (format, report) in reports.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      do { try ReportCheck(log: log).check(format, report) } catch {
        throw FuzzFinding("\(format.rawValue): \((error as? FuzzFinding)?.message ?? "\(error)")")
      }
    }
  }

  private func render(_ log: RunLog) throws -> [ReportFormat: [UInt8]] {
    let run = try RecordedRun(log)
    let history = HistoryFolder(workplace.path("history"))
    _ = try BehaviourDocument(
      version: nil, areas: [], requirements: log.requirements, scenarios: [], invariants: [], log: log)
    try? workplace.removeFolder("history")
    try workplace.makeFolder("history")
    try history.add(run)
    let (known, notes) = try history.history(upTo: run)
    guard notes.isEmpty else { throw FuzzFinding("its own result is ignored in the history: \(notes)") }
    var reports: [ReportFormat: [UInt8]] = [:]
    for format in ReportFormat.allCases {
      let path = workplace.path("report-\(format.rawValue)")
      try format.write(log, history: known, to: path)
      reports[format] = try Workplace.read(path)
    }
    return reports
  }
}

/// The promises of each report.
struct ReportCheck {
  let log: RunLog

  func check(_ format: ReportFormat, _ report: [UInt8]) throws {
    guard let text = String(validating: report, as: UTF8.self) else { throw FuzzFinding("it is not UTF-8") }
    try promise(
      ReportCheck.isClean(text, mayHaveDelete: [.ctrf, .gitlab, .html].contains(format)),
      "it contains a control character"
    )
    switch format {
    case .junit, .junitExtended: try junit(report)
    case .html: try html(text)
    case .ctrf: try ctrf(report)
    case .gitlab: try promise(try JSON(parsing: report).array != nil, "it is not a list")
    case .tap: try tap(text)
    case .summary: try promise(report.count <= Summary.maxSize, "it is larger than GitHub accepts")
    case .github:
      let lines = text.split(separator: "\n")
      try promise(
        lines.allSatisfy { $0.hasPrefix("::error ") || $0.hasPrefix("::warning ") }, "a line is not an annotation")
      try promise(lines.count <= 20, "there are more annotations than GitHub shows")
    }
  }

  /// Whether there are no control characters except line breaks and tabs. DEL is allowed in JSON and HTML.
  static func isClean(_ text: String, mayHaveDelete: Bool) -> Bool {
    text.unicodeScalars.allSatisfy {
      ["\n", "\t", "\r"].contains($0) || ($0.value >= 0x20 && (mayHaveDelete || $0.value != 0x7F))
    }
  }

  private func junit(_ report: [UInt8]) throws {
    let document = try XMLDocument(parsing: report)
    let counts =
      try document.text(xpath: "concat(count(//testcase), ' ', sum(//testsuite/@tests), ' ', /testsuites/@tests)")
      .first?.split(separator: " ") ?? []
    try promise(counts.count == 3 && Set(counts).count == 1, "its counts differ: \(counts)")
    for (element, attribute) in [("failure", "failures"), ("error", "errors"), ("skipped", "skipped")] {
      let holds = try document.text(xpath: "count(//testcase[\(element)]) = sum(//testsuite/@\(attribute))")
      try promise(holds == ["true"], "its count of \(attribute) differs from that of its cases")
    }
  }

  /// A log can neither start nor end a script of the page.
  private func html(_ page: String) throws {
    let lower = RunLogReader.lowercased(page)
    let opened = RunLogReader.count("<script", lower), closed = RunLogReader.count("</script", lower)
    try promise(opened == 2 && closed == 2, "it has \(opened) starts and \(closed) ends of scripts; expected 2")
    try promise(RunLogReader.count("<style", lower) == 1, "it does not have exactly one style")
    guard let start = page.range(of: "<script type=\"application/x-ndjson\""),
      let open = page[start.upperBound...].firstIndex(of: ">"),
      let end = page[open...].range(of: "</script")
    else { throw FuzzFinding("its data is missing") }
    // a line for the page alone, and lines of the log
    let lines = page[page.index(after: open)..<end.lowerBound].utf8.split(separator: 0x0A)
    let cases = lines.filter { $0.starts(with: "{\"event\":\"case-finished\",\"n\":".utf8) }
    try promise(cases.count == log.caseCount, "its data has a different number of cases")
    for line in cases { _ = try JSON(parsing: Array(line)) }
    guard let first = lines.first else { throw FuzzFinding("its data is empty") }
    try promise(try JSON(parsing: Array(first)).repeatedMembers.isEmpty, "its data has a duplicate name")
  }

  private func ctrf(_ report: [UInt8]) throws {
    let results = try JSON(parsing: report)["results"]
    try promise(results?["tests"]?.array?.count == log.caseCount, "it has a different number of tests")
    try promise(results?["summary"]?["tests"]?.int == log.caseCount, "it counts a different number of tests")
  }

  private func tap(_ report: String) throws {
    let lines = report.split(separator: "\n", omittingEmptySubsequences: false)
    let points = lines.filter { $0.hasPrefix("ok ") || $0.hasPrefix("not ok ") }
    try promise(
      lines.first == "TAP version 14" && lines.dropFirst().first == "1..\(log.caseCount)",
      "its plan is '\(lines.dropFirst().first ?? "")'")
    try promise(points.count == log.caseCount, "it has \(points.count) points for \(log.caseCount) cases")
    for (index, point) in points.enumerated() {
      let start = (point.hasPrefix("ok") ? "ok" : "not ok") + " \(index + 1) - "
      try promise(point.utf8.starts(with: start.utf8), "a point has a wrong number: \(point.prefix(80))")
    }
  }
}

extension RunLogReader {
  static func lowercased(_ text: String) -> [UInt8] { text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }

  static func count(_ word: String, _ text: [UInt8]) -> Int {
    let word = Array(word.utf8)
    var count = 0
    for index in text.indices where text[index] == word[0] && text[index...].starts(with: word) { count += 1 }
    return count
  }
}
