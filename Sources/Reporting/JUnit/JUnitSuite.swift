// The figures of one suite.

import ConformanceModel
import RunEvents

struct JUnitSuite {
  let number: Int
  let name: String
  let cases: [Int]
  private(set) var seconds = 0.0
  private(set) var startedAt: SimulatedInstant
  private var counts: [Verdict: Int] = [:]

  init(_ number: Int, _ suite: String, name: String, _ log: RunLog) {
    self.number = number
    self.name = name
    cases = log.numbers(inSuite: suite)
    var earliest: SimulatedInstant?
    for one in cases {
      counts[log.verdict(one), default: 0] += 1
      // the cases of a suite run concurrently: the sum is what they cost
      let times = log.times(one)
      seconds += times.seconds
      if let startedAt = times.startedAt { earliest = min(earliest ?? startedAt, startedAt) }
    }
    // a case that did not start has no time of its own
    startedAt = max(earliest ?? log.run.startedAt, log.run.startedAt)
  }

  func count(_ verdict: Verdict) -> Int { counts[verdict, default: 0] }
}
