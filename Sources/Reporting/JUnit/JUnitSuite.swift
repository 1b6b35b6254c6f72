// The figures of one area, as a suite shows them.

import ConformanceModel
import RunEvents

struct JUnitSuite {
  let number: Int
  let name: String
  let cases: [Int]
  private(set) var seconds = 0.0
  private(set) var startedAt: SimulatedInstant
  private var counts: [Verdict: Int] = [:]

  init(_ number: Int, _ area: String, name: String, _ log: RunLog) {
    self.number = number
    self.name = name
    cases = log.numbers(inSuite: area)
    var earliest: SimulatedInstant?
    for one in cases {
      counts[log.verdict(one), default: 0] += 1
      // cases of a suite run at the same time: the sum is what they cost
      let times = log.times(one)
      seconds += times.seconds
      if let startedAt = times.startedAt { earliest = min(earliest ?? startedAt, startedAt) }
    }
    // no case starts before its run: one that did not start has no time of its own
    startedAt = max(earliest ?? log.run.startedAt, log.run.startedAt)
  }

  func count(_ verdict: Verdict) -> Int { counts[verdict, default: 0] }
}
