// How a run ends: late responses are awaited, and what depends on the end is prepared meanwhile.

import ConformanceModel
import HTTPModel
import RunEvents

/// Prepares what depends on the end of a run while it is not certain yet that this is the end.
public protocol EndDrafter: Sendable {
  /// - Parameter lastLine: The event run-finished, encoded and without secrets. All events before it are in the log.
  func draft(lastLine: [UInt8]) async

  /// The run goes on.
  func discard()
}

extension Runner {
  /// What the end of a run depends on.
  struct Course {
    var startedAt: SimulatedInstant
    /// By the monotonic clock, in seconds.
    var start: Double
    var clockState: ClockState
    var timeline: Timeline
    var monitor: InvariantMonitor
    /// The records of the invariants before a run was resumed; `nil` if it was not.
    var former: [CaseRecord]?
  }

  /// Waits for late responses. If nothing else can follow, the end of the run is drafted meanwhile.
  ///
  /// - Returns: The connections with late responses, and whether the run has ended.
  func settle(_ course: Course) async -> (surpluses: [ConnectionSurplus], hasEnded: Bool) {
    guard let drafter, draftsEnd, let (last, line) = await emitEnd(course) else {
      return (await session.transport.settle(), false)
    }
    let drafting = Task.detached { await drafter.draft(lastLine: line) }
    let surpluses = await session.transport.settle()
    await drafting.value
    guard surpluses.isEmpty, draftsEnd else {
      drafter.discard()
      return (surpluses, false)
    }
    stream.emit(last)
    await stream.drain()
    return ([], true)
  }

  private var draftsEnd: Bool {
    drafter != nil && options.defersEvents && reachedLimit == nil && current.withLock { $0.stopped == nil }
  }

  /// Emits the last records, if none has a finding: such a record would be reported again if the run went on.
  ///
  /// - Returns: The event that ends the run, with its line; `nil` if nothing was emitted.
  private func emitEnd(_ course: Course) async -> (Event, [UInt8])? {
    let records = lastRecords(of: course)
    guard records.allSatisfy({ [.passed, .skipped].contains($0.verdict) }) else { return nil }
    for record in records { stream.emit(.caseFinished(record)) }
    await stream.drain()
    let last = Event.runFinished(summary(of: course, repetitionNote.map { [$0] } ?? []))
    return (last, stream.line(of: last))
  }

  /// The records of the invariants, and those of cases whose expected deviations no longer occur.
  func lastRecords(of course: Course) -> [CaseRecord] {
    let unfinished = current.withLock { $0.stopped?.description } ?? course.clockState.unusable?.message
    let records = course.monitor.records(
      startedAt: course.startedAt, simulatedStart: course.clockState.start, at: course.timeline.now,
      unfinished: unfinished, former: course.former ?? [])
    let continued = records.filter { record in
      course.former?.contains { $0.planned.id == record.planned.id } != false
    }
    return continued.map(deviations.weigh) + deviations.staleRecords
  }

  func summary(of course: Course, _ notes: [String]) -> RunSummary {
    let stoppedEarly = current.withLock { $0.stopped.map { $0.reason + $0.detail } }
    let limit = stoppedEarly == nil ? reachedLimit : nil
    return RunSummary(
      finishedAt: WallClock.now, seconds: WallClock.monotonic - course.start, simulatedEnd: course.timeline.now,
      clockAdvances: course.timeline.advances, aborted: stoppedEarly ?? limit?.reason, failureLimit: limit?.count,
      notes: notes)
  }
}
