// Repeats a step until its response is what it has to become.

import ConformanceModel
import RunEvents

extension CaseRunner {
  /// Performs a step, again and again while the conditions of its `until` are not met and there is time.
  ///
  /// Every try is an exchange of the case. The clock of the target does not advance meanwhile, since the case is active.
  ///
  /// - Returns: The last result, to be evaluated; `nil` if the step sends nothing.
  func performUntilMet(_ step: Step) async throws -> StepResult? {
    guard var result = try await perform(step) else { return nil }
    guard let polling = step.polling else { return result }
    let start = WallClock.monotonic
    result.tries = 1
    while try !meets(polling.conditions, result, step),
      WallClock.monotonic - start + polling.every.seconds <= polling.within.seconds
    {
      let tries = result.tries
      try record(unevaluated: result, of: step, isRetried: true)
      try await session.stop.sleep(seconds: polling.every.seconds)
      if let stopped = environment.timeline.stopped { throw stopped }
      guard let next = try await perform(step) else { return nil }
      result = next
      result.tries = tries + 1
    }
    result.triedFor = WallClock.monotonic - start
    return result
  }

  private func meets(_ conditions: [Expectation], _ result: StepResult, _ step: Step) throws -> Bool {
    if let name = step.savedAs, let saved = result.saved { scope.save(name, saved) }
    let evaluator = ResponseEvaluator(result, scope: scope, patterns: session.patterns)
    do {
      return try conditions.allSatisfy { try evaluator.mismatches($0.subject).isEmpty }
    } catch is TargetFileSlip {
      // also of a response that is not ready yet
      return false
    } catch is TruncatedResponse {
      return false
    }
  }

  /// Says how often and how long the response was awaited.
  func explainPolling(_ found: inout [Finding], _ result: StepResult, _ step: Step) {
    guard let polling = step.polling else { return }
    let seconds = SimulatedDuration(milliseconds: Int64((result.triedFor * 1000).rounded()))
    for index in found.indices where polling.conditions.contains(where: { $0.place == found[index].place }) {
      found[index].message += "; it was tried \(result.tries.counted("time")) in \(seconds)"
    }
  }
}
