// Runs one test case, step by step.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

/// The objects and limits that all cases of a run share.
struct CaseEnvironment: Sendable {
  let session: TargetSession
  let timeline: Timeline
  let stream: EventStream
  let invariants: InvariantMonitor?
  /// Added to each wait on a running clock, which is known to the second only.
  var slack = SimulatedDuration(milliseconds: 0)
  /// A longer wait on the wall clock makes its case pending.
  var maxWait: SimulatedDuration?
  /// Receives the state of a pending case.
  var park: @Sendable (PendingState) -> Void = { _ in }
}

/// Runs the steps of one case. An actor, since requests of a case can be in progress on several threads.
actor CaseRunner {
  let environment: CaseEnvironment
  let planned: PlannedCase
  var scope: CaseScope
  /// The number of static clients that this case has taken, by connector.
  var givenTaken: [ConnectorRole: Int] = [:]
  var findings: [Finding] = []
  var exchanges = 0
  /// The wall seconds that the case spent in waits.
  private var waitedSeconds = 0.0
  /// Whether the current step is one of `given`.
  var isSetup = false
  /// Why the rest of the case does not apply to this target, if a step has shown so.
  var skipReason: String?
  /// Whether the current step expects the status 429, so that it is not retried.
  var expectsTooManyRequests = false
  /// The bearer token that manages clients in the current step instead of the manager's, or `none`.
  var manager: Template?

  var session: TargetSession { environment.session }

  init(environment: CaseEnvironment, planned: PlannedCase, scope: CaseScope) {
    self.environment = environment
    self.planned = planned
    self.scope = scope
  }

  /// Runs the whole case, or the rest of a pending one.
  func runCase(_ one: Plan.Case, from state: PendingState? = nil) async -> CaseRecord {
    let startedAt = state?.startedAt ?? WallClock.now
    let start = WallClock.monotonic
    let simulatedStart = state?.simulatedStart ?? environment.timeline.now
    environment.stream.emit(
      .caseStarted(CaseStart(number: planned.number, wall: WallClock.now, simulated: environment.timeline.now)))
    let scenario = one.entry.scenario
    let steps = scenario.given + scenario.steps
    var stepsDone = state?.stepsDone ?? 0
    var due: SimulatedInstant?
    var continues = state.map { restore($0, stepCount: steps.count) } ?? bind(one)
    while continues, stepsDone < steps.count {
      isSetup = stepsDone < scenario.given.count
      do {
        continues = try await runStep(steps[stepsDone])
      } catch {
        due = error.due
        continues = false
      }
      stepsDone += 1
    }
    var record = CaseRecord(
      planned: planned, verdict: verdict, startedAt: startedAt,
      seconds: max(0, WallClock.monotonic - start - waitedSeconds),
      simulatedStart: simulatedStart, simulatedEnd: environment.timeline.now, exchanges: exchanges, findings: findings)
    if let skipReason, record.verdict == .passed {
      record.verdict = .skipped
      record.reason = skipReason
    }
    guard let due else { return record }
    environment.park(
      PendingState(
        number: planned.number, id: planned.id, due: due, startedAt: startedAt, simulatedStart: simulatedStart,
        exchanges: exchanges,
        stepsDone: stepsDone, stepCount: steps.count, names: scope.names, confidential: scope.confidential,
        givenTaken: Dictionary(givenTaken.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { $1 }),
        clients: session.createdClients.keep(number: planned.number)))
    record.verdict = .pending
    record.reason = "waits until \(due); run the rest after that by 'conform resume'"
    return record
  }

  /// Restores the state of a pending case.
  ///
  /// - Returns: Whether the case can be continued.
  private func restore(_ state: PendingState, stepCount: Int) -> Bool {
    exchanges = state.exchanges
    findings = state.findings
    for (label, secrets) in state.confidential {
      for secret in secrets { scope.registerSecret(secret, as: label) }
    }
    for (name, value) in state.names { scope.save(name, value) }
    for (role, count) in state.givenTaken { ConnectorRole(rawValue: role).map { givenTaken[$0] = count } }
    if state.stepCount == stepCount { return true }
    note(
      Finding(
        .errored, .internal,
        "the case cannot be resumed: the scenario now has \(stepCount.counted("step")), it had \(state.stepCount) "
          + "when the case started; run it again"
      ))
    return false
  }

  /// Releases the secrets of the case, after its last event.
  func release() { scope.release() }

  private var verdict: Verdict {
    if findings.contains(where: { $0.verdict == .failed }) { return .failed }
    if findings.contains(where: { $0.verdict == .errored }) { return .errored }
    return findings.isEmpty ? .passed : .warned
  }

  /// Saves the built-in names of the case and the values of its row.
  private func bind(_ one: Plan.Case) -> Bool {
    do {
      let unique = CaseRunner.unique(planned.id, run: session.templates.values["run"]?["id"]?.string ?? "")
      scope.save("unique", .string(unique))
      if let connector = session.target.connector(.first) {
        let values = try session.templates.values(of: connector)
        scope.save("connector", values)
        scope.save("token-url", .string(try session.templates.url(session.target.token.url, ["connector": values])))
        scope.save("inbound-url", .string(try inboundURL(connector)))
        for (endpoint, template) in session.target.endpoints {
          let url = try session.templates.url(template, ["connector": values])
          scope.save(endpoint == .issuer ? "issuer" : "\(endpoint.rawValue)-url", .string(url))
          if endpoint == .issuer { scope.save("metadata-url", .string(CaseRunner.metadataURL(issuer: url))) }
        }
      }
      for member in one.row?.values ?? [] { scope.save(member.name, try scope.fill(member.value)) }
      return true
    } catch {
      note(Finding(.errored, .internal, "\(error)", place: one.entry.scenario.place))
      return false
    }
  }

  /// The metadata URL: `/.well-known/oauth-authorization-server` between host and path (RFC 8414 section 3.1).
  static func metadataURL(issuer: String) -> String {
    guard let scheme = issuer.firstRange(of: "://") else { return issuer + wellKnown }
    let path = issuer[scheme.upperBound...].firstIndex(of: "/") ?? issuer.endIndex
    let rest = issuer[path...]
    return issuer[..<path] + wellKnown + (rest.hasSuffix("/") ? rest.dropLast() : rest)
  }

  private static let wellKnown = "/.well-known/oauth-authorization-server"

  /// A text that no other case and no other run has.
  private static func unique(_ id: String, run: String) -> String {
    "c" + String(FNV1a("\(run)/\(id)").value, radix: 36)
  }

  // MARK: - Steps

  /// Runs nested steps in order.
  ///
  /// - Returns: Whether the case goes on.
  func runSteps(_ steps: [Step]) async -> Bool {
    for step in steps {
      do {
        guard try await runStep(step) else { return false }
      } catch {
        note(
          Finding(
            .errored, .internal,
            "the wait until \(error.due) is longer than --max-wait, and a case cannot be pending inside 'repeat' or "
              + "'concurrently'"),
          of: step)
        return false
      }
    }
    return true
  }

  private func runStep(_ step: Step) async throws(Pending) -> Bool {
    switch step.operation {
    case .repeat(let count, let inner):
      for index in 1...count {
        scope.save("index", .int(index))
        guard await runSteps(inner) else { return false }
      }
      return true
    case .concurrently(let branches): return await runBranches(branches)
    default: return try await runAction(step)
    }
  }

  private func runAction(_ step: Step) async throws(Pending) -> Bool {
    do {
      if let stopped = environment.timeline.stopped { throw stopped }
      if case .wait(let wait) = step.operation {
        try await runWait(wait, step)
        return true
      }
      expectsTooManyRequests = step.expectsTooManyRequests
      manager = step.manager
      guard let result = try await perform(step) else { return true }
      return result.isLarge ? try await evaluateOnDefaultPool(result, step) : try evaluate(result, step)
    } catch let error as Pending {
      throw error
    } catch let error as TransportError where error.kind == .cancelled {
      note(
        Finding(.errored, .internal, (environment.timeline.stopped as? RunStopped)?.description ?? error.message),
        of: step)
    } catch let error as TransportError {
      note(Finding(.errored, Finding.Kind(error.kind), error.message), of: step)
    } catch let error as TargetError {
      note(Finding(.errored, error.kind, error.message), of: step)
    } catch let error as RunStopped {
      note(Finding(.errored, .internal, error.description), of: step)
    } catch {
      note(Finding(.errored, .internal, "\(error)"), of: step)
    }
    return false
  }

  /// Evaluates a large response without delaying the requests of other cases.
  private func evaluateOnDefaultPool(_ result: StepResult, _ step: Step) async throws -> Bool {
    try await withTaskExecutorPreference(globalConcurrentExecutor) {
      await Task.yield()
      return try evaluate(result, step)
    }
  }

  /// Runs branches at the same time. Copies of the same steps save their names with the suffixes `-1`, `-2`, ...
  private func runBranches(_ branches: [[Step]]) async -> Bool {
    let areCopies = branches.dropFirst().allSatisfy { $0 == branches[0] }
    let runners = branches.enumerated().map { index, _ in
      var scope = scope
      scope.save("index", .int(index + 1))
      return CaseRunner(environment: environment, planned: planned, scope: scope)
    }
    let before = Set(scope.names.keys)
    let isSetup = isSetup
    let ended = await withTaskGroup(of: Bool.self) { group in
      for (runner, steps) in zip(runners, branches) {
        group.addTask { await runner.runBranch(steps, isSetup: isSetup) }
      }
      return await group.reduce(true) { $0 && $1 }
    }
    for (index, runner) in runners.enumerated() {
      let (branch, found, count) = await runner.outcome
      for (name, value) in branch.names where !before.contains(name) && name != "index" {
        scope.save(areCopies ? "\(name)-\(index + 1)" : name, value)
      }
      scope.adoptSecrets(of: branch)
      findings += found
      exchanges += count
    }
    return ended
  }

  private func runBranch(_ steps: [Step], isSetup: Bool) async -> Bool {
    self.isSetup = isSetup
    return await runSteps(steps)
  }

  private var outcome: (CaseScope, [Finding], Int) { (scope, findings, exchanges) }

  private func runWait(_ wait: Wait, _ step: Step) async throws {
    let now = environment.timeline.now
    let wake: SimulatedInstant
    switch wait {
    case .span(let span): wake = now + span + environment.slack
    case .expiry(let name, let later):
      let token = try scope.look(up: Reference(path: [name]))
      guard let issuedAt = token["issued-at"]?.string.flatMap({ SimulatedInstant(rfc3339: $0) }),
        let seconds = token["expires-in"]?.int,
        (0...1_000_000_000).contains(seconds)
      else {
        throw TargetError(
          "the expiry of '\(name)' is unknown: its expires_in is \(token["expires-in"]?.compact ?? "missing")",
          kind: .protocol)
      }
      wake = max(
        now, issuedAt + SimulatedDuration(milliseconds: Int64(seconds) * 1000 + later.milliseconds) + environment.slack)
    case .until(let instant):
      guard instant >= now else {
        throw TargetError(
          "the target's clock is already at \(now), and it can only be advanced; restart the target or start the run "
            + "earlier (--start)"
        )
      }
      wake = instant
    }
    if let maxWait = environment.maxWait, wake - now > maxWait {
      record(step, nil, [])
      throw Pending(due: wake)
    }
    let start = WallClock.monotonic
    defer { waitedSeconds += WallClock.monotonic - start }
    try await environment.timeline.wait(until: wake, number: planned.number)
    record(step, nil, [])
  }
}
