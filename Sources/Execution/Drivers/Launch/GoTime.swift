// The start of simulated time for programs that were made by the Go compiler.

public import ConformanceModel
import Processes

/// A `time.Time` of Go contains a reading of the monotonic clock, which does not move with the wall clock: a token that
/// is kept in memory with such times never expires. From 2157 on, Go has no room for that reading and leaves it out.
public enum GoTime {
  /// The first second without a reading: 2^33 seconds after the year 1885 began (Go, package time, `wallToInternal`).
  public static let firstWithoutReading = SimulatedInstant(seconds: 5_907_646_592)
  /// The documented time of issue, 163 years later; the year is neither a leap year nor the end of a century.
  public static let start = SimulatedInstant(seconds: 6_802_135_388)

  /// Why a run with this program starts then.
  ///
  /// - Parameter program: Its path.
  public static func reason(_ program: String) -> String {
    "the simulated time starts at \(start), since \(program) is a Go program: before 2157, times that it keeps in "
      + "memory do not follow its clock; 'start' in the section 'clock' of the target file sets another start"
  }

  /// The Go program that a target launches directly, as far as its file shows; one that a script starts is known once it
  /// runs.
  ///
  /// - Parameter path: The PATH in which it is searched.
  public static func program(of target: Target, path: String) -> String? {
    guard case .command(let launch) = target.launch, case .process(let clock) = target.clock, clock.library == .own,
      let name = launch.command.first?.literalText,
      let file = ProgramFile.inspect(name, folder: launch.folder, path: path), file.isGo
    else { return nil }
    return file.path
  }
}
