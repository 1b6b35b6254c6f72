// Whether a wait took as long as it was meant to.

import ConformanceModel
import RunEvents

/// Compares the length of a wait with what the target's clock showed.
enum WaitDeviation {
  /// The resolution of a clock in milliseconds: a Date header shows whole seconds (RFC 9110 section 5.6.7).
  static let resolution: Int64 = 1000

  /// - Parameter tolerance: Milliseconds.
  /// - Throws: `TargetError` if the wait was longer or shorter by more than the tolerance.
  static func check(
    _ requested: SimulatedDuration, from start: SimulatedInstant, to end: SimulatedInstant, tolerance: Int64
  ) throws(TargetError) {
    let actual = end - start
    guard abs(actual.milliseconds - requested.milliseconds) > tolerance else { return }
    throw TargetError(
      "waited \(actual) of simulated time instead of \(requested): the target's clock showed \(start) when the wait "
        + "began and \(end) when it ended",
      kind: .protocol)
  }
}
