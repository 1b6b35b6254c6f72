import ConformanceModel
import Foundation
import HTTPModel
import Reporting
import RunEvents
import Testing

@Suite("An invariant that failed only by responses for which cases have failed") struct KnockOnTests {
  private static let place = Place(file: "Scenarios/invariants/no-server-faults.yaml", line: 3, column: 1)

  /// What a case finds: a payload gets a server error.
  private static func finding(_ status: String = "500", seconds: Double = 0.002) -> Finding {
    var finding = Finding(.failed, .assertion, place: Place(file: "Scenarios/expiry/case.yaml", line: 12, column: 7))
    finding.mismatch = .outcome
    finding.step = "post the payload 'valid'"
    (finding.subject, finding.expected, finding.actual) = ("posting the payload", "2xx", "HTTP \(status)")
    var exchange = Sample.exchange()
    (exchange.status, exchange.timings.total) = (Int(status) ?? 0, seconds)
    finding.exchange = exchange
    return finding
  }

  /// What an invariant finds in the same exchange of a case.
  private static func violation(in id: String, _ status: String = "500", seconds: Double = 0.002) -> Finding {
    var finding = finding(status, seconds: seconds)
    finding.mismatch = .value
    (finding.subject, finding.expected, finding.actual) = ("status", "2xx or 4xx", status)
    finding.origin = "\(id), Scenarios/expiry/case.yaml:11"
    finding.place = place
    return finding
  }

  private static let count = Finding(
    .failed, .assertion, "9 of 20 exchanges have findings of this kind; 5 are listed", place: place)
  private static let stale = Finding(
    .failed, .assertion, "an expected deviation no longer occurs", place: Place(file: "t.yaml", line: 3, column: 1))

  /// Two failed cases, a warned one, and the invariant.
  private func events(_ violations: [Finding]) -> [Event] {
    var warning = KnockOnTests.finding("502")
    warning.verdict = .warned
    let cases = [
      Sample.finished(Sample.planned(0, scenario: "case-0"), .failed, [KnockOnTests.finding()]),
      Sample.finished(Sample.planned(1, scenario: "case, 1"), .failed, [KnockOnTests.finding("501")]),
      Sample.finished(Sample.planned(2, scenario: "case-2"), .warned, [warning]),
      Sample.finished(
        Sample.planned(3, suite: Invariant.suite, scenario: "no-server-faults", title: "No server error"), .failed,
        violations),
    ]
    return [Sample.start] + cases.map { .caseFinished($0) } + [Sample.end()]
  }

  private func console(_ log: RunLog) throws -> String {
    let text = Locked("")
    let console = Console(style: .init(isTerminal: false, hasColours: false)) { piece in text.withLock { $0 += piece } }
    try console.finish(log, reports: [])
    return text.withLock { $0 }
  }

  @Test(
    "is shown with the first of these cases, and on its own if it has another cause",
    arguments: [
      ([violation(in: "case-0")], true), ([violation(in: "case, 1", "501"), violation(in: "case-0")], true),
      ([violation(in: "case-0"), count], true), ([violation(in: "case-0"), violation(in: "case-7")], false),
      ([violation(in: "case-0", "503")], false), ([violation(in: "case-0", seconds: 0.003)], false),
      ([violation(in: "case-0"), stale], false), ([violation(in: "case-2", "502")], false), ([], false),
    ] as [([Finding], Bool)])
  func shown(violations: [Finding], isShownThere: Bool) throws {
    let folder = try Folder()
    let log = try folder.log(events(violations))
    let text = try console(log)
    #expect(text.contains("FAILED no-server-faults - ") == !isShownThere, "\(text)")
    #expect(text.contains("  … and the same responses violate an invariant: no-server-faults\n") == isShownThere)
    #expect(text.hasSuffix("FAILED: 3 of 4 cases do not conform\n") && !text.contains("more in the reports"))
    let page = try folder.report(.html, of: log)
    #expect(page.components(separatedBy: "<p class=\"message\">").count - 1 == (isShownThere ? 3 : 4))
    #expect(page.contains("The same responses violate:") == isShownThere)
    #expect(page.components(separatedBy: "<li id=\"case=no-server-faults\">").count - 1 == 1)
    let summary = try folder.report(.summary, of: log)
    #expect(summary.components(separatedBy: "<summary>").count - 1 == (isShownThere ? 3 : 4))
    #expect(
      summary.contains("\n… and the same responses violate an invariant: no-server-faults\n") == isShownThere,
      "\(summary)")
    #expect(!summary.contains("more in the other reports"))
    let junit = try folder.report(.junit, of: log)
    #expect(junit.components(separatedBy: "<failure").count - 1 == 3)
  }

  @Test("is named below the cases that it follows from, in the summary and on the console")
  func order() throws {
    let folder = try Folder()
    let log = try folder.log(
      events([KnockOnTests.violation(in: "case-0"), KnockOnTests.violation(in: "case, 1", "501")]))
    for text in [try console(log), try folder.report(.summary, of: log)] {
      let first = try #require(text.range(of: "case-0")), second = try #require(text.range(of: "case, 1"))
      let invariant = try #require(text.range(of: "no-server-faults"))
      #expect(first.lowerBound < invariant.lowerBound && invariant.lowerBound < second.lowerBound)
    }
  }
}
