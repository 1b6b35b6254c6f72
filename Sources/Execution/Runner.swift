// Plays a plan, and tells everything that happens as events.

public import ConformanceModel
import HTTPModel
import HTTPTransport
import Redaction
public import RunEvents

/// Why a run ended before its end.
public struct RunStopped: Error, Sendable, CustomStringConvertible {
  public var reason: String
  /// What is worth telling once, and not with each case.
  public var detail = ""

  public init(reason: String) { self.reason = reason }

  public var description: String { "not finished: \(reason)" }
}

/// How a run is played.
public struct RunOptions: Sendable {
  /// How many cases are at work at a time.
  public var jobs = 16
  /// Play the cases in another order, the same for the same seed.
  public var shuffle: UInt64?
  /// Where simulated time starts.
  public var start = SimulatedInstant.documented
  public var version = ""
  public var host = ""
  public var command: [String] = []
  /// What the run depends on beside the target.
  public var environment: [RunFact] = []
  /// On the wall clock, a longer wait makes its case pending.
  public var maxWait = SimulatedDuration(milliseconds: 60_000)

  public init() {}
}

/// Plays a plan against a target.
public final class Runner: Sendable {
  private let plan: Plan
  private let session: TargetSession
  private let options: RunOptions
  private let stream: EventStream
  private let clock: (any ClockDriver)?
  private let deviations: KnownDeviations
  private let current = Locked<(timeline: Timeline?, stopped: RunStopped?)>((nil, nil))

  public init(
    plan: Plan, session: TargetSession, options: RunOptions, clock: (any ClockDriver)? = nil,
    listeners: [any EventListener]
  ) {
    self.plan = plan
    self.session = session
    self.options = options
    stream = EventStream(redactor: session.redactor, listeners: listeners)
    self.clock = clock ?? session.makeClockDriver()
    deviations = KnownDeviations(session.target.expectedDeviations, seesAll: plan.sharding == nil)
  }

  /// Plays only the rest of these cases, instead of the whole plan.
  public func resume(_ states: [PendingState], park: @escaping @Sendable (PendingState) -> Void) async -> TargetError? {
    await run(states, park: park)
  }

  /// Ends the run: no step begins any more, and cases that had further ones are marked as not finished. Requests under way are
  /// given up after a moment: what one has made at the target is known by its answer alone, and is to be deleted again.
  public func stop(_ reason: String) { stop(RunStopped(reason: reason)) }

  public func stop(_ error: RunStopped) {
    let (isFirst, timeline) = current.withLock { current -> (Bool, Timeline?) in
      guard current.stopped == nil else { return (false, nil) }
      current.stopped = error
      return (true, current.timeline)
    }
    guard isFirst else { return }
    session.stop.set()
    timeline?.stop(error)
    let client = session.client
    Task.detached {
      try? await Task.sleep(for: Runner.grace)
      await client.shutdown()
    }
  }

  /// How long a stopped run waits for the answers to what it has sent.
  private static let grace = Duration.seconds(2)

  /// Plays all cases. Every event has been heard when it returns.
  ///
  /// - Parameter park: Takes the state of each case that is pending, with its secrets.
  /// - Returns: Why the target could not be used at all, where that is so; the cases are then errored.
  public func run(park: @escaping @Sendable (PendingState) -> Void = { _ in }) async -> TargetError? {
    await run(nil, park: park)
  }

  private func run(_ resumed: [PendingState]?, park: @escaping @Sendable (PendingState) -> Void) async -> TargetError? {
    let startedAt = WallClock.now
    let start = WallClock.monotonic
    let clockState = await prepareClock()
    if resumed == nil {
      stream.emit(
        .runStarted(
          RunDescription(
            version: options.version, target: plan.target.name, targetFile: plan.target.place.file,
            startedAt: startedAt,
            simulatedStart: clockState.start, seed: options.shuffle, jobs: options.jobs, host: options.host,
            command: options.command,
            environment: options.environment + plan.target.facts(baseURL: session.baseURL),
            cases: plan.caseCount + plan.invariants.count,
            shards: plan.sharding.map { Shards(present: [$0.index], count: $0.count) })))
      stream.emit(.requirements(plan.requirements))
      for one in plan.cases { stream.emit(.planned(one.planned)) }
      for one in plan.invariantCases { stream.emit(.planned(one)) }
    }
    let timeline = makeTimeline(start: clockState.start)
    let stopped = current.withLock { current -> RunStopped? in
      current.timeline = timeline
      return current.stopped
    }
    if let stopped { timeline.stop(stopped) }
    // whatever becomes of the case, its clients are ours to delete again
    for state in resumed ?? [] {
      for client in state.clients { _ = session.createdClients.add(client, number: state.number) }
    }
    let watch = InvariantMonitor(plan)
    let cases = CaseQueue(plan, shuffle: options.shuffle, resumed: resumed)
    if let unusable = clockState.unusable, current.withLock({ $0.stopped == nil }) {
      finishAll(cases, at: clockState.start) {
        Finding(.errored, unusable.kind, unusable.message, place: $0.entry.scenario.place)
      }
    } else {
      await play(cases, on: timeline, clockState, park, resumed == nil ? watch : nil)
    }
    if resumed == nil {
      let unfinished = current.withLock { $0.stopped?.description } ?? clockState.unusable?.message
      for record in watch.records(
        startedAt: startedAt, simulatedStart: clockState.start, at: timeline.now, unfinished: unfinished)
      {
        stream.emit(.caseFinished(deviations.weigh(record)))
      }
    }
    let notes = deviations.notes + (await tidyUp()) + Runner.notes(session.client.unaskedCount)
    let aborted = current.withLock { $0.stopped.map { $0.reason + $0.detail } }
    stream.emit(
      .runFinished(
        RunSummary(
          finishedAt: WallClock.now, seconds: WallClock.monotonic - start, simulatedEnd: timeline.now,
          clockMoves: timeline.moves,
          aborted: aborted, notes: notes)))
    // it is told beside the log
    return aborted == nil
      ? clockState.unusable.map { TargetError(session.redactor.redact($0.message), kind: $0.kind) } : nil
  }

  /// What is known of the target's clock before the first case.
  private struct ClockState {
    var start: SimulatedInstant
    /// The target cannot be used at all.
    var unusable: TargetError?
    /// Its clock does not follow.
    var obstacle: String?
  }

  /// Reads the target's clock, shows that it follows, and moves it to the start where it stands before that.
  private func prepareClock() async -> ClockState {
    guard let clock else { return ClockState(start: options.start, unusable: await probe()) }
    do throws(TargetError) {
      let obstacle = try await clock.prove(from: options.start)
      guard let now = try await clock.read() else { return ClockState(start: options.start, obstacle: obstacle) }
      if now.seconds < options.start.seconds, obstacle == nil {
        try await clock.advance(to: options.start)
        return ClockState(start: options.start)
      }
      return ClockState(start: flows ? now : SimulatedInstant(seconds: now.seconds), obstacle: obstacle)
    } catch {
      return ClockState(start: options.start, unusable: error)
    }
  }

  /// Whether anything answers at the target's base URL; any answer will do.
  private func probe() async -> TargetError? {
    do throws(TransportError) {
      _ = try await session.client.send(WireRequest(url: session.baseURL + "/"))
      return nil
    } catch {
      let advice =
        error.kind == .tls && error.message.contains("certificate")
        ? "; trust its certificate by --cacert FILE, or look away by --insecure" : ""
      return TargetError("the target cannot be reached: \(error.message)\(advice)", kind: Finding.Kind(error.kind))
    }
  }

  /// The target's clock goes on between moves.
  private var flows: Bool { clock != nil && plan.target.clock?.standsStill == false }

  private func makeTimeline(start: SimulatedInstant) -> Timeline {
    let clock = clock
    let stream = stream
    return Timeline(
      start: start, jobs: options.jobs, flows: flows,
      advance: { instant in
        guard let clock else { throw TargetError(Capability.moveClock.missingReason) }
        try await clock.advance(to: instant)
      },
      wall: { WallClock.now }, moved: { stream.emit(.clockAdvanced($0)) })
  }

  private func play(
    _ feed: CaseQueue, on timeline: Timeline, _ clockState: ClockState,
    _ park: @escaping @Sendable (PendingState) -> Void,
    _ invariants: InvariantMonitor?
  ) async {
    var environment = CaseEnvironment(session: session, timeline: timeline, stream: stream, invariants: invariants)
    if flows { environment.slack = SimulatedDuration(milliseconds: 1000) }
    environment.park = park
    if plan.target.clock == .wall { environment.maxWait = options.maxWait }
    let stream = stream
    let current = current
    let deviations = deviations
    await withTaskExecutorPreference(session.client) { [environment] in
      await timeline.run(on: session.client) { () -> CaseQueue.Item? in
        while current.withLock({ $0.stopped == nil }), let one = feed.next() {
          guard
            let reason = one.planned.entry.skipReason(
              start: clockState.start, obstacle: clockState.obstacle, maxWait: environment.maxWait)
          else { return one }
          stream.emit(.caseFinished(Runner.notRun(one.planned, .skipped, reason: reason, at: timeline.now, [])))
        }
        return nil
      } play: { one in
        let runner = CaseRunner(
          environment: environment, planned: one.planned.planned, scope: CaseScope(session: environment.session))
        stream.emit(.caseFinished(deviations.weigh(await runner.play(one.planned, from: one.state))))
        await runner.retire()
      }
    }
    guard let stopped = current.withLock({ $0.stopped }) else { return }
    finishAll(feed, at: timeline.now) {
      Finding(.errored, .internal, stopped.description, place: $0.entry.scenario.place)
    }
  }

  /// Ends the cases that were never played.
  private func finishAll(_ feed: CaseQueue, at instant: SimulatedInstant, _ finding: (Plan.Case) -> Finding) {
    while let one = feed.next()?.planned {
      if let reason = one.entry.skipReason {
        stream.emit(.caseFinished(Runner.notRun(one, .skipped, reason: reason, at: instant, [])))
      } else {
        var finding = finding(one)
        finding.requirements = one.planned.covers
        stream.emit(.caseFinished(Runner.notRun(one, .errored, reason: nil, at: instant, [finding])))
      }
    }
  }

  /// What came on kept connections without being asked for says that answers may have changed places.
  private static func notes(_ unasked: Int) -> [String] {
    guard unasked > 0 else { return [] }
    return [
      "on \(unasked.counted("kept connection")) bytes came that no request had asked for; an answer that came late may stand for that to another request: compare with --fresh-connections"
    ]
  }

  /// Deletes what the run made at a target in use, whatever happened before.
  ///
  /// - Returns: What could not be deleted.
  private func tidyUp() async -> [String] {
    var notes: [String] = []
    while let (id, client, role) = session.createdClients.take() {
      do {
        try await session.delete(client, role)
        stream.emit(.clientDeleted(ClientIdentity(id: id, connector: role)))
      } catch {
        notes.append(
          "the client \(id) on the \(role.rawValue) connector could not be deleted (\(error)); 'conform clean' tries again"
        )
      }
    }
    return notes
  }

  private static func notRun(
    _ one: Plan.Case, _ verdict: Verdict, reason: String?, at instant: SimulatedInstant, _ findings: [Finding]
  ) -> CaseRecord {
    CaseRecord(
      planned: one.planned, verdict: verdict, reason: reason, startedAt: WallClock.now, seconds: 0,
      simulatedStart: instant,
      simulatedEnd: instant, exchanges: 0, findings: findings)
  }
}
