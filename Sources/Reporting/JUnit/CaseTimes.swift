// How long each case took of the run, so that the times of a report add up.

import ConformanceModel
import RunEvents

/// Cases run concurrently: of each moment, every case that was active then gets the same part. The times of all cases
/// add up to the time in which the run was busy, so that a consumer that adds them shows that, and not many times as
/// much.
struct CaseTimes {
  /// In seconds, by the number of the case.
  private var shares: [Double] = []

  init(_ log: RunLog) {
    let numbers = log.numbers
    shares = Array(repeating: 0, count: (numbers.last ?? -1) + 1)
    var ends: [(time: Double, number: Int, isStart: Bool)] = []
    for number in numbers {
      let (seconds, startedAt) = log.times(number)
      guard let startedAt, seconds > 0 else { continue }
      let start = Double(startedAt.milliseconds) / 1000
      ends += [(start, number, true), (start + seconds, number, false)]
    }
    ends.sort { ($0.time, $0.isStart ? 0 : 1) < ($1.time, $1.isStart ? 0 : 1) }
    var active = 0, now = 0.0
    /// The time that a case which was always active has by now.
    var part = 0.0
    for end in ends {
      if active > 0 { part += (end.time - now) / Double(active) }
      now = end.time
      active += end.isStart ? 1 : -1
      shares[end.number] += end.isStart ? -part : part
    }
  }

  subscript(number: Int) -> Double { shares.indices.contains(number) ? max(0, shares[number]) : 0 }
}
