// What is kept in memory of each case of a log.

import ConformanceModel

extension RunLog {
  /// The verdict of a case whose end is not in the log.
  package static let unfinished: UInt8 = 255

  package struct Entry {
    /// The position of the line that describes the case best: its end, or else its line in the plan.
    var offset: Int64 = 0
    var length: Int32 = 0
    /// -1 as long as only the line of the plan was seen, which is not read then.
    var suite: Int32 = -1
    var seconds = 0.0
    var started: Int64 = .min
    /// How many exchanges the end of the case counts. There can be more in the log: those of an attempt before.
    var exchanges: UInt32 = 0
    var verdict: UInt8 = RunLog.unfinished

    /// When the case started; `nil` if it did not.
    var startedAt: SimulatedInstant? { started == .min ? nil : SimulatedInstant(milliseconds: started) }

    /// It belongs to another shard.
    var isElsewhere = false
    /// Every shard evaluates it: an invariant.
    var isShared = false

    /// It is in the plan, but no line names it: the log ends before.
    var isLost: Bool { length == 0 && suite >= 0 }

    /// Numbers that no line of the log names have an entry too.
    var isKnown: Bool { length > 0 || isLost }
  }
}
