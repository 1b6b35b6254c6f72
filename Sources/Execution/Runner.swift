// Runs a plan and emits everything that happens as events.

public import ConformanceModel
import HTTPModel
import Redaction
public import RunEvents

/// Why a run was stopped early.
public struct RunStopped: Error, Sendable, CustomStringConvertible {
  public var reason: String
  /// Further text that is reported once, not with each case.
  public var detail = ""

  public init(reason: String) { self.reason = reason }

  public var description: String { "not finished: \(reason)" }
}

/// The options of a run.
public struct RunOptions: Sendable {
  /// The number of cases that run at the same time.
  public var jobs = 16
  /// After so many failed or errored cases no further case starts; `nil` runs all.
  public var maxFailures: Int?
  /// The seed of a random order of the cases; `nil` is the order of the plan.
  public var shuffle: UInt64?
  /// The seed of generated values; `nil` makes values that no other run has.
  public var seed: UInt64?
  /// The start of simulated time.
  public var start = SimulatedInstant.documented
  /// A person has set the start: no program of the target changes it.
  public var startIsGiven = false
  public var version = ""
  public var host = ""
  public var command: [String] = []
  /// What the run depends on besides the target.
  public var environment: [RunFact] = []
  /// A longer wait on the wall clock makes its case pending.
  public var maxWait = SimulatedDuration(milliseconds: 60_000)
  /// The id that all shards of the run share.
  public var runID: String?
  public var packVersion: String?
  public var fingerprints: Fingerprints?
  /// The cases that failed or errored before, if only such cases run again.
  public var failedBefore: [String] = []
  /// Only some cases of the pack run here, so that what occurs in none of them may occur in others.
  public var runsPart = false
  /// An expected deviation that no longer occurs only warns.
  public var allowsStaleDeviations = false
  /// The log may be some events behind the run: nothing that the run leaves has to be known if it is killed.
  public var defersEvents = false

  public init() {}
}

/// Runs a plan against a target.
public final class Runner: Sendable {
  let plan: Plan
  let session: TargetSession
  let options: RunOptions
  let stream: EventStream
  private let clock: (any ClockDriver)?
  let drafter: (any EndDrafter)?
  let deviations: KnownDeviations
  let current = Locked<(timeline: Timeline?, stopped: RunStopped?)>((nil, nil))
  /// How many cases have failed or errored; cases end on several threads.
  let failures = Locked(0)
  /// How many cases ran again, since a kept connection had closed without a response.
  let repetitions = Locked(0)

  public init(
    plan: Plan, session: TargetSession, options: RunOptions, clock: (any ClockDriver)? = nil,
    listeners: [any EventListener], drafter: (any EndDrafter)? = nil
  ) {
    self.plan = plan
    self.session = session
    self.options = options
    stream = EventStream(redactor: session.redactor, listeners: listeners, isDeferred: options.defersEvents)
    self.clock = clock ?? session.drivers.makeClockDriver()
    self.drafter = drafter
    deviations = KnownDeviations(
      session.target.expectedDeviations, seesAll: plan.sharding == nil && !options.runsPart,
      allowsStale: options.allowsStaleDeviations)
  }

  /// Runs the rest of these pending cases instead of the whole plan.
  ///
  /// - Parameter invariants: The records of the invariants in the log that is continued. Their findings and those of
  ///   the resumed cases together make the new records.
  /// - Returns: The same as `run`.
  public func resume(
    _ states: [PendingState], invariants: [CaseRecord] = [], park: @escaping @Sendable (PendingState) -> Void
  ) async -> TargetError? {
    await run(states, invariants, park: park)
  }

  /// Stops the run: no further step starts, and cases with further steps are errored. Requests in progress have a
  /// short time to finish, since the client that one creates can only be deleted by the id in its response.
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
    let transport = session.transport
    Task.detached {
      try? await Task.sleep(for: Runner.grace)
      await transport.shutdown()
    }
  }

  /// The time that requests in progress have after a stop.
  private static let grace = Duration.seconds(2)

  /// Runs all cases. Every event has been emitted when it returns.
  ///
  /// - Parameter park: Receives the state of each pending case, with its secrets.
  /// - Returns: Why the target could not be used at all, if so; all cases are then errored.
  public func run(park: @escaping @Sendable (PendingState) -> Void = { _ in }) async -> TargetError? {
    await run(nil, [], park: park)
  }

  private func run(
    _ resumed: [PendingState]?, _ former: [CaseRecord], park: @escaping @Sendable (PendingState) -> Void
  ) async -> TargetError? {
    let startedAt = WallClock.now
    let start = WallClock.monotonic
    let clockState = await prepareClock()
    if resumed == nil {
      stream.emit(
        .runStarted(
          RunDescription(
            version: options.version, runID: options.runID, target: plan.target.name,
            targetFile: plan.target.place.file, pack: options.packVersion.map { PackIdentity(version: $0) },
            fingerprints: options.fingerprints, startedAt: startedAt,
            simulatedStart: clockState.start, seed: options.shuffle, jobs: options.jobs, host: options.host,
            command: options.command,
            environment: options.environment + plan.target.facts(baseURL: session.baseURL),
            cases: plan.probeNumber + (plan.probe == nil ? 0 : 1),
            shards: plan.sharding.map { Shards(present: [$0.index], count: $0.count) },
            failedBefore: options.failedBefore)))
      stream.emit(.requirements(plan.requirements))
      for one in plan.cases { stream.emit(.casePlanned(one.planned)) }
      for one in plan.invariantCases { stream.emit(.casePlanned(one)) }
      if let probe = plan.probe { stream.emit(.casePlanned(probe.makeCase(number: plan.probeNumber).planned)) }
      // the plan is on the disk before the first request
      await stream.drain()
    }
    let timeline = makeTimeline(clockState)
    session.drivers.login?.now.withLock { $0 = { timeline.now } }
    let stopped = current.withLock { current -> RunStopped? in
      current.timeline = timeline
      return current.stopped
    }
    if let stopped { timeline.stop(stopped) }
    let continued = resumed.map { begin($0, at: clockState.start) }
    let monitor = InvariantMonitor(plan, redactor: session.redactor)
    var notes: [String] = []
    let course = Course(
      startedAt: startedAt, start: start, clockState: clockState, timeline: timeline, monitor: monitor,
      former: resumed == nil ? nil : former)
    let cases = CaseQueue(plan, shuffle: options.shuffle, resumed: continued)
    if let unusable = clockState.unusable, current.withLock({ $0.stopped == nil }) {
      finishAll(cases, at: clockState.start, park) {
        Finding(.errored, unusable.kind, unusable.message, place: $0.entry.scenario.place)
      }
      if resumed == nil { finishProbe(Finding(.errored, unusable.kind, unusable.message), at: clockState.start) }
    } else {
      let environment = environment(timeline, monitor, park)
      let probed = resumed == nil ? await runProbe(in: environment, clockState) : ProbeResult()
      await runCases(cases, in: environment, clockState, probed, park)
      let (surpluses, hasEnded) = await settle(course)
      if hasEnded { return nil }
      notes += await repeatCases(inDoubt: surpluses, resumed ?? [], in: environment)
    }
    for record in lastRecords(of: course) { stream.emit(.caseFinished(record)) }
    if let note = repetitionNote { notes.append(note) }
    await session.shutdownTransportAfterStop()
    notes += await deleteCreatedClients()
    let end = summary(of: course, notes)
    stream.emit(.runFinished(end))
    await stream.drain()
    // reported apart from the log
    return end.aborted == nil
      ? clockState.unusable.map { TargetError(session.redactor.redact($0.message), kind: $0.kind) } : nil
  }

  /// The state of the target's clock before the first case.
  struct ClockState {
    var start: SimulatedInstant
    /// Why the target cannot be used at all.
    var unusable: TargetError?
    /// Why its clock cannot be moved.
    var obstacle: String?
  }

  /// Reads the target's clock, checks that it moves, and advances it to the start of the run if it is earlier.
  private func prepareClock() async -> ClockState {
    guard let clock else { return ClockState(start: options.start, unusable: await probe()) }
    do throws(TargetError) {
      let obstacle = try await clock.prove(from: options.start)
      guard let now = try await clock.read() else { return ClockState(start: options.start, obstacle: obstacle) }
      if now.seconds < options.start.seconds, obstacle == nil { return try await advance(clock, from: now) }
      return ClockState(start: flows ? now : SimulatedInstant(seconds: now.seconds), obstacle: obstacle)
    } catch {
      return ClockState(start: options.start, unusable: error)
    }
  }

  /// Advances the clock to the start of the run. A target whose clock refuses is still usable without it.
  private func advance(_ clock: any ClockDriver, from now: SimulatedInstant) async throws(TargetError) -> ClockState {
    do throws(TargetError) {
      let after = try await clock.advance(to: options.start).after ?? options.start
      return ClockState(start: flows ? options.start : max(options.start, SimulatedInstant(seconds: after.seconds)))
    } catch  where error.kind == .protocol {
      return ClockState(start: SimulatedInstant(seconds: now.seconds), obstacle: error.message)
    }
  }

  /// Checks that the target's base URL responds, with any status.
  private func probe() async -> TargetError? {
    do throws(TransportError) {
      _ = try await session.transport.send(WireRequest(url: session.baseURL + "/"))
      return nil
    } catch {
      return TargetError("the target cannot be reached: \(error.message)", kind: Finding.Kind(error.kind))
    }
  }

  /// Whether the target's clock runs between advances.
  var flows: Bool { clock != nil && plan.target.clock?.standsStill == false }

  private func makeTimeline(_ clockState: ClockState) -> Timeline {
    let clock = clock
    // a clock that does not move shows another time than the run has
    let readable = clockState.obstacle == nil ? clock : nil
    let stream = stream
    return Timeline(
      start: clockState.start, jobs: options.jobs, flows: flows, read: { try await readable?.read() },
      advance: { instant in
        guard let clock else { throw TargetError(Capability.moveClock.missingReason) }
        return try await clock.advance(to: instant)
      },
      wall: { WallClock.now }, advanced: { stream.emit(.clockAdvanced($0)) })
  }

  /// Deletes the clients that the run created at a live target.
  ///
  /// - Returns: A note for each client that could not be deleted.
  private func deleteCreatedClients() async -> [String] {
    var notes: [String] = []
    while let (id, client, role) = session.createdClients.take() {
      do {
        try await session.delete(client, role)
        stream.emit(.clientDeleted(ClientIdentity(id: id, connector: role)))
      } catch {
        notes.append(
          "the client \(id) on the \(role.rawValue) connector could not be deleted (\(error)); "
            + "try again by 'conform clean --target FILE'"
        )
      }
    }
    return notes
  }
}
