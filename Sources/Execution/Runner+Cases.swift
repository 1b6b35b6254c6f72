// Runs the cases of a plan, and those again whose result does not count.

import ConformanceModel
import HTTPModel
import Redaction
import RunEvents

extension Runner {
  func environment(
    _ timeline: Timeline, _ monitor: InvariantMonitor, _ park: @escaping @Sendable (PendingState) -> Void
  ) -> CaseEnvironment {
    var environment = CaseEnvironment(session: session, timeline: timeline, stream: stream, invariants: monitor)
    environment.seed = options.seed
    if flows { environment.slack = SimulatedDuration(milliseconds: 1000) }
    environment.park = { [self] in park(withFingerprint($0)) }
    if plan.target.clock == .wall { environment.maxWait = options.maxWait }
    return environment
  }

  func runCases(
    _ queue: CaseQueue, in environment: CaseEnvironment, _ clockState: ClockState, _ probed: ProbeResult,
    _ park: @escaping @Sendable (PendingState) -> Void
  ) async {
    let timeline = environment.timeline
    let exclusive = queue.exclusive
    await withTaskExecutorPreference(session.transport.executor) {
      await timeline.run(on: session.transport.executor) { () -> CaseQueue.Item? in
        while self.current.withLock({ $0.stopped == nil }), self.reachedLimit == nil, let one = queue.nextStartable() {
          let entry = one.planned.entry
          if let reason = entry.skipReason(start: clockState.start, maxWait: environment.maxWait) {
            self.stream.emit(.caseFinished(Runner.notRun(one.planned, .skipped, reason: reason, at: timeline.now, [])))
          } else if one.state == nil, var finding = probed.obstacle(to: entry) {
            finding.requirements = one.planned.planned.covers
            self.end(Runner.notRun(one.planned, .errored, reason: nil, at: timeline.now, [finding]))
          } else if let obstacle = clockState.obstacle ?? self.session.clockDeviation.withLock({ $0 }),
            entry.movesClock
          {
            // The target declares a clock, so a case that needs it must not be skipped.
            var finding = Finding(.errored, .protocol, obstacle, place: entry.scenario.place)
            finding.requirements = one.planned.planned.covers
            self.end(Runner.notRun(one.planned, .errored, reason: nil, at: timeline.now, [finding]))
          } else {
            return one
          }
          exclusive?.release(one.exclusion)
        }
        return nil
      } isBlocked: {
        queue.isBlocked
      } run: { one in
        await self.runCase(one, in: environment, park)
        exclusive?.release(one.exclusion)
      }
    }
    guard let stopped = current.withLock({ $0.stopped }) else {
      if let limit = reachedLimit { skipAll(queue, at: timeline.now, limit) }
      return
    }
    finishAll(queue, at: timeline.now, park) {
      Finding(.errored, .internal, stopped.description, place: $0.entry.scenario.place)
    }
  }

  /// Runs a case, and once more if it lost a response on a kept connection: what became of the request is unknown, and
  /// a new connection shows whether the service is to blame.
  private func runCase(
    _ item: CaseQueue.Item, in environment: CaseEnvironment, _ park: @Sendable (PendingState) -> Void
  ) async {
    let one = item.planned
    let runner = makeRunner(one, in: environment)
    var record = await runner.runCase(one, from: item.state)
    var again: CaseRunner?
    if let lost = runner.lostResponse, record.verdict == .errored {
      if let obstacle = obstacle(to: runner, item) {
        record.notes.append("the case cannot run again, since \(obstacle)")
      } else {
        let second = makeRunner(one, in: environment, formerRuns: 1)
        record = await second.runCase(one).following(record)
        record.attempts = 2
        record.rerun = "\(lost.message), on a kept connection: it was executed again on new connections"
        again = second
        repetitions.withLock { $0 += 1 }
      }
    }
    finish(record, from: runner.staysPending ? item.state : nil, park: park)
    runner.release()
    again?.release()
    // a case that has ended is in the log before the next one of this job starts
    await stream.drain(among: environment.timeline.active)
  }

  var repetitionNote: String? {
    let count = repetitions.withLock { $0 }
    guard count > 0 else { return nil }
    return
      "\(count.counted("case")) ran again, since a kept connection had closed without a response to a request that must "
      + "not be sent again (RFC 9110 section 9.2.2)"
  }

  private func makeRunner(_ one: Plan.Case, in environment: CaseEnvironment, formerRuns: Int = 0) -> CaseRunner {
    CaseRunner(
      environment: environment, planned: one.planned, ledger: one.entry.script.ledger,
      scope: CaseScope(session: session), formerRuns: formerRuns)
  }

  private func obstacle(to runner: CaseRunner, _ item: CaseQueue.Item) -> String? {
    if item.state != nil { return "it was resumed" }
    if plan.target.environment == .live { return "the target is live" }
    return runner.hasWaited ? "it has let time pass" : nil
  }

  // MARK: - Late responses

  /// Finds the cases whose responses may belong to other requests, and runs them again on connections of their own.
  ///
  /// HTTP/1.1 matches responses to requests by their order alone (RFC 9112 section 9.2): bytes without a request put
  /// every response of their connection in doubt.
  ///
  /// - Returns: The notes of the run.
  func repeatCases(
    inDoubt surpluses: [ConnectionSurplus], _ resumed: [PendingState], in environment: CaseEnvironment
  ) async -> [String] {
    guard !surpluses.isEmpty else { return [] }
    environment.invariants.remove(inDoubt: surpluses)
    var repeatable: [Plan.Case] = []
    var errored = 0
    for number in environment.connections.cases(inDoubt: surpluses) {
      let state = resumed.first { $0.number == number }
      if let probe = plan.probe, number == plan.probeNumber {
        errored += 1
        finishInDoubt(probe.makeCase(number: number), "it is the probe", at: environment.timeline.now)
        continue
      }
      guard
        let one = state.flatMap({ plan.makeCase(id: $0.id, number: number) }) ?? plan.makeCase(number: number)
      else { continue }
      if let obstacle = obstacle(toRepeating: one, isResumed: state != nil) {
        errored += 1
        finishInDoubt(one, obstacle, at: environment.timeline.now)
      } else {
        repeatable.append(one)
      }
    }
    await runAgain(repeatable, in: environment)
    let connections = surpluses.count.counted("connection")
    var note = "bytes without a request arrived on \(connections), so that responses may have been mistaken for others"
    if !repeatable.isEmpty { note += "; \(repeatable.count.counted("case")) ran again on new connections" }
    if errored > 0 { note += "; \(errored.counted("case")) could not run again and count as errored" }
    return [note + surplusText(surpluses, environment.connections)]
  }

  /// The request after which the bytes of the first such connection arrived, and their start, without secrets.
  private func surplusText(_ surpluses: [ConnectionSurplus], _ log: ConnectionLog) -> String {
    let named = surpluses.lazy.compactMap { one in log.latestRequest(on: one.connection).map { ($0, one.start) } }
    guard let (request, start) = named.first(where: { !$0.1.isEmpty }) ?? named.first else { return "" }
    let text = session.redactor.redact(String(decoding: start, as: UTF8.self))
    // a line break is one character with its carriage return
    let escaped = text.unicodeScalars.map { $0 == "\r" ? "\\r" : $0 == "\n" ? "\\n" : String($0) }.joined()
    let shown = SafeText.oneLine(escaped, longest: Runner.maxSurplus)
    let after = SafeText.oneLine(session.redactor.redact(request), longest: 200)
    return "; the last request before them: \(after)" + (shown.isEmpty ? "" : "; they begin with: \(shown)")
  }

  private static let maxSurplus = 80

  private func obstacle(toRepeating one: Plan.Case, isResumed: Bool) -> String? {
    if let stopped = current.withLock({ $0.stopped }) { return stopped.reason }
    if isResumed { return "it was resumed" }
    if plan.target.environment == .live { return "the target is live" }
    return one.entry.script.steps.contains(where: \.waits) ? "it lets time pass" : nil
  }

  private func finishInDoubt(_ one: Plan.Case, _ obstacle: String, at instant: SimulatedInstant) {
    var finding = Finding(
      .errored, .protocol,
      "a response of this case may belong to another request, since a late response arrived on its connection; "
        + "the case cannot run again, since \(obstacle)",
      place: one.entry.scenario.place)
    finding.requirements = one.planned.covers
    stream.emit(.caseFinished(deviations.weigh(Runner.notRun(one, .errored, reason: nil, at: instant, [finding]))))
  }

  private func runAgain(_ cases: [Plan.Case], in environment: CaseEnvironment) async {
    await withTaskGroup(of: Void.self) { group in
      for (index, one) in cases.filter({ $0.entry.scenario.exclusion == nil }).enumerated() {
        if index >= options.jobs { await group.next() }
        group.addTask { await self.runAgain(one, in: environment) }
      }
    }
    for one in cases where one.entry.scenario.exclusion != nil { await runAgain(one, in: environment) }
  }

  private func runAgain(_ one: Plan.Case, in environment: CaseEnvironment) async {
    let runner = makeRunner(one, in: environment, formerRuns: 1)
    var record = await runner.runCase(one)
    record.attempts = 2
    record.rerun = "a late response arrived on its connection: it was executed again on new connections"
    stream.emit(.caseFinished(deviations.weigh(record)))
    runner.release()
  }

  // MARK: - Cases that did not run

  /// Reports the cases that did not start.
  func finishAll(
    _ queue: CaseQueue, at instant: SimulatedInstant, _ park: @Sendable (PendingState) -> Void,
    _ finding: (Plan.Case) -> Finding
  ) {
    while let item = queue.next() {
      if let state = item.state {
        keepPending(state, park: park)
        continue
      }
      let one = item.planned
      if let reason = one.entry.skipReason {
        stream.emit(.caseFinished(Runner.notRun(one, .skipped, reason: reason, at: instant, [])))
      } else {
        var finding = finding(one)
        finding.requirements = one.planned.covers
        stream.emit(.caseFinished(Runner.notRun(one, .errored, reason: nil, at: instant, [finding])))
      }
    }
  }

  static func notRun(
    _ one: Plan.Case, _ verdict: Verdict, reason: String?, at instant: SimulatedInstant, _ findings: [Finding]
  ) -> CaseRecord {
    CaseRecord(
      planned: one.planned, verdict: verdict, reason: reason, startedAt: WallClock.now, seconds: 0,
      simulatedStart: instant,
      simulatedEnd: instant, exchanges: 0, findings: findings)
  }
}

extension CaseRecord {
  /// The record of a case that ran again, with the time and the exchanges of both runs.
  fileprivate func following(_ former: CaseRecord) -> CaseRecord {
    var record = self
    record.startedAt = former.startedAt
    record.simulatedStart = former.simulatedStart
    record.seconds += former.seconds
    record.exchanges += former.exchanges
    return record
  }
}

extension Step {
  /// Whether it lets time pass, itself or in a nested step.
  var waits: Bool {
    switch operation {
    case .wait: true
    case .repeat(_, let inner): inner.contains(where: \.waits)
    case .concurrently(let branches): branches.joined().contains(where: \.waits)
    default: false
    }
  }
}
