// Compares two runs, one of them an input: a run log, or the JUnit file of any tool.

import ConformanceModel
import JSONValue
import Reporting
import RunEvents

struct CompareReader: Reader {
  enum Kind {
    case log, junit
  }

  let workplace: Workplace
  let kind: Kind
  var name: String { kind == .log ? "compare-log" : "compare-junit" }
  var structure: Structure { kind == .log ? .jsonLines : .xml }

  var tokens: [String] {
    kind == .log
      ? [
        "\"event\":\"case-finished\"", "\"verdict\":\"failed\"", "\"seconds\":1e300", "\"n\":0,", "\"status\":500",
        "\"id\":\"\"",
      ]
      : [
        "<testsuites name=\"conform\">", "<testsuite name='a'>", "</testsuite>",
        "<testcase name='a' classname='b' time='1,000.5'>", "</testcase>", "<testcase/>", "<failure>",
        "</failure>", "<failure message='x'/>", "<error/>", "<skipped/>", "<system-out>WARNING: x</system-out>",
        "<property name='case' value='a'/>",
        "<property name='verdict' value='pending'/>", "time='nan'", "time='-1'", "status='notrun'", "line='-1'",
        "file='a.yaml'", "<![CDATA[", "<!DOCTYPE a>",
      ]
  }

  init(_ workplace: Workplace, _ kind: Kind) {
    self.workplace = workplace
    self.kind = kind
  }

  func corpus() throws -> [[UInt8]] {
    if kind == .log { return SampleLogs.all }
    var files: [[UInt8]] =
      try CompareReader.foreign.map { Array($0.utf8) }
      + Workplace.files("Tests", ".xml").map(Workplace.read).filter { $0.count < 16 << 10 }
    for format in [ReportFormat.junit, .junitExtended] {
      try workplace.write(log: SampleLogs.all[0], to: "conform.jsonl")
      try format.write(try RunLog(path: workplace.path("conform.jsonl")), to: workplace.path("conform.xml"))
      files.append(try workplace.read("conform.xml"))
    }
    return files
  }

  /// As pytest, GoogleTest and Surefire write JUnit files.
  private static let foreign = [
    "<?xml version=\"1.0\"?><testsuites><testsuite name=\"pytest\" tests=\"3\" timestamp=\"2026-11-23T12:00:00.000\">"
      + "<testcase classname=\"a.b\" name=\"one\" time=\"0.1\"/>"
      + "<testcase classname=\"a.b\" name=\"two[x]\" time=\"1.5\">"
      + "<failure message=\"assert 1 == 2\">at line 3\nmore</failure></testcase>"
      + "<testcase classname=\"a.b\" name=\"three\"><skipped type=\"x\" message=\"later\"/></testcase>"
      + "</testsuite></testsuites>",
    "<testsuites tests=\"1\"><testsuite name=\"Math\">"
      + "<testcase name=\"adds\" file=\"m.cc\" line=\"7\" status=\"notrun\" time=\"0.\" classname=\"Math\"/>"
      + "<testcase name=\"adds\" status=\"run\" classname=\"Math\"><failure><![CDATA[ m.cc:8\nExpected: 1]]></failure>"
      + "<error/></testcase></testsuite></testsuites>",
    "<testsuite name=\"a\"><properties><property name=\"java\" value=\"21\"/></properties>"
      + "<testcase name=\"x\" classname=\"a\" time=\"1,234.5\"><rerunFailure>no</rerunFailure>"
      + "<system-out>WARNING: text</system-out><system-err>e</system-err></testcase></testsuite>",
  ]

  func check(_ input: [UInt8]) throws {
    if kind == .log { try workplace.write(log: input, to: "input") } else { try workplace.write(input, to: "input") }
    try workplace.write(log: SampleLogs.all[0], to: "known.jsonl")
    let run: ComparedRun
    do throws(ReportError) { run = try ComparedRun(path: workplace.path("input")) } catch {
      return try promise(!error.message.isEmpty && error.path == workplace.path("input"), "refused without a message")
    }
    if kind == .log, try RunLog(path: workplace.path("input")).caseCount > RunLogReader.maxCases { return }
    let known: ComparedRun
    do throws(ReportError) { known = try ComparedRun(path: workplace.path("known.jsonl")) } catch {
      throw FuzzFinding("the known log cannot be read: \(error)")
    }
    let same = try compare(run, run)
    if let same {
      try promise(
        same.entries.allSatisfy { $0.change == .stillFailing && !$0.hasOtherReason },
        "compared with itself, a case changed")
      try promise(same.responses.map(\.isEmpty) ?? true, "compared with itself, a response changed")
      try promise(!same.fails(isStrict: true) || same.hasLostAll, "compared with itself, it fails")
    }
    for comparison in [same, try compare(run, known), try compare(known, run)].compactMap(\.self) {
      for format in ComparisonFormat.allCases {
        do { try CompareReader.check(format, comparison) } catch {
          throw FuzzFinding("\(format.rawValue): \((error as? FuzzFinding)?.message ?? "\(error)")")
        }
      }
    }
  }

  /// - Returns: `nil` if there is nothing to compare.
  private func compare(_ old: ComparedRun, _ new: ComparedRun) throws -> Comparison? {
    do throws(ReportError) { return try Comparison(old, new) } catch {
      try promise(!error.message.isEmpty && !error.path.isEmpty, "refused without a message")
      return nil
    }
  }

  private static func check(_ format: ComparisonFormat, _ comparison: Comparison) throws {
    let text = format.render(comparison)
    try promise(text.hasSuffix("\n"), "the last line has no line break")
    try promise(ReportCheck.isClean(text, mayHaveDelete: format == .json), "it contains a control character")
    switch format {
    case .text: try promise(text.utf8.count < 1 << 20, "it is \(text.utf8.count) bytes long")
    case .markdown: try promise(text.utf8.count <= 65_536, "it is longer than GitHub accepts")
    case .json: try promise(try JSON(parsing: text).repeatedMembers.isEmpty, "it has a duplicate name")
    case .html:
      let page = RunLogReader.lowercased(text)
      for tag in ["<script", "<img", "<iframe", "<a ", "<svg"] {
        try promise(RunLogReader.count(tag, page) == 0, "it contains \(tag)")
      }
    }
  }
}
