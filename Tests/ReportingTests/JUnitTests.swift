// JUnit XML: its shape, its names, and what hostile texts do to it.

import ConformanceModel
import Foundation
import HTTPModel
import RunEvents
import Testing
import XML

@testable import Reporting

@Suite("A JUnit report")
struct JUnitTests {
  private func document(_ junit: String) throws -> XMLDocument { try XMLDocument(parsing: Array(junit.utf8)) }

  @Test("shows every verdict in the shape that all consumers read")
  func everyVerdict() throws {
    try expectGolden("every-verdict.xml", Folder().junit(Sample.everyVerdict))
  }

  @Test("the counts are those of the children")
  func counts() throws {
    let document = try document(Folder().junit(Sample.everyVerdict))
    for (attribute, element) in [("tests", "testcase"), ("failures", "failure"), ("errors", "error")] {
      #expect(try document.text(xpath: "/testsuites/@\(attribute)") == document.text(xpath: "count(//\(element))"))
      #expect(
        try document.text(xpath: "/testsuites/testsuite[2]/@\(attribute)")
          == document.text(xpath: "count(//testsuite[2]//\(element))"))
    }
  }

  static let hostile = [
    "\u{1B}[2J\u{0}\u{8}\u{FFFE}\u{FFFF}", "]]><failure/>", "<script>&amp;&#27;</script>", "\r\n\r\n",
    "::error::x\n##vso[task]", "",
    String(decoding: [0x61, 0xFF, 0xC3, 0x28, 0xED, 0xA0, 0x80] as [UInt8], as: UTF8.self),
    "a" + String(repeating: "\u{301}", count: 10_000),
    String(repeating: "<&\"\u{1}é", count: 5000), String(repeating: "line\n", count: 5000),
  ]

  @Test("is well-formed and within the limits, whatever texts contain", arguments: hostile)
  func hostileTexts(_ text: String) throws {
    var finding = Sample.finding(.failed, .assertion, text)
    finding.expected = text
    finding.actual = text
    finding.step = text
    finding.exchange = Sample.exchange(body: text, answer: text)
    finding.exchange?.responseHeaders = [HeaderField(text, text)]
    var warning = finding
    warning.verdict = .warned
    let planned = [0, 1, 2, 3].map { Sample.planned($0, suite: text, scenario: text, row: text, title: text) }
    let records = [
      Sample.finished(planned[0], .failed, [finding, finding]), Sample.finished(planned[1], .errored, []),
      Sample.finished(planned[2], .skipped, reason: text),
      Sample.finished(planned[3], .warned, [warning]),
    ]
    let junit = try Folder().junit([Sample.start] + records.map { .caseFinished($0) } + [Sample.end(aborted: text)])
    let document = try document(junit)
    #expect(try document.text(xpath: "count(//testcase)") == ["4"])
    #expect(
      try document.text(
        xpath:
          "count(//failure[@message='' or .=''] | //error[@message='' or .=''] | //skipped[.=''] | //system-out[.=''])")
        == ["0"])
    for name in try document.text(xpath: "//testcase/@name | //testcase/@classname | //testsuite/@name") {
      #expect(name.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
      #expect((1...255).contains(name.utf8.count))
      #expect(!name.contains("  "))
    }
    for name in try document.text(xpath: "//testcase/@classname") { #expect(name.filter { $0 == "." }.count == 1) }
    for body in try document.text(xpath: "//failure | //system-out") { #expect(body.unicodeScalars.count <= 1_000_000) }
    for message in try document.text(xpath: "//@message") { #expect(message.unicodeScalars.count <= 200) }
  }

  @Test("texts of two megabytes are cut, with a note of how much")
  func twoMegabytes() throws {
    let text = String(repeating: "a<\u{1B}", count: 700_000)
    let records = [
      Sample.finished(Sample.planned(0), .failed, [Finding(.failed, .assertion, text)]),
      Sample.finished(Sample.planned(1), .skipped, reason: text),
    ]
    let junit = try Folder().junit([Sample.start] + records.map { .caseFinished($0) } + [Sample.end()])
    #expect(junit.utf8.count < 100_000)
    #expect(
      try document(junit).text(xpath: "string(//failure)").first?.contains(
        "… (2100000 bytes in total)\n\ncase: A token") == true)
  }

  @Test("names are unique in the whole run, even if suites get the same name")
  func uniqueNames() throws {
    let areas = ["a.b", "a-b", "a/b", "ä", "ö", "x"]
    let long = String(repeating: "row ", count: 100)
    var number = -1
    let records = areas.flatMap { area in
      [nil, nil, long + "1", long + "2"].map { row in
        number += 1
        return Event.caseFinished(Sample.finished(Sample.planned(number, suite: area, row: row), .passed))
      }
    }
    let document = try document(Folder().junit([Sample.start] + records + [Sample.end()]))
    let names = try zip(document.text(xpath: "//testcase/@classname"), document.text(xpath: "//testcase/@name")).map {
      "\($0) \($1)"
    }
    #expect(names.count == 24)
    #expect(Set(names).count == 24)
    #expect(try Set(document.text(xpath: "//testsuite/@name")).count == areas.count)
    #expect(names.first == "a-b.token-border token-border")
  }

  @Test("a run that ended before it had cases is an error, not an empty report")
  func noCases() throws {
    let document = try document(Folder().junit([Sample.start, Sample.end(aborted: "the target could not be reached")]))
    #expect(try document.text(xpath: "/testsuites/@errors") == ["1"])
    #expect(try document.text(xpath: "//error/@message") == ["the target could not be reached"])
  }

  #if DEBUG
    /// Unoptimised, 20,000 would keep both cores from the tests beside this one for a minute.
    private static let many = 2000
  #else
    private static let many = 20_000
  #endif

  @Test(
    "many thousand failed cases are all in the report, and it stays below the size limit of consumers",
    .timeLimit(.minutes(2)))
  func large() throws {
    let finding = Finding(.failed, .assertion, String(repeating: "<", count: 300))
    let folder = try Folder()
    let records = (0..<JUnitTests.many).map {
      Event.caseFinished(
        Sample.finished(Sample.planned($0, suite: "suite-\($0 % 20)", scenario: "case-\($0)"), .failed, [finding]))
    }
    let junit = try folder.junit([Sample.start] + records + [Sample.end()])
    #expect(junit.utf8.count < 30_000_000)
    // too large for the strict reader of this package
    #expect(junit.components(separatedBy: "<failure ").count - 1 == JUnitTests.many)
    #expect(junit.hasSuffix("</testsuites>\n"))
  }

  @Test("an existing report is kept if the new one cannot be written")
  func atomic() throws {
    let folder = try Folder()
    let first = try folder.junit(Sample.everyVerdict)
    let log = try RunLog(path: folder.file("run.jsonl"))
    // the log loses its cases between the overview and the rendering
    truncate(folder.file("run.jsonl"), 10)
    let error = #expect(throws: ReportError.self) { try ReportFormat.junit.write(log, to: folder.file("junit.xml")) }
    #expect(error?.message == "became shorter while it was read")
    #expect(try folder.read("junit.xml") == first)
    #expect(folder.names == ["junit.xml", "run.jsonl"])
  }

  @Test("a missing folder is an error with its path")
  func noFolder() throws {
    let log = try Folder().log(Sample.everyVerdict)
    #expect(throws: ReportError(path: "/nowhere/junit.xml", message: "cannot be written: No such file or directory")) {
      try ReportFormat.junit.write(log, to: "/nowhere/junit.xml")
    }
  }

  @Test("a folder at the path of the report is an error, and no temporary file is left")
  func folderInPlace() throws {
    let folder = try Folder()
    try FileManager.default.createDirectory(atPath: folder.file("junit.xml"), withIntermediateDirectories: true)
    #expect(throws: ReportError.self) { try folder.junit(Sample.everyVerdict) }
    #expect(folder.names == ["junit.xml", "run.jsonl"])
  }

  @Test("small fractions of a second stay within the schemas")
  func times() throws {
    let records = [0, 0.000_4, 0.000_6, 12.3456].enumerated().map { number, seconds in
      var record = Sample.finished(Sample.planned(number), .passed, seconds: seconds)
      // one after the other
      record.startedAt = Sample.wall + SimulatedDuration(milliseconds: Int64(20_000 * number))
      return record
    }
    let document = try document(Folder().junit([Sample.start] + records.map { .caseFinished($0) }))
    #expect(try document.text(xpath: "//testcase/@time") == ["0.000", "0.000", "0.001", "12.346"])
    #expect(try document.text(xpath: "//testsuite/@time") == ["12.347"])
  }
}

@Suite("The budget of a report")
struct JUnitBudgetTests {
  @Test("a cut text keeps its start, its end and whole characters, and says how much was omitted")
  func cut() throws {
    let text = "start" + String(repeating: "漢", count: 1000) + "end"
    let cut = JUnitBudget.cut(text, to: 200)
    #expect(cut.hasPrefix("start漢") && cut.hasSuffix("漢end"))
    #expect(cut.utf8.count <= 230)
    #expect(cut.contains("bytes omitted"))
    #expect(!cut.contains("\u{FFFD}"))
  }

  @Test("characters that are escaped count with their escaped size")
  func escapes() throws {
    #expect(JUnitBudget.size("a<>&\"\r") == 1 + 4 + 4 + 5 + 6 + 5)
    #expect(JUnitBudget.cut("short", to: 5) == "short")
  }

  @Test("many long texts together stay below the size limit of consumers")
  func together() throws {
    var budget = JUnitBudget(cases: 1000, withText: 1000)
    let text = String(repeating: "<漢", count: 10_000)
    let size = (0..<1000).reduce(0) { sum, _ in sum + JUnitBudget.size(budget.fit(text)) }
    #expect(size < JUnitBudget.maxFile)
    #expect(size > JUnitBudget.maxFile / 2)
  }

  @Test("the space that one case leaves over, the next may use")
  func share() throws {
    var budget = JUnitBudget(cases: 56, withText: 56)
    let large = String(repeating: "x", count: 800_000)
    #expect(budget.fit(large).utf8.count < 600_000)
    for _ in 0..<40 { _ = budget.fit("little") }
    #expect(budget.fit(large) == large)
  }
}
