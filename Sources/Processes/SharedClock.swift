// The simulated clock of a launched program, advanced through a file that its processes map.

public import ConformanceModel

public final class SharedClock: SimulatedClock {
  private let file: ClockFile
  /// How the programs read the file.
  public let injection: ClockInjection

  /// - Parameters:
  ///   - folder: Takes the clock's file.
  ///   - start: The time that the program sees first.
  ///   - standsStill: Whether the clock stands still between advances.
  ///   - isInContainer: The programs get the clock in a container.
  /// - Throws: `ProcessError` if the folder is missing, or there is no way to inject a clock.
  public convenience init(
    folder: String, start: SimulatedInstant, standsStill: Bool, isInContainer: Bool
  ) async throws(ProcessError) {
    let file = try ClockFile(folder: folder, start: start, standsStill: standsStill)
    self.init(file, isInContainer ? .container : try await ClockInjection.choose(file: file.path))
  }

  /// With a given way of injecting it, which is not checked.
  convenience init(
    folder: String, start: SimulatedInstant, standsStill: Bool, injection: ClockInjection
  ) throws(ProcessError) {
    self.init(try ClockFile(folder: folder, start: start, standsStill: standsStill), injection)
  }

  private init(_ file: ClockFile, _ injection: ClockInjection) {
    self.file = file
    self.injection = injection
  }

  public var now: SimulatedInstant { file.now }

  public func advance(to instant: SimulatedInstant) throws(ProcessError) {
    try requireFuture(instant)
    try file.set(instant)
  }

  public func environment(with environment: [String: String]) -> [String: String] {
    switch injection {
    case .helper, .container: [:]
    case .library(let library, _):
      ["CONFORM_CLOCK_FILE": file.path, "LD_PRELOAD": environment.preload(library)]
    }
  }

  public func command(_ words: [String]) -> [String] {
    switch injection {
    // The whole process group gets the signals that conform sends.
    case .helper(let helper, _): [helper, "--clock", file.path, "--group", "--"] + words
    case .library, .container: words
    }
  }
}
