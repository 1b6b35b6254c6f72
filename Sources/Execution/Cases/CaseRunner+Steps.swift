// Runs steps: one after the other, repeated, or in branches at the same time.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

extension CaseRunner {
  /// Runs nested steps in order.
  ///
  /// - Parameter slot: The account of the first step.
  /// - Returns: Whether the case goes on.
  func runSteps(_ steps: [Step], at slot: Int) async -> Bool {
    var slot = slot
    for step in steps {
      do {
        guard try await runStep(step, at: slot) else { return false }
      } catch {
        note(
          Finding(
            .errored, .internal,
            "the wait until \(error.due) is longer than --max-wait, and a case cannot be pending inside 'repeat' or "
              + "'concurrently'"),
          of: step)
        return false
      }
      slot += CaseLedger.width(step)
    }
    return true
  }

  /// - Returns: Whether the case goes on.
  func runStep(_ step: Step, at slot: Int) async throws(Pending) -> Bool {
    if let when = step.when {
      do throws(UnresolvedReference) {
        if let reason = try reasonToLeaveOut(when) {
          leaveOut(step, at: slot, reason)
          return true
        }
      } catch {
        recordID = nil
        note(Finding(.errored, .internal, "when: \(error)"), of: step)
        return false
      }
    }
    switch step.operation {
    case .repeat(let count, let inner):
      let width = CaseLedger.width(inner)
      let outer = scope.index
      defer { scope.index = outer }
      for index in 1...max(1, count) {
        scope.index = .int(index)
        guard await runSteps(inner, at: slot + (index - 1) * width) else { return false }
      }
      return true
    case .concurrently(let branches): return await runBranches(branches, of: step, at: slot)
    default:
      self.slot = slot
      ledger.enter(.reached, at: slot)
      let continues = try await runAction(step)
      if continues || skipReason != nil && part != .cleanup { ledger.enter(.ended, at: slot) }
      return continues
    }
  }

  private func runAction(_ step: Step) async throws(Pending) -> Bool {
    currentStep = step
    recordID = nil
    do {
      if let stopped = environment.timeline.stopped, part != .cleanup { throw stopped }
      hasStarted = true
      if case .wait(let wait) = step.operation {
        try await runWait(wait, step)
        return true
      }
      if case .restartTarget(let signal) = step.operation {
        try await restartTarget(by: signal)
        record(step, nil, [])
        return true
      }
      guard let result = try await performUntilMet(step) else { return try appliesToStaticClient(step) }
      return result.isLarge ? try await evaluateOnDefaultPool(result, step) : try evaluate(result, step)
    } catch let error as Pending {
      throw error
    } catch let error as UnresolvedReference
      where sentNothing && (part == .cleanup && error.isUnsaved || scope.excuses(error))
    {
      leaveOut(step, at: slot, "\(error)")
      return true
    } catch let error as NotApplicable where part == .cleanup {
      leaveOut(step, at: slot, error.reason)
      return true
    } catch let error as NotApplicable {
      skipReason = error.reason
      // nothing was sent, so nothing of the step is owed
      for _ in step.expectations { ledger.enter(.evaluated, at: slot) }
    } catch let limit as FailureLimit {
      isCutShort = true
      skipReason = CaseRecord.notFinished + limit.reason
    } catch {
      recordUnevaluated(step)
      if let exchange = (error as? LoginError)?.exchange { record(failedLogin: exchange, of: step) }
      note(finding(for: error), of: step)
    }
    return false
  }

  /// Whether the current step has sent nothing yet.
  private var sentNothing: Bool { unrecorded == nil && recordID == nil }

  private func finding(for error: any Error) -> Finding {
    switch error {
    case let error as TransportError where error.kind == .cancelled:
      Finding(.errored, .internal, (environment.timeline.stopped as? RunStopped)?.description ?? error.message)
    case let error as TransportError: Finding(.errored, Finding.Kind(error.kind), error.message)
    case let error as LoginError: Finding(.errored, error.kind, error.message, place: error.place)
    case let slip as TargetFileSlip: Finding(.errored, .internal, slip.description, place: slip.place)
    case let error as TargetError: Finding(.errored, error.kind, error.message)
    default: Finding(.errored, .internal, "\(error)")
    }
  }

  /// Evaluates a large response without delaying the requests of other cases.
  private func evaluateOnDefaultPool(_ result: StepResult, _ step: Step) async throws -> Bool {
    try await withTaskExecutorPreference(globalConcurrentExecutor) {
      await Task.yield()
      return try evaluate(result, step)
    }
  }

  private func runWait(_ wait: Wait, _ step: Step) async throws {
    try checkClock()
    let now = environment.timeline.now
    let wake: SimulatedInstant
    switch wait {
    case .span(let length): wake = max(now, now + session.duration(of: length)) + environment.slack
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
        now,
        issuedAt + SimulatedDuration(milliseconds: Int64(seconds) * 1000) + session.duration(of: later)
          + environment.slack)
    case .until(let instant, let later):
      let instant = instant + session.duration(of: later)
      guard instant >= now else {
        throw TargetError(
          "the target's clock is already at \(now), and it can only be advanced; restart the target or start the run "
            + "earlier (--start)"
        )
      }
      wake = instant
    }
    hasWaited = true
    if let maxWait = environment.maxWait, wake - now > maxWait {
      ledger.enter(.ended, at: slot)
      record(step, nil, [])
      throw Pending(due: wake)
    }
    let start = WallClock.monotonic
    defer { waitedSeconds += WallClock.monotonic - start }
    try await environment.timeline.wait(until: wake, number: planned.number)
    // another case may have found out in the meantime
    try checkClock()
    record(step, nil, [])
  }

  private func restartTarget(by signal: EndSignal) async throws {
    guard let target = session.drivers.launched.withLock({ $0 }) else {
      throw TargetError(Capability.restartTarget.missingReason)
    }
    try await target.restart(by: signal)
  }

  private func checkClock() throws(TargetError) {
    if let deviation = session.clockDeviation.withLock({ $0 }) { throw TargetError(deviation, kind: .protocol) }
  }
}
