// The simulated clock of a launched program, advanced through a file that its processes map.

public import ConformanceModel
import Glibc
import SystemPackage

/// Writes the file that the library ClockShim reads: three cells of eight bytes, `conform_clock_cells` of its header.
/// That library is not linked here, since it would change the clock of conform.
///
/// One caller at a time writes the cells: the timeline advances its clock once and waits for it.
public final class SharedClock: SimulatedClock {
  private let cells: SendableCells
  private let path: String
  private let library: String
  private let standsStill: Bool

  /// A pointer to the mapping. `@unchecked Sendable` is sound: each cell is written whole, and by this process alone.
  private struct SendableCells: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Int64>
  }

  /// The positions of the cells.
  private enum Cell {
    static let magic = 0, offset = 1, stopped = 2
    static let size = 24
  }

  /// "conform1"
  private static let magic: Int64 = 0x316D_726F_666E_6F63

  /// - Parameters:
  ///   - folder: Takes the clock's file.
  ///   - start: The time that the program sees first.
  ///   - standsStill: Whether the clock stands still between advances.
  /// - Throws: `ProcessError` if the library or the folder is missing.
  public init(folder: String, start: SimulatedInstant, standsStill: Bool) throws(ProcessError) {
    library = try SharedClock.findLibrary()
    path = "\(folder)/clock"
    self.standsStill = standsStill
    let descriptor = try Descriptor.open(path, .readWrite, [.create, .truncate])
    let size = Cell.size
    do { try descriptor.file.resize(to: Int64(size)) } catch { throw ProcessError("\(path) cannot be written", error) }
    guard let map = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.file.rawValue, 0), map != MAP_FAILED
    else { throw .withLastErrno("\(path) cannot be mapped") }
    cells = SendableCells(pointer: map.bindMemory(to: Int64.self, capacity: 3))
    set(start)
    cells.pointer[Cell.magic] = SharedClock.magic
  }

  deinit { munmap(cells.pointer, Cell.size) }

  public var now: SimulatedInstant {
    let stopped = cells.pointer[Cell.stopped]
    let time = stopped != 0 ? stopped : WallClock.nanoseconds + cells.pointer[Cell.offset]
    return SimulatedInstant(milliseconds: time / 1_000_000)
  }

  public func advance(to instant: SimulatedInstant) throws(ProcessError) {
    try requireFuture(instant)
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
      cells.pointer[Cell.offset] = time - WallClock.nanoseconds
    }
  }

  private static let libraryName = "libconform-clock.so"

  /// The library next to the executable, that of a package, or the one that CONFORM_CLOCK_LIBRARY names.
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
    let folder = FilePath(executable).removingLastComponent()
    for candidate in [folder.appending(libraryName), folder.appending("../lib/conform/\(libraryName)")]
    where access(candidate.string, R_OK) == 0 { return candidate.string }
    throw ProcessError(
      "the library \(libraryName) is missing: it is expected next to the executable in \(folder); "
        + "build it with 'swift build -c release', or set CONFORM_CLOCK_LIBRARY to its path")
  }
}
