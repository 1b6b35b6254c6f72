// A launched program runs on a clock of ours, which is moved through a file that all of its processes share.

import ConformanceModel
import Processes

struct ProcessClockDriver: ClockDriver {
  private let clock: any MovableClock
  private let standsStill: Bool
  private let proof: ClockProof
  /// Why the program would not follow, where its file shows that.
  private let obstacle: String?

  /// The hour before the start, in which the clock shows that it moves.
  private static let run = SimulatedDuration(milliseconds: 3_600_000)

  /// - Throws: `TargetError` where the library is not there.
  init(
    _ wanted: Target.ProcessClock, program: String, session: TargetSession, start: SimulatedInstant, folder: String,
    launchFolder: String
  ) throws(TargetError) {
    let first = SimulatedInstant(milliseconds: start.milliseconds - ProcessClockDriver.run.milliseconds)
    do throws(ProcessError) {
      switch wanted.library {
      case .own: clock = try SharedClock(folder: folder, start: first, standsStill: wanted.standsStill)
      case .faketime: clock = try FaketimeClock(folder: folder, start: first, standsStill: wanted.standsStill)
      }
    } catch {
      throw TargetError("the target's clock cannot be moved: \(error)")
    }
    standsStill = wanted.standsStill
    proof = ClockProof(request: wanted.proof, session: session)
    obstacle = ProgramFile.inspect(program, folder: launchFolder, path: session.environment["PATH"] ?? "")?.obstacle
  }

  func environment(with environment: [String: String]) -> [String: String] { clock.environment(with: environment) }

  func read() async throws(TargetError) -> SimulatedInstant? { clock.now }

  func advance(to instant: SimulatedInstant) async throws(TargetError) {
    do throws(ProcessError) { try clock.move(to: instant) } catch {
      throw TargetError("the target's clock cannot be moved: \(error)")
    }
  }

  func prove(from start: SimulatedInstant) async throws(TargetError) -> String? {
    if let obstacle { return "the target's clock cannot be moved: \(obstacle)" }
    guard let before = try await proof.read() else { return ClockProof.nothingToSee }
    try await advance(to: start)
    // some servers keep the text of their Date header for a second
    for attempt in 0..<4 {
      if attempt > 0 {
        do { try await Task.sleep(for: .milliseconds(500)) } catch { throw TargetError("the run was given up") }
      }
      guard let after = try await proof.read() else { return ClockProof.nothingToSee }
      if (after - before).milliseconds >= ProcessClockDriver.run.milliseconds - 120_000,
        abs((after - start).milliseconds) < 120_000
      {
        return nil
      }
    }
    return "the target's clock does not follow: it showed \(before), and after a move to \(start) it did not show that"
  }
}
