// The order in which failures are shown: the cause before what follows from it.

import RunEvents

extension RunLog {
  /// The failed and errored cases: the probe first, since other cases are errored for its findings, then in the order
  /// of the plan.
  var numbersCauseFirst: [Int] {
    let numbers = numbers.filter { verdict($0).isGood == false }
    guard let last = numbers.last, isProbe(last) else { return numbers }
    return [last] + numbers.dropLast()
  }

  /// The probe has the last number of the plan.
  private func isProbe(_ number: Int) -> Bool { suites[suiteIndex(number)] == PlannedCase.probeSuite }
}
