// Runs the steps of `finally`, whatever became of the other steps of the case.

import ConformanceModel
import RunEvents

extension CaseRunner {
  /// The time that a request has after the run was stopped, in seconds.
  static let cleanupLimit = 2.0

  /// Whether the case ended because the run was stopped, and has no verdict yet.
  var isInterrupted: Bool {
    environment.timeline.stopped != nil && skipReason == nil && !findings.contains { $0.verdict == .failed }
  }

  /// Runs each of the steps, also if one before it failed, unless nothing of the case has run.
  ///
  /// A step about something that was not saved is left out: there is nothing to clean up.
  func runCleanup(_ steps: [Step], at slot: Int) async {
    guard hasStarted else { return }
    part = .cleanup
    var slot = slot
    for step in steps {
      _ = await runSteps([step], at: slot)
      slot += CaseLedger.width(step)
    }
  }
}
