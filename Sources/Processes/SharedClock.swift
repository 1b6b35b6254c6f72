// The clock of a launched program, moved through a file that its processes map.

import CPosix
public import ConformanceModel
import Glibc

/// Writes the file that the library ClockShim reads: three cells of eight bytes, as `conform_clock_cells` in its header has
/// them. That library is not linked here, since it would put its clock under the harness.
///
/// The cells are written by one caller at a time: the timeline moves its clock once and waits for it.
public final class SharedClock: MovableClock {
  private let cells: SendableCells
  private let path: String
  private let library: String
  private let standsStill: Bool

  /// A pointer to the mapping; each cell is written whole, and this process alone writes.
  private struct SendableCells: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Int64>
  }

  /// The places of the cells.
  private enum Cell {
    static let magic = 0, offset = 1, stopped = 2
    static let size = 24
  }

  /// "conform1"
  private static let magic: Int64 = 0x316D_726F_666E_6F63

  /// - Parameters:
  ///   - folder: Takes the clock's file.
  ///   - start: The time that the program sees first.
  ///   - standsStill: Whether the clock rests between moves.
  /// - Throws: `ProcessError` where the library or the folder is not there.
  public init(folder: String, start: SimulatedInstant, standsStill: Bool) throws(ProcessError) {
    library = try SharedClock.findLibrary()
    path = "\(folder)/clock"
    self.standsStill = standsStill
    let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_TRUNC)
    let size = Cell.size
    guard ftruncate(file.number, off_t(size)) == 0,
      let map = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.number, 0), map != MAP_FAILED
    else { throw ProcessError("\(path) cannot be mapped", errno: errno) }
    cells = SendableCells(pointer: map.bindMemory(to: Int64.self, capacity: 3))
    set(start)
    cells.pointer[Cell.magic] = SharedClock.magic
  }

  deinit { munmap(cells.pointer, Cell.size) }

  public var now: SimulatedInstant {
    let stopped = cells.pointer[Cell.stopped]
    if stopped != 0 { return SimulatedInstant(milliseconds: stopped / 1_000_000) }
    return SimulatedInstant(milliseconds: (SharedClock.machineTime + cells.pointer[Cell.offset]) / 1_000_000)
  }

  public func move(to instant: SimulatedInstant) throws(ProcessError) {
    guard instant >= now else {
      throw ProcessError("the clock stands at \(now), and goes forward only, not to \(instant)")
    }
    set(instant)
  }

  public func environment(with environment: [String: String]) -> [String: String] {
    ["CONFORM_CLOCK_FILE": path, "LD_PRELOAD": environment.preload(library)]
  }

  private func set(_ instant: SimulatedInstant) {
    let time = instant.milliseconds * 1_000_000
    if standsStill {
      cells.pointer[Cell.stopped] = time
    } else {
      cells.pointer[Cell.offset] = time - SharedClock.machineTime
    }
  }

  private static var machineTime: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  private static let libraryName = "libconform-clock.so"

  /// Beside the executable, or where CONFORM_CLOCK_LIBRARY says.
  private static func findLibrary() throws(ProcessError) -> String {
    if let named = getenv("CONFORM_CLOCK_LIBRARY") {
      let path = String(cString: named)
      guard access(path, R_OK) == 0 else {
        throw ProcessError("CONFORM_CLOCK_LIBRARY names \(path), which cannot be read")
      }
      return path
    }
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let executable = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let folder = executable.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    for candidate in ["\(folder)/\(libraryName)", "\(folder)/../lib/\(libraryName)"] where access(candidate, R_OK) == 0
    { return candidate }
    throw ProcessError(
      "the library \(libraryName) is not beside the executable in \(folder); 'swift build -c release' builds it, or set CONFORM_CLOCK_LIBRARY"
    )
  }
}
