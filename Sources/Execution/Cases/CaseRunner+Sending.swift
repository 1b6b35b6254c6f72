// Sends the requests of a step, again if the protocol allows it, and records every attempt.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

extension CaseRunner {
  /// Sends a request until there is a response that the step can evaluate.
  ///
  /// A request is sent again if the response is 429 or 503 with a short Retry-After (RFC 6585 section 4, RFC 9110
  /// section 15.6.4), unless the step is about that status, if the server states
  /// that it did not process the request (RFC 9113 section 8.7), and if a kept connection closes without a response to
  /// a request whose method is idempotent (RFC 9110 section 9.2.2). Every attempt is an exchange of the case.
  func send(_ request: WireRequest) async throws -> StepResult {
    var options = SendOptions(freshConnection: usesFreshConnections)
    while true {
      let isAfterStop = part == .cleanup && environment.timeline.stopped != nil
      if !isAfterStop { try await session.rateLimiter?.waitForTurn() }
      let transport = isAfterStop ? try session.transportAfterStop() : session.transport
      if isAfterStop { options.timeout = CaseRunner.cleanupLimit }
      exchanges += 1
      let exchange: Exchange
      do throws(TransportError) {
        exchange = try await transport.send(request, options)
      } catch {
        try handle(error, of: request, &options)
        continue
      }
      ledger.enter(.received, at: slot)
      environment.connections.record(
        exchange.connection, of: planned.number,
        ConnectionLog.Request(method: exchange.request.method, url: exchange.request.url, id: planned.id))
      let result = await StepResult.reading(exchange)
      unrecorded = result
      let status = exchange.response.status
      guard RetryAfter.isPostponed(exchange.response), currentStep?.expects(status: status) != true else {
        return result
      }
      guard options.attempt < RetryAfter.maxAttempts, let seconds = RetryAfter.seconds(exchange.response) else {
        // the service may be right, but what the step is about was not seen
        throw TargetError(CaseRunner.postponed(status, options.attempt), kind: .protocol)
      }
      if let currentStep { try record(unevaluated: result, of: currentStep, isRetried: true) }
      options.attempt += 1
      try await session.stop.sleep(seconds: seconds)
    }
  }

  private static func postponed(_ status: Int, _ attempts: Int) -> String {
    let attempts = attempts.counted("attempt")
    return status == 429
      ? "the target limits the rate of requests: HTTP 429 (RFC 6585 section 4) after \(attempts); "
        + "set 'rate' in the target file, such as 'rate: 5/s'"
      : "the target is unavailable: HTTP 503 with Retry-After (RFC 9110 section 15.6.4) after \(attempts); "
        + "run again when it is available, or set 'rate' in the target file if it is overloaded"
  }

  /// Sends the request for a page of a list. The page before it is not evaluated: only the last one is.
  func sendPage(_ request: WireRequest) async throws -> StepResult {
    if let unrecorded, let currentStep { try record(unevaluated: unrecorded, of: currentStep) }
    return try await send(request)
  }

  /// Records an attempt without a response, and decides whether the request is sent again.
  ///
  /// - Throws: The error, if it is not.
  private func handle(_ error: TransportError, of request: WireRequest, _ options: inout SendOptions)
    throws(TransportError)
  {
    let isReused = error.connection?.isReused ?? false
    let isLost = error.isWithoutResponse && !error.isUnprocessed
    let isRetried =
      options.attempt < RetryAfter.maxAttempts
      && (error.isUnprocessed || isLost && isReused && request.isIdempotent)
    // the run is being stopped, and the log has no step of this request
    if error.kind == .cancelled { exchanges -= 1 }
    if error.kind != .cancelled, let currentStep {
      let exchange = ExchangeRecord(request, error, attempt: options.attempt, isRetried: isRetried, session.redactor)
      record(currentStep, exchange, [])
      if isLost {
        environment.invariants.lost(exchange, isReused: isReused, currentStep, of: planned)
      } else if error.connection != nil, [.timeout, .protocol].contains(error.kind), !error.isUnprocessed {
        environment.invariants.unusable(exchange, currentStep, of: planned)
      }
    }
    if isRetried {
      options.attempt += 1
      options.freshConnection = true
      return
    }
    guard isLost, isReused else { throw error }
    lostResponse = error
    var error = error
    error.message +=
      "; \(request.method) is not sent again, since the server may have processed it (RFC 9110 section 9.2.2): if the "
      + "target closes idle connections without notice, run with --fresh-connections"
    throw error
  }

  /// Records a response that is not evaluated, with its invariants: one that is followed by another attempt, or one
  /// whose step failed before its expectations.
  func record(unevaluated result: StepResult, of step: Step, isRetried: Bool = false) throws(TargetError) {
    var result = result
    unrecorded = nil
    do {
      result.disclosedSecrets += try registerSecrets(of: result)
    } catch {
      environment.invariants.missed(step, of: planned, error.message)
      throw error
    }
    var exchange = ExchangeRecord(result.exchange, redactor: session.redactor)
    exchange.isRetried = isRetried
    monitor(ResponseEvaluator(result, scope: scope, patterns: session.patterns), step, exchange)
    record(step, exchange, [])
    ledger.enter(.recorded, at: slot)
  }

  /// Records the response that is left when a step fails before its expectations.
  func recordUnevaluated(_ step: Step) {
    guard let unrecorded else { return }
    // a response with too many secrets is not recorded, which leaves a gap in the ledger
    try? record(unevaluated: unrecorded, of: step)
  }

  /// Records the exchange of a login for which the step could not be performed. No invariant is about it.
  func record(failedLogin exchange: Exchange, of step: Step) {
    // with too many secrets it is not recorded
    guard (try? registerSecrets(of: StepResult(exchange))) != nil else { return }
    exchanges += 1
    record(step, ExchangeRecord(exchange, redactor: session.redactor), [])
  }

  /// Evaluates the invariants on an exchange; on those of the probe once it is known that the target file fits, since a
  /// slip of the file can make a right response look wrong.
  ///
  /// - Parameter found: What the expectations of the step found; `nil` if they were not evaluated.
  func monitor(_ evaluator: ResponseEvaluator, _ step: Step, _ exchange: ExchangeRecord, found: [Finding]? = nil) {
    defer { ledger.enter(.monitored, at: slot) }
    guard planned.suite != PlannedCase.probeSuite else {
      probeExchanges.append(
        ProbeExchange(step: step, evaluator: evaluator, instant: environment.timeline.now, exchange: exchange))
      return
    }
    environment.invariants.evaluate(
      step, evaluator, of: planned, at: environment.timeline.now, exchange, known: found ?? [])
  }
}
