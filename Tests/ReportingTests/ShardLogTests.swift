// The log of one shard: what is read of it without the others.

import ConformanceModel
import Foundation
import RunEvents
import Testing

@testable import Reporting

@Suite("The log of a shard")
struct ShardLogTests {
  private static func events(shard: Int, cases: Int, planned: Int) -> [Event] {
    guard case .runStarted(var run) = Sample.start else { return [] }
    run.cases = cases
    run.shards = shard > 0 ? Shards(present: [shard], count: 2) : nil
    return [.runStarted(run)]
      + (0..<planned).map { number in
        var planned = Sample.planned(number, scenario: "case-\(number)")
        planned.shard = shard > 0 ? number % 2 + 1 : nil
        return .casePlanned(planned)
      }
  }

  @Test("has only its own cases, and says which part it is")
  func own() throws {
    let log = try Folder().log(ShardLogTests.events(shard: 2, cases: 6, planned: 6))
    #expect(log.numbers == [1, 3, 5])
    #expect(log.part == "shard 2 of 2")
  }

  @Test(
    "and that of a run that was killed while it wrote its plan count what they cannot name as errored",
    arguments: [0, 2])
  func lost(shard: Int) throws {
    let folder = try Folder()
    let log = try folder.log(ShardLogTests.events(shard: shard, cases: 6, planned: 4))
    #expect(log.caseCount == (shard == 0 ? 6 : 4))
    #expect(log.count(.errored) == log.caseCount)
    #expect(
      try log.record(5).findings.map(\.message) == [
        "not finished: the log ends before it names this case of the plan"
      ])
    for format in ReportFormat.allCases where format != .github {
      try format.write(log, to: folder.file(format.fileName))
    }
    #expect(try folder.read("junit.xml").contains(#"tests="\#(log.caseCount)""#))
    #expect(try folder.read("report.tap").contains("1..\(log.caseCount)\n"))
  }

  @Test("without a case is not an error in any report")
  func nothingToDo() throws {
    let folder = try Folder()
    let log = try folder.log(ShardLogTests.events(shard: 2, cases: 1, planned: 1) + [Sample.end()])
    for format in ReportFormat.allCases where format != .github {
      try format.write(log, to: folder.file(format.fileName))
    }
    #expect(try folder.read("junit.xml").contains(#"tests="1" failures="0" errors="0" skipped="1""#))
    #expect(try folder.read("report.tap") == "TAP version 14\n1..0 # SKIP shard 2 of 2 has no case\n")
    #expect(try folder.read("summary.md").hasPrefix("## NOTHING TO RUN: shard 2 of 2 has no case"))
  }

  @Test("a number of cases beyond all plans is refused")
  func tooMany() throws {
    #expect(throws: ReportError.self) { try Folder().log(ShardLogTests.events(shard: 0, cases: .max, planned: 1)) }
  }

  @Test("impossible shards are refused", arguments: ["[]", "[0]", "[4]", "[2,1]", "[1,1]"])
  func odd(present: String) throws {
    let line = String(decoding: ShardLogTests.events(shard: 2, cases: 1, planned: 0)[0].line, as: UTF8.self)
    let folder = try Folder()
    try folder.write(line.replacing(#""present":[2]"#, with: #""present":\#(present)"#).utf8, to: "odd")
    #expect(throws: ReportError.self) { try RunLog(path: folder.file("odd")) }
  }
}
