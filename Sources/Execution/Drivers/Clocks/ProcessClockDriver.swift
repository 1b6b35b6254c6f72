// A simulated clock that is injected into a launched program, through a file that all of its processes map.

import ConformanceModel
import Processes
import RunEvents

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
  private let program: NamedProgram
  /// Why the clock has no effect on the program, as far as its file shows.
  private let obstacle: String?
  /// What conform-clock prints about the programs of the target.
  let reports = ClockReports()
  /// What a person should know if the clock is not injected in the first way.
  let note: String?
  /// Whether the clock of Go programs is simulated.
  let coversGo: Bool

  /// The proof advances the clock by this hour, up to the start of the run.
  private static let proofAdvance = SimulatedDuration(milliseconds: 3_600_000)

  /// - Throws: `TargetError` if nothing that replaces the clock can be used.
  init(
    _ wanted: Target.ProcessClock, program: NamedProgram, start: SimulatedInstant, folder: String, reader: ClockReader
  ) async throws(TargetError) {
    let first = SimulatedInstant(milliseconds: start.milliseconds - ProcessClockDriver.proofAdvance.milliseconds)
    var injection: ClockInjection?
    do throws(ProcessError) {
      switch wanted.library {
      case .own:
        let shared = try await SharedClock(
          folder: folder, start: first, standsStill: wanted.standsStill, isInContainer: wanted.isInContainer)
        injection = shared.injection
        clock = shared
      case .faketime: clock = try FaketimeClock(folder: folder, start: first, standsStill: wanted.standsStill)
      }
    } catch {
      throw TargetError("the target's clock cannot be advanced: \(error)")
    }
    self.reader = reader
    self.program = program
    note = injection?.note
    switch injection {
    case .helper, .container: coversGo = true
    case .library, nil: coversGo = false
    }
    // A library does not reach every program.
    let file = coversGo ? nil : ProgramFile.inspect(program.name, folder: program.folder, path: program.path)
    obstacle = file?.obstacle
  }

  /// The variables that inject the clock into a program with this environment.
  func environment(with environment: [String: String]) -> [String: String] { clock.environment(with: environment) }

  /// The command that starts the program under the clock.
  ///
  /// - Throws: `ProcessError` if there is no such program.
  func command(_ words: [String]) throws(ProcessError) -> [String] {
    // Before the clock's own program searches it, since a mistake in the target file is reported better here.
    if coversGo { try ProgramFile.require(program.name, folder: program.folder, path: program.path) }
    return clock.command(words)
  }

  /// The command that runs another program to its end under the clock.
  ///
  /// - Parameter environment: Gets the variables of the clock.
  /// - Throws: `ProcessError` if there is no such program.
  func command(
    _ words: [String], in folder: String, with environment: inout [String: String]
  ) throws(ProcessError) -> [String] {
    try ProgramFile.require(words.first ?? "", folder: folder, path: environment["PATH"] ?? "")
    environment.merge(clock.environment(with: environment)) { $1 }
    return clock.command(words)
  }

  func read() async throws(TargetError) -> SimulatedInstant? { clock.now }

  func advance(to instant: SimulatedInstant) async throws(TargetError) -> ClockReadings {
    try set(instant)
    // A program that was started meanwhile may not follow the clock.
    if let unsimulated = reports.unsimulated { throw TargetError(unsimulated, kind: .protocol) }
    return ClockReadings(after: try await ClockConfirmation.confirm(instant, read: reader.read))
  }

  private func set(_ instant: SimulatedInstant) throws(TargetError) {
    do throws(ProcessError) { try clock.advance(to: instant) } catch {
      throw TargetError("the target's clock cannot be advanced: \(error)")
    }
  }

  func prove(from start: SimulatedInstant) async throws(TargetError) -> String? {
    if let obstacle { return "the target's clock cannot be advanced: \(obstacle)" }
    if let unsimulated = reports.unsimulated { return unsimulated }
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
