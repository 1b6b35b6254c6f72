// Which failures are one group, and in which order groups are shown.

import ConformanceModel
import RunEvents
import Testing

@testable import Reporting

@Suite("Groups of failures")
struct FailureGroupTests {
  private typealias Case = (id: String, exchanges: Int, finding: Finding)

  /// Each group in one line: the case that is shown, its headline, and the others.
  private func groups(_ cases: [Case]) -> [String] {
    var groups = FailureGroups()
    for (number, one) in cases.enumerated() {
      var record = Sample.finished(
        Sample.planned(number, scenario: one.id), one.finding.verdict == .failed ? .failed : .errored, [one.finding])
      record.exchanges = one.exchanges
      groups.add(record)
    }
    return groups.causeFirst.map { group in
      let headline = group.record.mainFinding.map(FindingText.headline) ?? ""
      let others = group.ids.isEmpty ? "" : " | \(group.ids.joined(separator: " "))"
      return "\(group.record.planned.id): \(headline)\(others)"
    }
  }

  private func finding(_ text: String, _ verdict: Verdict = .failed) -> Finding { Finding(verdict, .assertion, text) }

  @Test("have the lifetime of tokens first, one group whatever the ages are, by the case that says the most")
  func lifetimes() {
    let lines = groups([
      ("after-2038", 1, finding("status: expected 401, got 200")),
      ("turn-of-the-year", 2, finding("the token died early: it was refused 23h after it was issued")),
      ("last-second", 3, finding("the token died early: it was accepted 13h and refused 14h after it was issued")),
      ("use", 4, finding("the token outlived its lifetime: it was accepted 1d 1s after it was issued")),
      ("uses", 5, finding("the token outlived its lifetime: it was accepted 2d after it was issued")),
    ])
    #expect(
      lines == [
        "last-second: the token died early: it was accepted 13h and refused 14h after it was issued | turn-of-the-year",
        "use: the token outlived its lifetime: it was accepted 1d 1s after it was issued | uses",
        "after-2038: status: expected 401, got 200",
      ])
  }

  @Test("have the rows of one scenario that fail by one expectation with one status, although their texts differ")
  func rows() {
    func finding(_ text: String, line: Int = 12, status: Int = 200) -> Finding {
      var finding = Finding(.failed, .assertion, place: Place(file: "a.yaml", line: line, column: 1))
      (finding.subject, finding.mismatch) = ("texts in the body", .missing)
      (finding.expected, finding.exchange) = (text, Sample.exchange())
      finding.exchange?.status = status
      return finding
    }
    let lines = groups([
      ("name", 1, finding("one")), ("name", 1, finding("two")), ("name", 1, finding("three", line: 14)),
      ("name", 1, finding("four", status: 500)), ("other", 1, finding("five")), ("other", 1, finding("one")),
    ])
    #expect(
      lines == [
        "name: texts in the body: missing (expected one) | name other",
        "name: texts in the body: missing (expected three)",
        "name: texts in the body: missing (expected four)", "other: texts in the body: missing (expected five)",
      ])
  }

  @Test("have the fewest requests first, a member before a whole document, and what failed before what is errored")
  func directness() {
    func finding(path: String?) -> Finding {
      var finding = Finding(.failed, .assertion)
      (finding.subject, finding.path, finding.mismatch) = ("body as JSON", path, .value)
      (finding.expected, finding.actual) = ("text", "1")
      return finding
    }
    let lines = groups([
      ("lost", 1, self.finding("no response", .errored)), ("scope", 2, finding(path: nil)),
      ("after", 5, finding(path: "/token_type")), ("issued", 2, finding(path: "/token_type")),
      ("short", 3, finding(path: "/scope")),
    ])
    #expect(
      lines == [
        "issued: body as JSON, /token_type: expected text, got 1 | after",
        "short: body as JSON, /scope: expected text, got 1", "scope: body as JSON: expected text, got 1",
        "lost: no response",
      ])
  }
}
