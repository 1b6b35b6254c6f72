import ConformanceModel
import Foundation
import Reporting
import RunEvents
import Testing

@Suite("Many cases")
struct ScaleTests {
  @Test("thousands of rows of one file, 256 at a time and shuffled: each runs once, and wrong ones fail")
  func manyRows() throws {
    let count = 3000
    let rows = (1...count).map {
      "  - { case: row \($0), n: \($0), name: \($0 % 1000 == 0 ? "another" : "name-\($0)") }"
    }
    let workspace = try Workspace(
      scenarios: [
        "rows": """
        title: A client has the name that it was given
        covers: TST-01
        steps:
          - create-client: { as: c, name: "${name}" }
            expect: { json: { name: "name-${n}" } }
        cases:
        \(rows.joined(separator: "\n"))
        """
      ])
    let outcome = try workspace.conform(
      "run", "--no-probe", "--jobs", "256", "--shuffle", "7", "--report", "junit", "--report", "tap")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "")
    #expect(outcome.output.contains("FAILED: 3 of \(count) cases do not conform"))
    #expect(try workspace.read("Reports/junit.xml").contains(#"tests="\#(count)" failures="3" errors="0""#))
    #expect(try workspace.read("Reports/report.tap").contains("1..\(count)\n"))
    let log = try RunLog(path: workspace.folder.appending(path: "Reports/run.jsonl").path)
    let records = try log.numbers.map { try log.record($0) }
    #expect(records.map(\.planned.id) == (1...count).map { "rows/row \($0)" })
    #expect(
      records.filter { $0.verdict == .failed }.map(\.planned.id) == ["rows/row 1000", "rows/row 2000", "rows/row 3000"])
    #expect(log.count(.passed) == count - 3)
  }

  @Test(
    "a thousand cases rest at once and wake at a thousand instants, each at its own",
    arguments: [["--jobs", "256", "--shuffle", "3"], ["--jobs", "1"]])
  func manyInstants(arguments: [String]) throws {
    let count = 1000
    let scenarios = (1...count).map { second in
      (
        "wait-\(second)",
        """
        title: Credentials are good after \(second) s
        covers: TST-01
        given:
          - create-client: { as: erp }
        steps:
          - wait: \(second)s
          - request-token: { as: token, client: erp }
            expect: issued
        """
      )
    }
    let workspace = try Workspace(scenarios: Dictionary(uniqueKeysWithValues: scenarios))
    let (process, output, errors) = try workspace.start(["run", "--no-probe"] + arguments, within: 120)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try Workspace.text(errors) == "")
    #expect(try Workspace.text(output).contains("CONFORMS: \(count) of \(count) cases run, none failed"))
    let log = try RunLog(path: workspace.folder.appending(path: "Reports/run.jsonl").path)
    #expect(log.clockAdvances.map(\.woken) == Array(repeating: 1, count: count))
    for number in log.numbers {
      let record = try log.record(number)
      #expect("\(record.planned.id)" == "wait-\((record.simulatedEnd - record.simulatedStart).milliseconds / 1000)")
    }
  }
}
