// Clocks of programs that know nothing of being moved.

public import ConformanceModel

/// A wall clock that is put under a program when it is started, and moved while it runs.
public protocol MovableClock: Sendable {
  /// The time that the program is shown.
  var now: SimulatedInstant { get }
  /// Moves forward, to a whole second where the clock stands still.
  /// - Throws: `ProcessError` where that would be a move back, or the clock's file is gone.
  func move(to instant: SimulatedInstant) throws(ProcessError)
  /// The variables that put the clock under a program with this environment.
  func environment(with environment: [String: String]) -> [String: String]
}

extension [String: String] {
  /// LD_PRELOAD with a library before those that are there.
  func preload(_ library: String) -> String {
    self["LD_PRELOAD"].map { $0.isEmpty ? library : "\(library) \($0)" } ?? library
  }
}
