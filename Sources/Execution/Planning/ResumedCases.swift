// Which pending cases can continue, and why others cannot.

import ConformanceModel
import RunEvents

extension Plan {
  /// Why a pending case cannot continue; `nil` if the plan still has the same case.
  func obstacle(to state: PendingState) -> String? {
    guard let found = makeCase(id: state.id, number: state.number) else {
      return "the case '\(state.id)' no longer exists; run it again"
    }
    guard fingerprint(of: found) == state.fingerprint else {
      return "the scenario or an invariant has changed since the case began, and the case cannot be resumed; "
        + "run it again"
    }
    if state.wasBegun {
      return "it was being resumed when conform was killed, so that what it sent is not in the log; run it again"
    }
    let steps = found.entry.script.steps
    guard steps.count == state.stepCount, Plan.canWait(steps, after: state.stepsDone, state.recorded) else {
      return "it cannot be pending after \(state.stepsDone) of \(steps.count.counted("step")), as pending.jsonl says: "
        + "the file was changed; run it again"
    }
    return nil
  }

  /// Whether a case can have become pending when so many of its steps were done: the last of them is a wait, and the
  /// run log has all waits among them.
  ///
  /// - Parameter recorded: How often the log has each step, by its sentence; `nil` if that is not known.
  private static func canWait(_ steps: [Step], after done: Int, _ recorded: [String: Int]?) -> Bool {
    guard steps.indices.contains(done - 1), case .wait = steps[done - 1].operation else { return false }
    guard let recorded else { return true }
    var waits: [String: Int] = [:]
    countWaits(steps[..<done], times: 1, in: &waits)
    return waits.allSatisfy { sentence, count in recorded[sentence, default: 0] >= count }
  }

  private static func countWaits(_ steps: some Sequence<Step>, times: Int, in waits: inout [String: Int]) {
    // the log need not have those of steps that may be left out
    for step in steps where step.when == nil {
      switch step.operation {
      case .wait: waits[step.sentence, default: 0] += times
      case .repeat(let count, let inner): countWaits(inner, times: times * count, in: &waits)
      case .concurrently(let branches): for branch in branches { countWaits(branch, times: times, in: &waits) }
      default: break
      }
    }
  }
}
