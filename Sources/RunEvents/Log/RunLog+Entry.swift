// What is kept in memory of each case of a log.

import ConformanceModel

extension RunLog {
  /// The verdict of a case of which no line tells how it ended.
  package static let unfinished: UInt8 = 255

  package struct Entry {
    /// Where the line stands that tells most of the case.
    var offset: Int64 = 0
    var length: Int32 = 0
    /// Unknown as long as only the plan's line was seen, which is not read then.
    var area: Int32 = -1
    var seconds = 0.0
    var started: Int64 = .min
    var verdict: UInt8 = RunLog.unfinished

    /// When it started, where it did.
    var startedAt: SimulatedInstant? { started == .min ? nil : SimulatedInstant(milliseconds: started) }

    /// It is the part of another shard.
    var isElsewhere = false
    /// Every shard has a part in it: an invariant.
    var isShared = false

    /// It is in the plan, and no line tells its name: the log was cut before.
    var isLost: Bool { length == 0 && area >= 0 }

    /// Numbers that no line of the log names have an entry too.
    var isKnown: Bool { length > 0 || isLost }
  }
}
