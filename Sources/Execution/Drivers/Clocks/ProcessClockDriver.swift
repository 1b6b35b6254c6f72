// A simulated clock that is injected into a launched program, through a file that all of its processes map.

import ConformanceModel
import Processes

struct ProcessClockDriver: ClockDriver {
  /// A program as the target file names it.
  struct NamedProgram {
    var name: String
    /// Its working directory.
    var folder: String
    /// The PATH in which it is searched.
    var path: String
  }

  private let clock: any SimulatedClock
  private let reader: ClockReader
  /// Why the clock has no effect on the program, as far as its file shows.
  private let obstacle: String?

  /// The proof advances the clock by this hour, up to the start of the run.
  private static let proofAdvance = SimulatedDuration(milliseconds: 3_600_000)

  /// - Throws: `TargetError` if the library that replaces the clock is missing.
  init(
    _ wanted: Target.ProcessClock, program: NamedProgram, start: SimulatedInstant, folder: String, reader: ClockReader
  ) throws(TargetError) {
    let first = SimulatedInstant(milliseconds: start.milliseconds - ProcessClockDriver.proofAdvance.milliseconds)
    do throws(ProcessError) {
      switch wanted.library {
      case .own: clock = try SharedClock(folder: folder, start: first, standsStill: wanted.standsStill)
      case .faketime: clock = try FaketimeClock(folder: folder, start: first, standsStill: wanted.standsStill)
      }
    } catch {
      throw TargetError("the target's clock cannot be advanced: \(error)")
    }
    self.reader = reader
    obstacle = ProgramFile.inspect(program.name, folder: program.folder, path: program.path)?.obstacle
  }

  /// The variables that inject the clock into a program with this environment.
  func environment(with environment: [String: String]) -> [String: String] { clock.environment(with: environment) }

  func read() async throws(TargetError) -> SimulatedInstant? { clock.now }

  func advance(to instant: SimulatedInstant) async throws(TargetError) -> ClockReadings {
    try set(instant)
    return ClockReadings(after: try await ClockConfirmation.confirm(instant, read: reader.read))
  }

  private func set(_ instant: SimulatedInstant) throws(TargetError) {
    do throws(ProcessError) { try clock.advance(to: instant) } catch {
      throw TargetError("the target's clock cannot be advanced: \(error)")
    }
  }

  func prove(from start: SimulatedInstant) async throws(TargetError) -> String? {
    if let obstacle { return "the target's clock cannot be advanced: \(obstacle)" }
    let first = try await reader.look()
    guard let before = first.instant else { return reader.missingReason(first) }
    try set(start)
    var shown = first
    // Some servers cache the text of their Date header for a second.
    for attempt in 0..<4 {
      if attempt > 0 {
        do { try await Task.sleep(for: .milliseconds(500)) } catch { throw TargetError("the run was cancelled") }
      }
      shown = try await reader.look()
      guard let after = shown.instant else { return reader.missingReason(shown) }
      if (after - before).milliseconds >= ProcessClockDriver.proofAdvance.milliseconds - 120_000,
        abs((after - start).milliseconds) < 120_000
      {
        return nil
      }
    }
    return "the target's clock does not advance: it showed \(before), was advanced to \(start), "
      + "and then showed \(shown.instant?.description ?? "nothing")\(shown.isSuccess ? "" : " (\(shown.response))")"
  }
}
