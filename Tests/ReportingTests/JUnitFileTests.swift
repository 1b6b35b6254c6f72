import ConformanceModel
import Foundation
import RunEvents
import Testing

@testable import Reporting

@Suite("JUnit files of any tool")
struct JUnitFileTests {
  func cases(_ text: String) throws -> [String] {
    try Folder().junit("junit.xml", text).cases.map {
      "\($0.name) \($0.verdict.rawValue)\($0.reason.map { ": \($0)" } ?? "")"
    }
  }

  @Test("pytest's")
  func pytest() throws {
    let text = """
      <?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4" time="0.05"
      timestamp="2026-11-23T12:00:00.123456+00:00" hostname="ci"><testcase classname="tests.test_a" name="test_good[a-1]" time="0.001" />
      <testcase classname="tests.test_a" name="test_bad" time="0.002"><failure message="assert 1 == 2">def test_bad():
      assert 1 == 2</failure></testcase><testcase classname="tests.test_a" name="test_err" time="0.1"><error message="failed on setup">trace</error></testcase>
      <testcase classname="tests.test_a" name="test_skip" time="0"><skipped type="pytest.skip" message="later">file.py:1: later</skipped></testcase></testsuite></testsuites>
      """
    #expect(
      try cases(text) == [
        "tests.test_a test_good[a-1] passed", "tests.test_a test_bad failed: assert 1 == 2",
        "tests.test_a test_err errored: failed on setup",
        "tests.test_a test_skip skipped: later",
      ])
    #expect(try Folder().junit("j.xml", text).startedAt == SimulatedInstant(rfc3339: "2026-11-23T12:00:00.123Z"))
  }

  @Test("Surefire's, with the message in the text, thousands in the time, and reruns that passed in the end")
  func surefire() throws {
    let text = """
      <testsuite name="com.example.A" time="1,234.5"><testcase name="slow" classname="com.example.A" time="1,234.5"/>
      <testcase name="bad" classname="com.example.A" time="1"><failure type="AssertionError"><![CDATA[
      AssertionError: <no>
        at A.java:3]]></failure><system-out>noise</system-out></testcase>
      <testcase name="flaky" classname="com.example.A" time="1"><flakyFailure message="once">x</flakyFailure></testcase></testsuite>
      """
    #expect(
      try cases(text) == [
        "com.example.A slow passed", "com.example.A bad failed: AssertionError: <no>", "com.example.A flaky passed",
      ])
    #expect(try Folder().junit("j.xml", text).cases[0].seconds == 1234.5)
  }

  @Test("nested suites, cases without a class, equal names, and tests that were not run")
  func others() throws {
    #expect(
      try cases(
        """
        <testsuites><testsuite name="outer"><testsuite name="inner"><testcase name="a"/></testsuite><testcase name="a"/><testcase name="a"/>
        <testcase name="b" status="notrun"/><testcase name="c" status="run"><failure/></testcase></testsuite></testsuites>
        """) == ["inner a passed", "outer a passed", "outer a passed", "outer b skipped", "outer c failed"])
  }

  @Test("go-junit-report's, whose message does not say why")
  func go() throws {
    let text = """
      <testsuites tests="2" failures="2"><testsuite name="example.com/shop" tests="2" failures="2" errors="0" id="0" hostname="ci" time="0.003"
      timestamp="2026-11-23T12:00:00Z"><properties><property name="go.version" value="go1.22"/></properties>
      <testcase name="TestOrder/empty" classname="example.com/shop" time="0.000"><failure message="Failed" type=""><![CDATA[    order_test.go:12: got 3, want 4
      ]]></failure></testcase><testcase name="TestOther" classname="example.com/shop" time="0.000"><failure message="Failed"></failure></testcase></testsuite></testsuites>
      """
    #expect(
      try cases(text) == [
        "example.com/shop TestOrder/empty failed: order_test.go:12: got 3, want 4",
        "example.com/shop TestOther failed: Failed",
      ])
  }

  @Test("jest's and Gradle's, with times in other locales and logs of the suite")
  func jestAndGradle() throws {
    let jest = """
      <?xml version="1.0" encoding="UTF-8"?><testsuites name="jest tests" tests="1" failures="1" errors="0" time="1,5">
      <testsuite name="cart" errors="0" failures="1" skipped="0" timestamp="2026-11-23T12:00:00" time="1,5" tests="1">
      <testcase classname="cart adds an item" name="cart adds an item" time="0,012"><failure>Error: expect(received).toBe(expected) // Object.is equality

      Expected: 1</failure></testcase></testsuite></testsuites>
      """
    #expect(
      try cases(jest) == [
        "cart adds an item failed: Error: expect(received).toBe(expected) // Object.is equality"
      ])
    #expect(try Folder().junit("j.xml", jest).cases[0].seconds == 0.012)
    let gradle = """
      <?xml version="1.0" encoding="UTF-8"?><testsuite name="com.example.OrderTest" tests="2" skipped="1" failures="0" errors="0" timestamp="2026-11-23T12:00:00"
      hostname="ci" time="0.05"><properties/><testcase name="accepts()" classname="com.example.OrderTest" time="0.05"/>
      <testcase name="refuses()" classname="com.example.OrderTest" time="0.0"><skipped/></testcase><system-out><![CDATA[noise]]></system-out><system-err><![CDATA[]]></system-err></testsuite>
      """
    #expect(try cases(gradle) == ["com.example.OrderTest accepts() passed", "com.example.OrderTest refuses() skipped"])
  }

  @Test("what fails before the first test of a class has no name, and is not lost")
  func withoutName() throws {
    let text =
      #"<testsuite name="A"><testcase name="" classname="com.example.A"><error message="no database"/></testcase></testsuite>"#
    #expect(try cases(text) == ["com.example.A without a name errored: no database"])
  }

  @Test("the log of a case can be longer than any limit of the parser, and takes no memory")
  func longLog() throws {
    let folder = try Folder()
    let line = Array((String(repeating: "x", count: 99) + "\n").utf8)
    var bytes = Array("<testsuite name=\"A\"><testcase name=\"a\"><system-out><![CDATA[".utf8)
    for _ in 0..<200_000 { bytes += line }
    bytes += Array("]]></system-out></testcase><testcase name=\"b\"><system-out>".utf8)
    for _ in 0..<200_000 { bytes += line }
    bytes += Array("</system-out></testcase></testsuite>".utf8)
    try folder.write(bytes, to: "long.xml")
    #expect(try ComparedRun(path: folder.file("long.xml")).cases.map(\.name) == ["A a", "A b"])
  }

  @Test(
    "a truncated file is named as such",
    arguments: [
      (
        "<testsuites><testsuite name=\"A\"><testcase name=\"a\"/>",
        "is truncated: it ends inside of <testsuite>, after 1 case"
      ),
      ("<testsuites><testsuite name=\"A\"><testcase na", "is truncated: it ends inside of <testsuite>, after 0 cases"),
      ("<testsuite><testcase name=\"a\"><failure>text", "is truncated: it ends inside of <failure>, after 0 cases"),
      ("<testsuite><testcase name=\"a\"/></testsuit", "is truncated: it ends inside of <testsuite>, after 1 case"),
      ("<testsuite><testcase name=\"a\"/></x>", "line 1: Opening and ending tag mismatch"),
    ])
  func truncated(text: String, message: String) throws {
    let error = try #require(throws: ReportError.self) { try Folder().junit("file", text) }
    #expect(error.message.hasPrefix(message), "\(error)")
  }

  @Test(
    "an unusable file is refused with the reason",
    arguments: [
      ("<html><body/></html>", "is not JUnit XML: its root element is <html>"), ("<testsuites/>", "has no test case"),
      ("<testsuite><testcase", "is truncated"),
      (
        "<!DOCTYPE testsuites [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><testsuites><testcase name='&x;'/></testsuites>",
        "has a DOCTYPE"
      ),
      ("plain text", "is neither a run log nor JUnit XML"), ("", "is empty"), ("{\"event\":\"planned\"}", "line 1"),
      ("  \n[1]", "is neither"),
    ])
  func refused(text: String, message: String) throws {
    let error = #expect(throws: ReportError.self) { try Folder().junit("file", text) }
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test("a folder, a pipe and a missing file are refused without waiting")
  func noFile() throws {
    let folder = try Folder()
    mkfifo(folder.file("pipe"), 0o600)
    for name in ["pipe", "none", "."] { #expect(throws: ReportError.self) { try ComparedRun(path: folder.file(name)) } }
  }

  @Test("conform's own are matched with the log that they were rendered from, warnings included")
  func ours() throws {
    let folder = try Folder()
    let log = try folder.log(Sample.everyVerdict)
    try ReportFormat.junit.write(log, to: folder.file("junit.xml"))
    try ReportFormat.junitExtended.write(log, to: folder.file("extended.xml"))
    for old in ["run.jsonl", "junit.xml", "extended.xml"] {
      for new in ["run.jsonl", "junit.xml", "extended.xml"] {
        let comparison = try Comparison(ComparedRun(path: folder.file(old)), ComparedRun(path: folder.file(new)))
        #expect(comparison.shared == 7, "\(old) \(new)")
        #expect(comparison.entries.map(\.change) == [.stillFailing, .stillFailing, .stillFailing], "\(old) \(new)")
        #expect(comparison.entries.map(\.hasOtherReason) == [false, false, false], "\(old) \(new)")
        #expect(comparison.old.counts[.warned] == 1 && comparison.new.counts[.warned] == 1, "\(old) \(new)")
        #expect((comparison.responses == nil) == (old != "run.jsonl" || new != "run.jsonl"))
      }
    }
    #expect(try ComparedRun(path: folder.file("extended.xml")).cases[1].id == "token-refused/auth=basic")
  }
}
