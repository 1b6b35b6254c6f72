// The figures of one suite.

import ConformanceModel
import RunEvents

struct JUnitSuite {
  let number: Int
  let name: String
  private(set) var cases = 0
  private(set) var seconds = 0.0
  private var earliest: SimulatedInstant?
  private var counts: [Verdict: Int] = [:]

  /// All suites of a log.
  static func all(_ log: RunLog, _ names: inout JUnitName, _ times: CaseTimes) -> [JUnitSuite] {
    var suites: [JUnitSuite] = []
    for (number, suite) in log.suites.enumerated() {
      suites.append(JUnitSuite(number: number, name: names.unique(suite: suite)))
    }
    for number in log.numbers {
      suites[log.suiteIndex(number)].add(log.verdict(number), times[number], log.times(number).startedAt)
    }
    return suites
  }

  private init(number: Int, name: String) {
    self.number = number
    self.name = name
  }

  private mutating func add(_ verdict: Verdict, _ seconds: Double, _ startedAt: SimulatedInstant?) {
    cases += 1
    counts[verdict, default: 0] += 1
    self.seconds += seconds
    if let startedAt { earliest = min(earliest ?? startedAt, startedAt) }
  }

  /// When its first case started. A case that did not start has no time of its own.
  func startedAt(_ run: RunDescription) -> SimulatedInstant { max(earliest ?? run.startedAt, run.startedAt) }

  func count(_ verdict: Verdict) -> Int { counts[verdict, default: 0] }
}
