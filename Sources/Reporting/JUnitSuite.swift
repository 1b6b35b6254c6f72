// The figures of one area, as a suite shows them.

import Conformance

struct JUnitSuite {
  let number: Int
  let name: String
  let cases: [Int]
  private(set) var seconds = 0.0
  private(set) var startedAt: Instant
  private var counts: [Verdict: Int] = [:]

  init(_ number: Int, _ area: String, name: String, _ log: RunLog) throws(ReportError) {
    self.number = number
    self.name = name
    cases = log.numbers(inArea: area)
    var earliest: Instant?
    for one in cases {
      let record = try log.record(one)
      counts[record.verdict, default: 0] += 1
      // cases of a suite run at the same time: the sum is what they cost
      seconds += max(0, record.seconds)
      earliest = min(earliest ?? record.startedAt, record.startedAt)
    }
    // no case starts before its run: one that did not start has no time of its own
    startedAt = max(earliest ?? log.run.startedAt, log.run.startedAt)
  }

  func count(_ verdict: Verdict) -> Int { counts[verdict, default: 0] }
}
