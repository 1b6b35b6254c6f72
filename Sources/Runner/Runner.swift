// Plays a plan, and tells everything that happens as events.

public import Conformance
import HTTPTransport

/// Why a run ended before its end.
public struct RunStopped: Error, Sendable, CustomStringConvertible {
  public var reason: String

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
  public var start = Instant.documented
  public var version = ""
  public var host = ""
  public var command: [String] = []

  public init() {}
}

/// Plays a plan against a target.
public final class Runner: Sendable {
  private let plan: Plan
  private let session: TargetSession
  private let options: RunOptions
  private let stream: EventStream
  private let clock: (any ClockDriver)?
  private let current = Locked<(timeline: Timeline?, stopped: RunStopped?)>((nil, nil))

  public init(plan: Plan, session: TargetSession, options: RunOptions, listeners: [any EventListener]) {
    self.plan = plan
    self.session = session
    self.options = options
    stream = EventStream(redactor: session.redactor, listeners: listeners)
    if case .http(let http) = session.target.clock {
      clock = HTTPClockDriver(clock: http, session: session)
    } else {
      clock = nil
    }
  }

  /// Ends the run: what is at work or rests is marked as not finished. Requests under way are given up.
  public func stop(_ reason: String) {
    let error = RunStopped(reason: reason)
    let timeline = current.withLock { current -> Timeline? in
      if current.stopped == nil { current.stopped = error }
      return current.timeline
    }
    timeline?.stop(error)
    let client = session.client
    Task.detached { await client.shutdown() }
  }

  /// Plays all cases. Every event has been heard when it returns.
  ///
  /// - Returns: Why the target could not be used at all, where that is so; the cases are then errored.
  public func run() async -> TargetError? {
    let startedAt = WallClock.now
    let start = WallClock.monotonic
    let (simulatedStart, unusable) = await prepareClock()
    stream.emit(
      .runStarted(
        RunDescription(
          version: options.version, target: plan.target.name, targetFile: plan.target.place.file, startedAt: startedAt,
          simulatedStart: simulatedStart, seed: options.shuffle, jobs: options.jobs, host: options.host, command: options.command)))
    for one in plan.cases { stream.emit(.planned(one.planned)) }
    let timeline = makeTimeline(start: simulatedStart)
    let stopped = current.withLock { current -> RunStopped? in
      current.timeline = timeline
      return current.stopped
    }
    if let stopped { timeline.stop(stopped) }
    if let unusable {
      finishAll(at: simulatedStart) { Problem(.errored, unusable.kind, unusable.message, place: $0.entry.scenario.place) }
    } else {
      await play(on: timeline)
    }
    let aborted = current.withLock { $0.stopped?.reason }
    stream.emit(
      .runFinished(
        RunSummary(
          finishedAt: WallClock.now, seconds: WallClock.monotonic - start, simulatedEnd: timeline.now, clockMoves: timeline.moves,
          aborted: aborted)))
    return unusable
  }

  /// Reads the target's clock, and moves it to the start where it stands before that.
  private func prepareClock() async -> (Instant, TargetError?) {
    guard let clock else { return (options.start, await probe()) }
    do throws(TargetError) {
      guard let now = try await clock.read() else {
        try await clock.advance(to: options.start)
        return (options.start, nil)
      }
      if now.seconds < options.start.seconds {
        try await clock.advance(to: options.start)
        return (options.start, nil)
      }
      return (Instant(seconds: now.seconds), nil)
    } catch {
      return (options.start, error)
    }
  }

  /// Whether anything answers at the target's base URL; any answer will do.
  private func probe() async -> TargetError? {
    do throws(TransportError) {
      _ = try await session.client.send(HTTPRequest(url: session.baseURL + "/"))
      return nil
    } catch {
      return TargetError("the target cannot be reached: \(error.message)", kind: Problem.Kind(error.kind))
    }
  }

  private func makeTimeline(start: Instant) -> Timeline {
    let clock = clock
    let stream = stream
    return Timeline(
      start: start, jobs: options.jobs,
      advance: { instant in
        guard let clock else { throw TargetError(Capability.moveClock.lack) }
        try await clock.advance(to: instant)
      },
      wall: { WallClock.now }, moved: { stream.emit(.clockMoved($0)) })
  }

  private func play(on timeline: Timeline) async {
    let stage = Stage(session: session, timeline: timeline, stream: stream, patterns: PatternCache())
    let stream = stream
    let current = current
    let feed = CaseFeed(plan, shuffle: options.shuffle)
    await withTaskExecutorPreference(session.client) {
      await timeline.run(on: session.client) { () -> Plan.Case? in
        while current.withLock({ $0.stopped == nil }), let one = feed.next() {
          guard let reason = one.entry.skipReason else { return one }
          stream.emit(.caseFinished(Runner.unplayed(one, .skipped, reason: reason, at: timeline.now, [])))
        }
        return nil
      } play: { one in
        let player = CasePlayer(stage: stage, planned: one.planned, scope: CaseScope(session: stage.session))
        stream.emit(.caseFinished(await player.play(one)))
        await player.retire()
      }
    }
    guard let stopped = current.withLock({ $0.stopped }) else { return }
    finishAll(at: timeline.now, where: { !feed.hasGiven($0) }) {
      Problem(.errored, .internal, stopped.description, place: $0.entry.scenario.place)
    }
  }

  /// Ends cases that were never played.
  private func finishAll(at instant: Instant, where applies: (Int) -> Bool = { _ in true }, _ problem: (Plan.Case) -> Problem) {
    for one in plan.cases where applies(one.number) {
      if let reason = one.entry.skipReason {
        stream.emit(.caseFinished(Runner.unplayed(one, .skipped, reason: reason, at: instant, [])))
      } else {
        var problem = problem(one)
        problem.requirements = one.planned.covers
        stream.emit(.caseFinished(Runner.unplayed(one, .errored, reason: nil, at: instant, [problem])))
      }
    }
  }

  private static func unplayed(
    _ one: Plan.Case, _ verdict: Verdict, reason: String?, at instant: Instant, _ problems: [Problem]
  ) -> CaseRecord {
    CaseRecord(
      planned: one.planned, verdict: verdict, reason: reason, startedAt: WallClock.now, seconds: 0, simulatedStart: instant,
      simulatedEnd: instant, exchanges: 0, problems: problems)
  }
}
