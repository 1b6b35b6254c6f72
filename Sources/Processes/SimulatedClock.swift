// Simulated clocks of launched programs.

public import ConformanceModel

/// A simulated wall clock that is injected into a program when it is launched and advanced while the program runs.
public protocol SimulatedClock: Sendable {
  /// The time that the program sees.
  var now: SimulatedInstant { get }
  /// Advances the clock; a clock that stands still is set to a whole second.
  ///
  /// - Throws: `ProcessError` if the instant is in the past of the clock, or the clock's file is gone.
  func advance(to instant: SimulatedInstant) throws(ProcessError)
  /// The variables that inject the clock into a program with this environment.
  func environment(with environment: [String: String]) -> [String: String]
  /// The command that starts a program under the clock.
  func command(_ words: [String]) -> [String]
}

extension SimulatedClock {
  /// The command itself: the environment injects the clock.
  public func command(_ words: [String]) -> [String] { words }

  func requireFuture(_ instant: SimulatedInstant) throws(ProcessError) {
    guard instant >= now else {
      throw ProcessError("the clock is at \(now) and can only advance; it cannot be set back to \(instant)")
    }
  }
}

extension [String: String] {
  /// LD_PRELOAD with a library before those that it names already.
  func preload(_ library: String) -> String {
    self["LD_PRELOAD"].map { $0.isEmpty ? library : "\(library) \($0)" } ?? library
  }
}
