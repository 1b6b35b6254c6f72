// The times of a JUnit report add up to the time of the run.

import ConformanceModel
import Foundation
import RunEvents
import Testing
import XML

@testable import Reporting

@Suite("The times of a JUnit report")
struct JUnitTimesTests {
  /// A case that was active for some time, in seconds since the start of the run.
  private func record(_ number: Int, _ suite: String, _ span: ClosedRange<Double>) -> CaseRecord {
    var record = Sample.finished(
      Sample.planned(number, suite: suite, scenario: "case-\(number)"), .passed,
      seconds: span.upperBound - span.lowerBound)
    record.startedAt = Sample.wall + SimulatedDuration(milliseconds: Int64(span.lowerBound * 1000))
    return record
  }

  private func times(_ records: [CaseRecord]) throws -> (cases: [Double], suites: [Double], all: Double) {
    let junit = try Folder().junit([Sample.start] + records.map { .caseFinished($0) } + [Sample.end()])
    let document = try XMLDocument(parsing: Array(junit.utf8))
    func read(_ path: String) throws -> [Double] { try document.text(xpath: path).compactMap { Double($0) } }
    let all = try #require(try read("/testsuites/@time").first)
    return (try read("//testcase/@time"), try read("//testsuite/@time"), all)
  }

  @Test("are parts of the time of the run, which concurrent cases share")
  func shared() throws {
    // ten cases at the same time for a second, and one that goes on for another
    let records = (0..<10).map { record($0, $0 < 5 ? "a" : "b", 0...($0 == 9 ? 2 : 1)) }
    let (cases, suites, all) = try times(records)
    #expect(cases == Array(repeating: 0.1, count: 9) + [1.1])
    #expect(suites == [0.5, 1.5])
    #expect(all == 2)
  }

  @Test("of cases that ran one after the other are their own")
  func sequential() throws {
    let (cases, suites, all) = try times([record(0, "a", 0...1), record(1, "b", 1...1.5), record(2, "a", 3...3.25)])
    #expect(cases == [1, 0.25, 0.5] && suites == [1.25, 0.5] && all == 1.75)
  }

  @Test("are zero for cases that did not run")
  func idle() throws {
    let skipped = Sample.finished(Sample.planned(1, scenario: "skipped"), .skipped, reason: "no", seconds: 0)
    let (cases, suites, all) = try times([record(0, "expiry", 0...1), skipped])
    #expect(cases == [1, 0] && suites == [1] && all == 1)
  }

  @Test("belong to names that stay when a title is worded anew, or other requirements are covered")
  func names() throws {
    func name(_ title: String, _ covers: [String]) throws -> [String] {
      var planned = Sample.planned(0, row: "auth=basic", title: title)
      planned.covers = covers.map { .init(id: $0, level: .must) }
      let junit = try Folder().junit([Sample.start, .caseFinished(Sample.finished(planned, .passed)), Sample.end()])
      return try XMLDocument(parsing: Array(junit.utf8)).text(xpath: "//testcase/@name | //testcase/@classname")
    }
    let former = try name("A token works for a day", ["EXP-01"])
    #expect(former == ["expiry.token-border", "token-border/auth=basic"])
    #expect(try name("A token works for 24 hours", ["EXP-02", "EXP-03"]) == former)
  }
}
